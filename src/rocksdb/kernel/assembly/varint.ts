// varint32: seven bits a byte, low group first, high bit set on all but the last.

/** Where the number that was read last ends; 0 when it was not sound. */
export let varintEnd: usize = 0;

/** The number at `at`; `varintEnd` is 0 when it is not whole before `end` or has more than 32 bits. */
export function varint32(at: usize, end: usize): u32 {
  let value: u64 = 0;
  varintEnd = 0;
  for (let shift: u64 = 0; shift < 35 && at < end; shift += 7) {
    const byte = <u64>load<u8>(at++);
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (value >> 32 == 0) varintEnd = at;
      break;
    }
  }
  return <u32>value;
}
