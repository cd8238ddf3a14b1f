// XXH64 with seed 0 (doc/xxhash_spec.md of the xxHash project): four lanes of 8 bytes, then the rest.
// With bigint, so slow: RocksDB writes it only where a program asks for it.

export const prime1 = 0x9e3779b185ebca87n;
export const prime2 = 0xc2b2ae3d27d4eb4fn;
export const prime3 = 0x165667b19e3779f9n;
export const prime4 = 0x85ebca77c2b2ae63n;
export const prime5 = 0x27d4eb2f165667c5n;

/** Modulo 2^64. */
export const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);

/** Rotates 64 bits to the left. */
export const rotate = (value: bigint, bits: bigint): bigint =>
  wrap(value << bits) | (value >> (64n - bits));

const round = (lane: bigint, input: bigint): bigint =>
  wrap(rotate(wrap(lane + input * prime2), 31n) * prime1);

/** Lets every bit of the sum change every bit of the hash. */
export function avalanche64(sum: bigint): bigint {
  let hash = wrap((sum ^ (sum >> 33n)) * prime2);
  hash = wrap((hash ^ (hash >> 29n)) * prime3);
  return hash ^ (hash >> 32n);
}

/** The low 32 bits of XXH64. */
export function xxhash64(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let at = 0;
  let hash = prime5;
  if (length >= 32) {
    let a = wrap(prime1 + prime2);
    let b = prime2;
    let c = 0n;
    let d = wrap(-prime1);
    for (; at + 32 <= length; at += 32) {
      a = round(a, view.getBigUint64(at, true));
      b = round(b, view.getBigUint64(at + 8, true));
      c = round(c, view.getBigUint64(at + 16, true));
      d = round(d, view.getBigUint64(at + 24, true));
    }
    hash = rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n);
    for (const lane of [a, b, c, d]) hash = wrap((hash ^ round(0n, lane)) * prime1 + prime4);
  }
  hash = wrap(hash + BigInt(length));
  for (; at + 8 <= length; at += 8) {
    hash = wrap(rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * prime1 + prime4);
  }
  if (at + 4 <= length) {
    const input = BigInt(view.getUint32(at, true));
    hash = wrap(rotate(hash ^ wrap(input * prime1), 23n) * prime2 + prime3);
    at += 4;
  }
  for (; at < length; at++) {
    hash = wrap(rotate(hash ^ wrap(BigInt(bytes[at] ?? 0) * prime5), 11n) * prime1);
  }
  return Number(avalanche64(hash) & 0xffff_ffffn);
}
