// As ../xxhash3.ts, with two lanes of 64 bits in a vector.

import { avalanche64, prime1, prime2, prime3, prime4, prime5 } from './xxhash64';

// prettier-ignore
const secret = memory.data<u8>([
  0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe, 0x7c, 0x01, 0x81, 0x2c, 0xf7, 0x21, 0xad, 0x1c,
  0xde, 0xd4, 0x6d, 0xe9, 0x83, 0x90, 0x97, 0xdb, 0x72, 0x40, 0xa4, 0xa4, 0xb7, 0xb3, 0x67, 0x1f,
  0xcb, 0x79, 0xe6, 0x4e, 0xcc, 0xc0, 0xe5, 0x78, 0x82, 0x5a, 0xd0, 0x7d, 0xcc, 0xff, 0x72, 0x21,
  0xb8, 0x08, 0x46, 0x74, 0xf7, 0x43, 0x24, 0x8e, 0xe0, 0x35, 0x90, 0xe6, 0x81, 0x3a, 0x26, 0x4c,
  0x3c, 0x28, 0x52, 0xbb, 0x91, 0xc3, 0x00, 0xcb, 0x88, 0xd0, 0x65, 0x8b, 0x1b, 0x53, 0x2e, 0xa3,
  0x71, 0x64, 0x48, 0x97, 0xa2, 0x0d, 0xf9, 0x4e, 0x38, 0x19, 0xef, 0x46, 0xa9, 0xde, 0xac, 0xd8,
  0xa8, 0xfa, 0x76, 0x3f, 0xe3, 0x9c, 0x34, 0x3f, 0xf9, 0xdc, 0xbb, 0xc7, 0xc7, 0x0b, 0x4f, 0x1d,
  0x8a, 0x51, 0xe0, 0x4b, 0xcd, 0xb4, 0x59, 0x31, 0xc8, 0x9f, 0x7e, 0xc9, 0xd9, 0x78, 0x73, 0x64,
  0xea, 0xc5, 0xac, 0x83, 0x34, 0xd3, 0xeb, 0xc3, 0xc5, 0x81, 0xa0, 0xff, 0xfa, 0x13, 0x63, 0xeb,
  0x17, 0x0d, 0xdd, 0x51, 0xb7, 0xf0, 0xda, 0x49, 0xd3, 0x16, 0x55, 0x26, 0x29, 0xd4, 0x68, 0x9e,
  0x2b, 0x16, 0xbe, 0x58, 0x7d, 0x47, 0xa1, 0xfc, 0x8f, 0xf8, 0xb8, 0xd1, 0x7a, 0xd0, 0x31, 0xce,
  0x45, 0xcb, 0x3a, 0x8f, 0x95, 0x16, 0x04, 0x28, 0xaf, 0xd7, 0xfb, 0xca, 0xbb, 0x4b, 0x40, 0x7e,
], 16);
const secretLength: usize = 192;

const prime32x1: u64 = 0x9e3779b1;
const prime32x2: u64 = 0x85ebca77;
const prime32x3: u64 = 0xc2b2ae3d;
const stripe: usize = 64;

/** Both halves of the product of 128 bits, one upon the other. */
function fold(a: u64, b: u64): u64 {
  const lowLow = (a & 0xffff_ffff) * (b & 0xffff_ffff);
  const highLow = (a >> 32) * (b & 0xffff_ffff);
  const lowHigh = (a & 0xffff_ffff) * (b >> 32);
  const highHigh = (a >> 32) * (b >> 32);
  const cross = (lowLow >> 32) + (highLow & 0xffff_ffff) + lowHigh;
  const upper = (highLow >> 32) + (cross >> 32) + highHigh;
  const lower = (cross << 32) | (lowLow & 0xffff_ffff);
  return upper ^ lower;
}

function avalanche(sum: u64): u64 {
  const hash = (sum ^ (sum >> 37)) * 0x165667919e3779f9;
  return hash ^ (hash >> 32);
}

function mix16(at: usize, secretAt: usize): u64 {
  return fold(
    load<u64>(at) ^ load<u64>(secret + secretAt),
    load<u64>(at, 8) ^ load<u64>(secret + secretAt, 8),
  );
}

