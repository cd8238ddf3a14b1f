/** A number as a varint32. */
export function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value >= 0x80; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return Buffer.from([...bytes, value]);
}

/** A number as a fixed32. */
export function fixed32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** An internal key: user key, sequence, type. */
export function internalKey(user: string | Uint8Array, sequence = 1, type = 1): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeBigUInt64LE((BigInt(sequence) << 8n) | BigInt(type));
  return Buffer.concat([Buffer.from(user), trailer]);
}

/** A block's contents as RocksDB builds them: keys share their beginnings, but for every `interval`th. */
export function buildBlock(
  entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[],
  interval = 16,
  hashBuckets?: number,
): Buffer {
  const parts: Uint8Array[] = [];
  const restarts: number[] = [];
  let size = 0;
  let last: Uint8Array = Buffer.of();
  entries.forEach(([key, value], index) => {
    let shared = 0;
    if (index % interval === 0) restarts.push(size);
    else
      while (shared < last.length && shared < key.length && last[shared] === key[shared]) shared++;
    const lengths = [shared, key.length - shared, value.length].map(varint);
    const entry = Buffer.concat([...lengths, key.subarray(shared), value]);
    parts.push(entry);
    size += entry.length;
    last = key;
  });
  if (restarts.length === 0) restarts.push(0);
  parts.push(...restarts.map(fixed32));
  if (hashBuckets === undefined) return Buffer.concat([...parts, fixed32(restarts.length)]);
  const count = Buffer.of(hashBuckets & 0xff, hashBuckets >>> 8);
  const buckets = Buffer.alloc(hashBuckets, 0xff);
  return Buffer.concat([...parts, buckets, count, fixed32(restarts.length | 0x8000_0000)]);
}
