// Bits that are read from the end of their bytes backward (RFC 8878, 4.1). A position is the number of bits
// before it; below 0 the stream is overrun, which its reader finds when it is done. At least 16 bytes of
// memory are before every stream.

/** The position behind the last bit: the highest set bit of the last byte only marks it. 0: no mark. */
export function endOfBits(start: usize, end: usize): i32 {
  if (end <= start) return 0;
  const last = <u32>load<u8>(end - 1);
  if (last == 0) return 0;
  return <i32>(end - start) * 8 - 1 - (<i32>clz(last) - 24);
}

/** The `count` bits, at most 56, before `position`. */
export function bitsBefore(start: usize, position: i32, count: u32): u64 {
  const from = position - <i32>count;
  const word = load<u64>(start + <usize>(from >> 3)) >> (<u64>(from & 7));
  return word & (((<u64>1) << count) - 1);
}

/** At least 56 bits before `position`, the nearest in the highest bit. */
export function highBits(start: usize, position: i32): u64 {
  const bytes = (position + 7) >> 3;
  const shift: u64 = bytes * 8 - position;
  return load<u64>(start + <usize>(bytes - 8)) << shift;
}
