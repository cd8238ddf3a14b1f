// As ../snappy.ts.

import { copyVectors, repeat } from './copy';

/**
 * Undoes the elements of raw snappy, which follow its length, into exactly `targetEnd` - `target` bytes;
 * false when they are not sound.
 */
export function snappy(from: usize, sourceEnd: usize, target: usize, targetEnd: usize): bool {
  let to = target;
  while (from < sourceEnd) {
    const tag = <usize>load<u8>(from++);
    const kind = tag & 3;
    let length = tag >> 2;
    if (kind == 0) {
      if (length >= 60) {
        const bytes = length - 59;
        if (bytes > sourceEnd - from) return false;
        // What is read too much stands in the bits above.
        length = load<u32>(from) & ((<u32>0xffff_ffff) >> (32 - ((<u32>bytes) << 3)));
        from += bytes;
      }
      if (length >= sourceEnd - from || length >= targetEnd - to) return false;
      length++;
      copyVectors(to, from, length);
      from += length;
      to += length;
      continue;
    }
    let distance: usize;
    if (kind == 1) {
      if (from >= sourceEnd) return false;
      distance = ((tag >> 5) << 8) | (<usize>load<u8>(from));
      length = (length & 7) + 4;
      from += 1;
    } else {
      const bytes: usize = kind == 2 ? 2 : 4;
      if (bytes > sourceEnd - from) return false;
      distance = kind == 2 ? <usize>load<u16>(from) : <usize>load<u32>(from);
      length++;
      from += bytes;
    }
    if (distance == 0 || distance > to - target || length > targetEnd - to) return false;
    repeat(to, distance, length);
    to += length;
  }
  return to == targetEnd;
}
