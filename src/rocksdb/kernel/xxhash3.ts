// XXH3, 64 bits, seed 0, default secret (doc/xxhash_spec.md of the xxHash project). Up to 240 bytes by
// length; longer input by eight lanes of 64 bits:
//
//   stripe   64 bytes, 8 to a lane; 16 stripes make a block, the secret moves on by 8 for each
//   lane     += low half * high half of (input ^ secret); its neighbour += input
//   scramble after each block; the last 64 bytes are a stripe once more
//
// The lanes are kept as halves of 32 bits, for bigint is slow; all else is done once an input.

import { avalanche64, prime1, prime2, prime3, prime4, prime5, rotate, wrap } from './xxhash64';

const secret = Uint8Array.from(
  Buffer.from(
    'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
      'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
      'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb' +
      '170ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e',
    'hex',
  ),
);
const secretView = new DataView(secret.buffer);
const secret64 = (at: number): bigint => secretView.getBigUint64(at, true);

const prime32x1 = 0x9e3779b1;
const prime32x2 = 0x85ebca77n;
const prime32x3 = 0xc2b2ae3dn;
const stripe = 64;
const block = 1024;

/** Both halves of the product of 128 bits, one upon the other. */
function fold(a: bigint, b: bigint): bigint {
  const product = a * b;
  return wrap(product) ^ (product >> 64n);
}

function avalanche(sum: bigint): bigint {
  const hash = wrap((sum ^ (sum >> 37n)) * 0x165667919e3779f9n);
  return hash ^ (hash >> 32n);
}

function swap64(value: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, value, true);
  return view.getBigUint64(0, false);
}

function mix16(input: DataView, at: number, secretAt: number): bigint {
  return fold(
    input.getBigUint64(at, true) ^ secret64(secretAt),
    input.getBigUint64(at + 8, true) ^ secret64(secretAt + 8),
  );
}

function upTo16(input: DataView): bigint {
  const length = input.byteLength;
  if (length > 8) {
    const low = input.getBigUint64(0, true) ^ secret64(24) ^ secret64(32);
    const high = input.getBigUint64(length - 8, true) ^ secret64(40) ^ secret64(48);
    return avalanche(wrap(BigInt(length) + swap64(low) + high + fold(low, high)));
  }
  if (length >= 4) {
    const first = BigInt(input.getUint32(0, true));
    const last = BigInt(input.getUint32(length - 4, true));
    let hash = (last | (first << 32n)) ^ secret64(8) ^ secret64(16);
    hash ^= rotate(hash, 49n) ^ rotate(hash, 24n);
    hash = wrap(hash * 0x9fb21c651e98df25n);
    hash = wrap((hash ^ ((hash >> 35n) + BigInt(length))) * 0x9fb21c651e98df25n);
    return hash ^ (hash >> 28n);
  }
  if (length === 0) return avalanche64(secret64(56) ^ secret64(64));
  const first = input.getUint8(0);
  const middle = input.getUint8(length >> 1);
  const last = input.getUint8(length - 1);
  const combined = (first << 16) | (middle << 24) | last | (length << 8);
  const flip = secretView.getInt32(0, true) ^ secretView.getInt32(4, true);
  return avalanche64(BigInt((combined ^ flip) >>> 0));
}

function upTo128(input: DataView): bigint {
  const length = input.byteLength;
  let sum = BigInt(length) * prime1;
  for (let pair = (length - 1) >> 5; pair >= 0; pair--) {
    sum += mix16(input, pair * 16, pair * 32);
    sum += mix16(input, length - 16 - pair * 16, pair * 32 + 16);
  }
  return avalanche(wrap(sum));
}

function upTo240(input: DataView): bigint {
  const length = input.byteLength;
  let sum = BigInt(length) * prime1;
  for (let at = 0; at < 128; at += 16) sum += mix16(input, at, at);
  sum = avalanche(wrap(sum));
  for (let at = 128; at + 16 <= length; at += 16) sum += mix16(input, at, at - 128 + 3);
  sum += mix16(input, length - 16, 136 - 17);
  return avalanche(wrap(sum));
}

