// Copies of whole vectors: they read and write up to 31 bytes past the end, where `slack` bytes must be
// free to be overwritten.

export const vector: usize = 16;
/** Bytes that must be within memory behind all that is read or written. */
export const slack: usize = 64;

/** For each distance below 16: which of the first bytes stands at each place when they repeat. */
const repeats = memory.data(16 * 16, 16);

for (let distance: usize = 1; distance < 16; distance++) {
  for (let i: usize = 0; i < 16; i++) store<u8>(repeats + distance * 16 + i, <u8>(i % distance));
}

/** Copies forward; `target` may be less than `length` behind `source`, but not less than a vector. */
export function copyVectors(target: usize, source: usize, length: usize): void {
  const end = target + length;
  do {
    v128.store(target, v128.load(source));
    target += vector;
    source += vector;
  } while (target < end);
}

/** Writes what stands `distance` bytes before `target` again and again, up to `length` bytes. */
export function repeat(target: usize, distance: usize, length: usize): void {
  if (distance >= vector) {
    const source = target - distance;
    // Most are short: no branch for how short.
    v128.store(target, v128.load(source));
    v128.store(target, v128.load(source, 16), 16);
    if (length > 32) copyVectors(target + 32, source + 32, length - 32);
    return;
  }
  const end = target + length;
  const pattern = i8x16.swizzle(
    v128.load(target - distance),
    v128.load(repeats + distance * vector),
  );
  const step = vector - <usize>(<u32>vector % <u32>distance);
  do {
    v128.store(target, pattern);
    target += step;
  } while (target < end);
}
