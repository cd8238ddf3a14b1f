// Where things are in memory. From `free` on the caller puts: a dictionary's contents, room for the output
// right behind it, and the payload behind that, each with `slack` bytes that may be overwritten.

export const free: usize = __heap_base;

/** Bytes that may be read and written behind whatever is decoded. */
export const slack: usize = 64;

/** What a block decompresses to at most (RFC 8878, 3.1.1.2.4). */
export const largestBlock: u32 = 128 << 10;

/** Codes of three kinds of numbers, in the order in which their tables are described. */
export const literalLengths: u32 = 0;
export const offsets: u32 = 1;
export const matchLengths: u32 = 2;

/** A function that found what cannot be gives this, or false. */
export const refused: usize = 0;

/** Copies forward by 16 bytes, up to 15 more than `length`; `source` is not within 16 bytes before `target`. */
export function copy(target: usize, source: usize, length: usize): void {
  const end = target + length;
  do {
    v128.store(target, v128.load(source));
    target += 16;
    source += 16;
  } while (target < end);
}

/** For each distance below 16: which of the first bytes stands at each place when they repeat. */
const repeats = memory.data(16 * 16, 16);

for (let distance: usize = 1; distance < 16; distance++) {
  for (let i: usize = 0; i < 16; i++) store<u8>(repeats + distance * 16 + i, <u8>(i % distance));
}

/** Repeats the `distance` bytes before `target`, less than 16, up to 15 bytes more than `length`. */
export function repeat(target: usize, distance: usize, length: usize): void {
  const end = target + length;
  const pattern = i8x16.swizzle(v128.load(target - distance), v128.load(repeats + distance * 16));
  const step = <usize>16 - (16 % distance);
  do {
    v128.store(target, pattern);
    target += step;
  } while (target < end);
}