/** The upper half of the product of two numbers of 32 bits, whose lower half is `low`. */
function upperHalf(a: number, b: number, low: number): number {
  // The product is off by less than 2^12, so the sum is 2^32 times a whole number but for 2^-20.
  return ((a * b - low) * 2 ** -32 + 0.5) >>> 0;
}

/** Eight sums of 64 bits: low halves in `low`, high ones in `high`. */
class Lanes {
  private readonly low = new Uint32Array(8);
  private readonly high = new Uint32Array(8);

  constructor() {
    const start = [prime32x3, prime1, prime2, prime3, prime4, prime32x2, prime5, BigInt(prime32x1)];
    start.forEach((value, lane) => {
      this.low[lane] = Number(value & 0xffff_ffffn);
      this.high[lane] = Number(value >> 32n);
    });
  }

  value(lane: number): bigint {
    return (BigInt(this.high[lane] ?? 0) << 32n) | BigInt(this.low[lane] ?? 0);
  }

  private add(lane: number, low: number, high: number): void {
    const sum = (this.low[lane] ?? 0) + low;
    this.low[lane] = sum;
    this.high[lane] = (this.high[lane] ?? 0) + high + (sum > 0xffff_ffff ? 1 : 0);
  }

  accumulate(input: DataView, at: number, secretAt: number): void {
    for (let lane = 0; lane < 8; lane++) {
      const low = input.getUint32(at + lane * 8, true);
      const high = input.getUint32(at + lane * 8 + 4, true);
      const a = (low ^ secretView.getInt32(secretAt + lane * 8, true)) >>> 0;
      const b = (high ^ secretView.getInt32(secretAt + lane * 8 + 4, true)) >>> 0;
      const product = Math.imul(a, b) >>> 0;
      this.add(lane ^ 1, low, high);
      this.add(lane, product, upperHalf(a, b, product));
    }
  }

  scramble(): void {
    for (let lane = 0; lane < 8; lane++) {
      const high = this.high[lane] ?? 0;
      const secretAt = secret.length - stripe + lane * 8;
      const a = ((this.low[lane] ?? 0) ^ (high >>> 15) ^ secretView.getInt32(secretAt, true)) >>> 0;
      const b = high ^ secretView.getInt32(secretAt + 4, true);
      const product = Math.imul(a, prime32x1) >>> 0;
      this.low[lane] = product;
      this.high[lane] = Math.imul(b, prime32x1) + upperHalf(a, prime32x1, product);
    }
  }
}

function long(input: DataView): bigint {
  const length = input.byteLength;
  const lanes = new Lanes();
  let at = 0;
  for (; at < length - block; at += block) {
    for (let i = 0; i < 16; i++) lanes.accumulate(input, at + i * stripe, i * 8);
    lanes.scramble();
  }
  for (let i = 0; at + i * stripe < length - stripe; i++) {
    lanes.accumulate(input, at + i * stripe, i * 8);
  }
  lanes.accumulate(input, length - stripe, secret.length - stripe - 7);
  let sum = BigInt(length) * prime1;
  for (let lane = 0; lane < 8; lane += 2) {
    const secretAt = 11 + lane * 8;
    sum += fold(
      lanes.value(lane) ^ secret64(secretAt),
      lanes.value(lane + 1) ^ secret64(secretAt + 8),
    );
  }
  return avalanche(wrap(sum));
}

/** The low 32 bits of XXH3. */
export function xxhash3(bytes: Uint8Array): number {
  const input = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  const hash =
    length <= 16
      ? upTo16(input)
      : length <= 128
        ? upTo128(input)
        : length <= 240
          ? upTo240(input)
          : long(input);
  return Number(hash & 0xffff_ffffn);
}
