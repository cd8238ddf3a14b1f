import fc from 'fast-check';
import { varint } from './blockBuilder';

/** Some bytes of their own, then `length` bytes that stand `distance` before. */
export interface Word {
  readonly literals: Uint8Array;
  readonly distance: number;
  readonly length: number;
}

const lengths = fc.oneof(fc.integer({ min: 4, max: 24 }), fc.integer({ min: 4, max: 700 }));
const distances = fc.oneof(fc.integer({ min: 1, max: 34 }), fc.integer({ min: 1, max: 5000 }));
const literals = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.uint8Array({ minLength: 250, maxLength: 600, size: 'max' }),
);

/** Words whose distances reach what was written before, and bytes behind the last. */
export const text = fc.record({
  words: fc.array(fc.record({ literals, distance: distances, length: lengths }), { maxLength: 30 }),
  last: literals,
});
export type Text = typeof text extends fc.Arbitrary<infer T> ? T : never;

/** What the words say, byte for byte; distances that reach too far are cut to what there is. */
export function write({ words, last }: Text): { words: Word[]; last: Uint8Array; bytes: Buffer } {
  const bytes: number[] = [];
  const sound: Word[] = [];
  for (const word of words) {
    bytes.push(...word.literals);
    if (bytes.length === 0) continue;
    const distance = Math.min(word.distance, bytes.length);
    for (let i = 0; i < word.length; i++) bytes.push(bytes[bytes.length - distance] ?? 0);
    sound.push({ ...word, distance });
  }
  bytes.push(...last);
  return { words: sound, last, bytes: Buffer.from(bytes) };
}

function lz4Length(length: number): number[] {
  if (length < 15) return [];
  const rest = length - 15;
  return [...Array<number>(Math.floor(rest / 255)).fill(255), rest % 255];
}

/** As a raw LZ4 block. */
export function asLz4({ words, last }: { words: Word[]; last: Uint8Array }): Buffer {
  const parts = words.flatMap(({ literals, distance, length }) => [
    Buffer.of((Math.min(literals.length, 15) << 4) | Math.min(length - 4, 15)),
    Buffer.from(lz4Length(literals.length)),
    literals,
    Buffer.of(distance & 0xff, distance >>> 8),
    Buffer.from(lz4Length(length - 4)),
  ]);
  const end = [
    Buffer.of(Math.min(last.length, 15) << 4),
    Buffer.from(lz4Length(last.length)),
    last,
  ];
  return Buffer.concat([...parts, ...end]);
}

function littleEndian(value: number, bytes: number): Buffer {
  const buffer = Buffer.alloc(bytes);
  buffer.writeUIntLE(value, 0, bytes);
  return buffer;
}

function snappyLiteral(bytes: Uint8Array): Uint8Array[] {
  if (bytes.length === 0) return [];
  const length = bytes.length - 1;
  if (length < 60) return [Buffer.of(length << 2), bytes];
  const size = length < 0x100 ? 1 : 2 + (length % 3); // longer numbers than needed are allowed
  return [Buffer.of((59 + size) << 2), littleEndian(length, size), bytes];
}

function snappyCopies(distance: number, length: number): Uint8Array[] {
  const copies: Uint8Array[] = [];
  for (let left = length; left > 0;) {
    const size = Math.min(left, 64);
    if (size >= 4 && size <= 11 && distance < 2048) {
      copies.push(Buffer.of(1 | ((size - 4) << 2) | ((distance >>> 8) << 5), distance & 0xff));
    } else if (size % 2 === 0) {
      copies.push(Buffer.of(2 | ((size - 1) << 2)), littleEndian(distance, 2));
    } else {
      copies.push(Buffer.of(3 | ((size - 1) << 2)), littleEndian(distance, 4));
    }
    left -= size;
  }
  return copies;
}

/** As raw snappy. */
export function asSnappy({ words, last, bytes }: ReturnType<typeof write>): Buffer {
  const parts = words.flatMap(({ literals, distance, length }) => [
    ...snappyLiteral(literals),
    ...snappyCopies(distance, length),
  ]);
  return Buffer.concat([varint(bytes.length), ...parts, ...snappyLiteral(last)]);
}
