// How the MANIFEST tells a table from all others (table/unique_id.cc): 16 bytes, made of properties of the
// table. From RocksDB 7 on a table that is another one, say of a backup, is found out by it.
//
//   fixed64 lower 62 bits of the session that wrote it, and 2 of the upper ones
//   fixed64 number that it had first, xor hash of the database's identity, seeded by the session's rest
//
// Sessions are numbers in base 36, 12 digits for the lower part. The hash is the upper half of XXH3, 128 bits
// (XXH3_len_17to128_128b in xxhash.h of the xxHash project); identities are texts of 36 letters.

import { Number64 } from '../bytes/number64';

const shortestHashed = 17;
const longestHashed = 128;
const digitsBelow = 12;
const secret = Buffer.from(
  'b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221' +
    'b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8' +
    'a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364',
  'hex',
);

/** What a table's properties say of where it comes from. */
export interface TableOrigin {
  /** The database's identity. */
  readonly database: string;
  readonly session: string;
  /** The number that it had first. */
  readonly number: number;
}

/** The 16 bytes of a table; undefined where the properties are not those that RocksDB writes. */
export function uniqueIdOf({ database, session, number }: TableOrigin): Uint8Array | undefined {
  const identity = Buffer.from(database, 'latin1');
  if (identity.length < shortestHashed || identity.length > longestHashed) return undefined;
  if (!/^[0-9a-z]{13,24}$/i.test(session)) return undefined;
  const { upper, lower, hash } = partsOf(database, session, identity);
  const id = Buffer.alloc(16);
  id.writeUInt32LE(lower.low, 0);
  id.writeUInt32LE(((lower.high & 0x3fff_ffff) | (upper.low << 30)) >>> 0, 4);
  id.writeUInt32LE((hash.low ^ number) >>> 0, 8);
  id.writeUInt32LE((hash.high ^ Math.floor(number / 2 ** 32)) >>> 0, 12);
  return id;
}

/** What tables of one session have in common: most that are opened one after the other do. */
interface SessionParts {
  readonly database: string;
  readonly session: string;
  readonly upper: Number64;
  readonly lower: Number64;
  readonly hash: Number64;
}

let last: SessionParts | undefined;

function partsOf(database: string, session: string, identity: Buffer): SessionParts {
  if (last?.database === database && last.session === session) return last;
  const upper = fromBase36(session.slice(0, -digitsBelow));
  const lower = fromBase36(session.slice(-digitsBelow));
  const hash = upperHash(identity, rightBy2(upper));
  return (last = { database, session, upper, lower, hash });
}

/** Of at most 12 digits. */
function fromBase36(digits: string): Number64 {
  const half = -digitsBelow / 2;
  const value = new Number64(parseInt(digits.slice(0, half) || '0', 36), 0);
  value.multiply(36 ** (digitsBelow / 2), 0);
  value.add(parseInt(digits.slice(half), 36), 0);
  return value;
}

function rightBy2({ low, high }: Number64): Number64 {
  return new Number64(((low >>> 2) | (high << 30)) >>> 0, high >>> 2);
}

function negative({ low, high }: Number64): Number64 {
  const result = new Number64(~low >>> 0, ~high >>> 0);
  result.add(1, 0);
  return result;
}

/** The upper 64 of the 128 bits of 17 to 128 bytes. */
function upperHash(input: Buffer, seed: Number64): Number64 {
  const { length } = input;
  const against = negative(seed);
  const low = new Number64(length, 0);
  low.multiply(0x85eb_ca87, 0x9e37_79b1);
  const high = new Number64(0, 0);
  for (let pair = (length - 1) >> 5; pair >= 0; pair--) {
    const front = pair * 16;
    const back = length - 16 - pair * 16;
    mixInto(low, input, front, back, secretPart(pair * 32, seed, against));
    mixInto(high, input, back, front, secretPart(pair * 32 + 16, seed, against));
  }
  low.multiply(0x85eb_ca87, 0x9e37_79b1);
  high.multiply(0xc2b2_ae63, 0x85eb_ca77);
  against.add(length, 0);
  against.multiply(0x27d4_eb4f, 0xc2b2_ae3d);
  low.add(high.low, high.high);
  low.add(against.low, against.high);
  low.xorRight(37);
  low.multiply(0x9e37_79f9, 0x1656_6791);
  low.low = (low.low ^ low.high) >>> 0;
  return negative(low);
}

function number64(bytes: Buffer, at: number): Number64 {
  return new Number64(bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4));
}

/** 16 bytes of the secret: the seed is added to the first half and taken from the second. */
function secretPart(at: number, seed: Number64, against: Number64): [Number64, Number64] {
  const first = number64(secret, at);
  first.add(seed.low, seed.high);
  const second = number64(secret, at + 8);
  second.add(against.low, against.high);
  return [first, second];
}

/** Adds 16 bytes, mixed with the secret, and xors the sum of 16 others. */
function mixInto(
  sum: Number64,
  input: Buffer,
  at: number,
  other: number,
  [first, second]: [Number64, Number64],
): void {
  const half = number64(input, at + 8);
  second.xor(half.low, half.high);
  const mixed = number64(input, at);
  mixed.xor(first.low, first.high);
  mixed.fold(second.low, second.high);
  sum.add(mixed.low, mixed.high);
  const others = number64(input, other);
  const more = number64(input, other + 8);
  others.add(more.low, more.high);
  sum.xor(others.low, others.high);
}
