// As ../lz4.ts.

import { copyVectors, repeat, vector } from './copy';

/** Undoes a raw LZ4 block into exactly `targetEnd` - `target` bytes; false when it is not sound. */
export function lz4(from: usize, sourceEnd: usize, target: usize, targetEnd: usize): bool {
  let to = target;
  while (from < sourceEnd) {
    const token = <usize>load<u8>(from++);
    let literals = token >> 4;
    if (literals == 15) {
      let byte: usize;
      do {
        if (from >= sourceEnd) return false;
        byte = load<u8>(from++);
        literals += byte;
      } while (byte == 255);
    }
    if (literals > sourceEnd - from || literals > targetEnd - to) return false;
    copyVectors(to, from, literals);
    from += literals;
    to += literals;
    if (from == sourceEnd) break;

    if (sourceEnd - from < 2) return false;
    const distance = <usize>load<u16>(from);
    from += 2;
    let length = token & 15;
    if (length == 15) {
      let byte: usize;
      do {
        if (from >= sourceEnd) return false;
        byte = load<u8>(from++);
        length += byte;
      } while (byte == 255);
    }
    length += 4;
    if (distance == 0 || distance > to - target || length > targetEnd - to) return false;
    repeat(to, distance, length);
    to += length;
  }
  return to == targetEnd;
}
