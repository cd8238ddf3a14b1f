// Default stores with TTL (quixstreams/state/rocksdb/ttl_codec.py, transaction.py `_get_bytes`), which
// have __ttl_enabled__ in __metadata__:
//
//   value        8 bytes big-endian: expiry in ms since epoch, event time; ff x 8 = never | payload
//   __ttl_index__ key: 8 bytes big-endian expiry | the entry's key; no value
//
// A value whose first 8 bytes are no plausible expiry has no stamp, and never expires. One whose payload
// is a stamped value itself was stamped twice, by a migration that went wrong: the inner stamp counts.

import { bigEndian } from './metadata';

export const ttlIndexColumnFamily = '__ttl_index__';
const stampLength = 8;
const never = 0xffff_ffff_ffff_ffffn;
/** Quix Streams writes no stamp from here on, and reads such a value as one without a stamp. */
const implausible = 10n ** 15n;
/** A stamp below a stamp lies between 2000-01-01 and 100 years from now. */
const earliestInner = 946_684_800_000n;
const latestInner = () => BigInt(Date.now()) + 100n * 365n * 86_400_000n;

/** How far event time has come in a partition; expiry is compared with it, never with the clock. */
export interface TimeToLive {
  /** ms since epoch; undefined before the first message. */
  readonly highWaterMs: bigint | undefined;
}

/** What a stamp at the front of a value or of an index key says, and what follows it. */
export interface Stamped {
  /** ms since epoch; null: never. */
  readonly expiresAtMs: bigint | null;
  readonly rest: Uint8Array;
}

/** Takes the stamp off a value, both where there are two; undefined where there is none. */
export function decodeStamp(value: Uint8Array): Stamped | undefined {
  const outer = firstStamp(value);
  const inner = outer && firstStamp(outer.rest);
  if (!inner || inner.rest.length === 0) return outer;
  const { expiresAtMs } = inner;
  const plausible =
    expiresAtMs === null || (expiresAtMs >= earliestInner && expiresAtMs <= latestInner());
  return plausible ? inner : outer;
}

function firstStamp(bytes: Uint8Array): Stamped | undefined {
  const stamp = bigEndian(bytes.subarray(0, stampLength));
  if (stamp === undefined || stamp === 0n) return undefined;
  if (stamp >= implausible && stamp !== never) return undefined;
  return { expiresAtMs: stamp === never ? null : stamp, rest: bytes.subarray(stampLength) };
}

/** An index key: the expiry, ms since epoch, and the key that expires; undefined for all others. */
export function decodeIndexKey(
  key: Uint8Array,
): { readonly expiresAtMs: bigint; readonly rest: Uint8Array } | undefined {
  const expiresAtMs = bigEndian(key.subarray(0, stampLength));
  return expiresAtMs === undefined ? undefined : { expiresAtMs, rest: key.subarray(stampLength) };
}

/** The index key of an entry that expires at `expiresAtMs`, ms since epoch; of none: where these begin. */
export function indexKey(expiresAtMs: bigint, key: Uint8Array = new Uint8Array(0)): Uint8Array {
  const stamp = Buffer.alloc(stampLength);
  stamp.writeBigUInt64BE(BigInt.asUintN(64, expiresAtMs));
  return Buffer.concat([stamp, key]);
}

/** Whether an entry counts as gone for the app: its expiry is not after the high-water mark. */
export function isExpired(expiresAtMs: bigint | null, { highWaterMs }: TimeToLive): boolean {
  return expiresAtMs !== null && highWaterMs !== undefined && expiresAtMs <= highWaterMs;
}
