// Default stores with TTL (quixstreams/state/rocksdb/ttl_codec.py), which have __ttl_enabled__ in
// __metadata__:
//
//   value        8 bytes big-endian: expiry in ms since epoch, event time; ff x 8 = never | payload
//   __ttl_index__ key: 8 bytes big-endian expiry | the entry's key; no value

import { bigEndian } from './metadata';

export const ttlIndexColumnFamily = '__ttl_index__';
export const ttlSystemColumnFamily = '__ttl_system__';
const stampLength = 8;
const never = 0xffff_ffff_ffff_ffffn;
/** Quix Streams writes no stamp from here on, and reads such a value as one without a stamp. */
const implausible = 10n ** 15n;

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

/** Takes the stamp off; undefined where there is none. */
export function decodeStamp(bytes: Uint8Array): Stamped | undefined {
  const stamp = bigEndian(bytes.subarray(0, stampLength));
  if (stamp === undefined || (stamp >= implausible && stamp !== never)) return undefined;
  return { expiresAtMs: stamp === never ? null : stamp, rest: bytes.subarray(stampLength) };
}

/** Where the index's keys begin that expire at `expiresAtMs`, ms since epoch, or later. */
export function expiryKey(expiresAtMs: bigint): Uint8Array {
  const key = Buffer.alloc(stampLength);
  key.writeBigUInt64BE(BigInt.asUintN(64, expiresAtMs));
  return key;
}

/** Whether an entry counts as gone for the app: its expiry is not after the high-water mark. */
export function isExpired(expiresAtMs: bigint | null, { highWaterMs }: TimeToLive): boolean {
  return expiresAtMs !== null && highWaterMs !== undefined && expiresAtMs <= highWaterMs;
}
