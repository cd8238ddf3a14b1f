// The hashes of keys that filters are made of (util/hash.cc): for new filters a preview of XXH3, 64 bits,
// seed 0 (util/xxph3.h), for old ones a Murmur hash of 32 bits.

import { Number64 } from '../bytes/number64';

/** A user key, and the hashes that filters know it by, each made once for all of them. */
export class HashedKey {
  private made: Number64 | null | undefined;
  private madeLegacy: number | undefined;

  constructor(readonly userKey: Uint8Array) {}

  /** The 64 bits by which new filters know it, not to be changed; undefined for the longest keys. */
  get hash(): Readonly<Number64> | undefined {
    if (this.made === undefined) this.made = filterHash(this.userKey) ?? null;
    return this.made ?? undefined;
  }

  /** The 32 bits by which filters of format version 4 and older know it. */
  get legacyHash(): number {
    return (this.madeLegacy ??= legacyFilterHash(this.userKey));
  }
}

const secret = new DataView(
  Uint8Array.from(
    Buffer.from(
      'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
        'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
        'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3',
      'hex',
    ),
  ).buffer,
);
const longestHashed = 240;
const secretOfLast = 136 - 17;

function filterHash(key: Uint8Array): Number64 | undefined {
  const { length } = key;
  if (length > longestHashed) return undefined;
  const input = new DataView(key.buffer, key.byteOffset, length);
  if (length <= 16) return hashUpTo16(input);
  const sum = new Number64(0, 0);
  sum.add(length, 0);
  multiplyByPrime1(sum);
  if (length <= 128) {
    for (let pair = (length - 1) >> 5; pair >= 0; pair--) {
      addMixed(sum, input, pair * 16, pair * 32);
      addMixed(sum, input, length - 16 - pair * 16, pair * 32 + 16);
    }
    return avalanche(sum);
  }
  for (let at = 0; at < 128; at += 16) addMixed(sum, input, at, at);
  avalanche(sum);
  for (let at = 128; at + 16 <= length; at += 16) addMixed(sum, input, at, at - 128 + 3);
  addMixed(sum, input, length - 16, secretOfLast);
  return avalanche(sum);
}

function hashUpTo16(input: DataView): Number64 {
  const length = input.byteLength;
  const hash = new Number64(secret.getUint32(0, true), secret.getUint32(4, true));
  if (length > 8) {
    hash.xor(input.getUint32(0, true), input.getUint32(4, true));
    const { low, high } = hash;
    const lastLow = (input.getUint32(length - 8, true) ^ secret.getUint32(8, true)) >>> 0;
    const lastHigh = (input.getUint32(length - 4, true) ^ secret.getUint32(12, true)) >>> 0;
    hash.fold(lastLow, lastHigh);
    hash.add(low, high);
    hash.add(lastLow, lastHigh);
    hash.add(length, 0);
    return avalanche(hash);
  }
  if (length >= 4) {
    hash.xor(input.getUint32(0, true), input.getUint32(length - 4, true));
    hash.xorRight(51);
    hash.multiply(0x9e37_79b1, 0);
    hash.add(length, 0);
    hash.xorRight(47);
    multiplyByPrime2(hash);
    return avalanche(hash);
  }
  if (length > 0) {
    const first = input.getUint8(0);
    const middle = input.getUint8(length >> 1);
    const last = input.getUint8(length - 1);
    const combined = first | (middle << 8) | (last << 16) | (length << 24);
    hash.low = (hash.low ^ combined) >>> 0;
    hash.high = 0;
    multiplyByPrime1(hash);
    return avalanche(hash);
  }
  hash.fold(0x27d4_eb4f, 0xc2b2_ae3d);
  return hash;
}

/** Adds 16 bytes of the key, mixed with 16 of the secret. */
function addMixed(sum: Number64, input: DataView, at: number, secretAt: number): void {
  const mixed = new Number64(input.getUint32(at, true), input.getUint32(at + 4, true));
  mixed.xor(secret.getUint32(secretAt, true), secret.getUint32(secretAt + 4, true));
  mixed.fold(
    (input.getUint32(at + 8, true) ^ secret.getUint32(secretAt + 8, true)) >>> 0,
    (input.getUint32(at + 12, true) ^ secret.getUint32(secretAt + 12, true)) >>> 0,
  );
  sum.add(mixed.low, mixed.high);
}

function multiplyByPrime1(number: Number64): void {
  number.multiply(0x85eb_ca87, 0x9e37_79b1);
}

function multiplyByPrime2(number: Number64): void {
  number.multiply(0x27d4_eb4f, 0xc2b2_ae3d);
}

function avalanche(hash: Number64): Number64 {
  hash.xorRight(37);
  hash.multiply(0x9e37_79f9, 0x1656_67b1);
  hash.low = (hash.low ^ hash.high) >>> 0;
  return hash;
}

const murmurFactor = 0xc6a4_a793;

function legacyFilterHash(key: Uint8Array): number {
  const { length } = key;
  const input = new DataView(key.buffer, key.byteOffset, length);
  let hash = 0xbc9f_1d34 ^ Math.imul(length, murmurFactor);
  let at = 0;
  for (; at + 4 <= length; at += 4) {
    hash = Math.imul(hash + input.getInt32(at, true), murmurFactor);
    hash ^= hash >>> 16;
  }
  if (at < length) {
    // The rest as signed bytes, the last first.
    for (let i = length - at - 1; i >= 0; i--) hash += input.getInt8(at + i) << (8 * i);
    hash = Math.imul(hash, murmurFactor);
    hash ^= hash >>> 24;
  }
  return hash >>> 0;
}