function upTo16(at: usize, length: usize): u64 {
  if (length > 8) {
    const low = load<u64>(at) ^ load<u64>(secret, 24) ^ load<u64>(secret, 32);
    const high = load<u64>(at + length - 8) ^ load<u64>(secret, 40) ^ load<u64>(secret, 48);
    return avalanche(<u64>length + bswap<u64>(low) + high + fold(low, high));
  }
  if (length >= 4) {
    const first = <u64>load<u32>(at);
    const last = <u64>load<u32>(at + length - 4);
    let hash = (last | (first << 32)) ^ load<u64>(secret, 8) ^ load<u64>(secret, 16);
    hash ^= rotl<u64>(hash, 49) ^ rotl<u64>(hash, 24);
    hash *= 0x9fb21c651e98df25;
    hash = (hash ^ ((hash >> 35) + <u64>length)) * 0x9fb21c651e98df25;
    return hash ^ (hash >> 28);
  }
  if (length == 0) return avalanche64(load<u64>(secret, 56) ^ load<u64>(secret, 64));
  const first = <u32>load<u8>(at);
  const middle = <u32>load<u8>(at + (length >> 1));
  const last = <u32>load<u8>(at + length - 1);
  const combined = (first << 16) | (middle << 24) | last | ((<u32>length) << 8);
  return avalanche64(<u64>(combined ^ load<u32>(secret) ^ load<u32>(secret, 4)));
}

function upTo128(at: usize, length: usize): u64 {
  let sum = <u64>length * prime1;
  for (let pair = <i32>((length - 1) >> 5); pair >= 0; pair--) {
    sum += mix16(at + pair * 16, pair * 32);
    sum += mix16(at + length - 16 - pair * 16, pair * 32 + 16);
  }
  return avalanche(sum);
}

function upTo240(at: usize, length: usize): u64 {
  let sum = <u64>length * prime1;
  for (let i: usize = 0; i < 128; i += 16) sum += mix16(at + i, i);
  sum = avalanche(sum);
  for (let i: usize = 128; i + 16 <= length; i += 16) sum += mix16(at + i, i - 128 + 3);
  return avalanche(sum + mix16(at + length - 16, 136 - 17));
}

/** `lanes` + the products of the halves of `low` and `high` + `input` with its lanes exchanged. */
function accumulate(lanes: v128, input: v128, products: v128): v128 {
  return i64x2.add(lanes, i64x2.add(products, i32x4.shuffle(input, input, 2, 3, 0, 1)));
}

function scramble(lanes: v128, secretAt: usize): v128 {
  const mixed = v128.xor(
    v128.xor(lanes, i64x2.shr_u(lanes, 47)),
    v128.load(secret + secretLength - stripe + secretAt),
  );
  return i64x2.mul(mixed, i64x2.splat(prime32x1));
}

function merge(lanes: v128, secretAt: usize): u64 {
  return fold(
    i64x2.extract_lane(lanes, 0) ^ load<u64>(secret + secretAt),
    i64x2.extract_lane(lanes, 1) ^ load<u64>(secret + secretAt, 8),
  );
}

function long(start: usize, length: usize): u64 {
  let a = i64x2(prime32x3, prime1);
  let b = i64x2(prime2, prime3);
  let c = i64x2(prime4, prime32x2);
  let d = i64x2(prime5, prime32x1);
  const last = start + length - stripe;
  let at = start;
  let secretAt = secret;
  for (;;) {
    const i0 = v128.load(at);
    const i1 = v128.load(at, 16);
    const i2 = v128.load(at, 32);
    const i3 = v128.load(at, 48);
    const k0 = v128.xor(i0, v128.load(secretAt));
    const k1 = v128.xor(i1, v128.load(secretAt, 16));
    const k2 = v128.xor(i2, v128.load(secretAt, 32));
    const k3 = v128.xor(i3, v128.load(secretAt, 48));
    const low01 = i32x4.shuffle(k0, k1, 0, 2, 4, 6);
    const high01 = i32x4.shuffle(k0, k1, 1, 3, 5, 7);
    const low23 = i32x4.shuffle(k2, k3, 0, 2, 4, 6);
    const high23 = i32x4.shuffle(k2, k3, 1, 3, 5, 7);
    a = accumulate(a, i0, i64x2.extmul_low_i32x4_u(low01, high01));
    b = accumulate(b, i1, i64x2.extmul_high_i32x4_u(low01, high01));
    c = accumulate(c, i2, i64x2.extmul_low_i32x4_u(low23, high23));
    d = accumulate(d, i3, i64x2.extmul_high_i32x4_u(low23, high23));
    if (at == last) break;
    at += stripe;
    secretAt += 8;
    if (secretAt == secret + 128) {
      secretAt = secret;
      a = scramble(a, 0);
      b = scramble(b, 16);
      c = scramble(c, 32);
      d = scramble(d, 48);
    }
    if (at >= last) {
      at = last;
      secretAt = secret + secretLength - stripe - 7;
    }
  }
  const sum = <u64>length * prime1;
  return avalanche(sum + merge(a, 11) + merge(b, 27) + merge(c, 43) + merge(d, 59));
}

/** The low 32 bits of XXH3. */
export function xxhash3(at: usize, length: usize): u32 {
  if (length > 240) return <u32>long(at, length);
  if (length > 128) return <u32>upTo240(at, length);
  if (length > 16) return <u32>upTo128(at, length);
  return <u32>upTo16(at, length);
}
