const vector: usize = 16;

/**
 * Where the bytes from `needle` to `needleEnd`, one at least, stand first from `start` to `end`; `end`
 * where they do not. Sixteen places at once are looked at for the first byte and the last.
 */
export function indexOf(start: usize, end: usize, needle: usize, needleEnd: usize): usize {
  const length = needleEnd - needle;
  const first = i8x16.splat(load<i8>(needle));
  const last = i8x16.splat(load<i8>(needleEnd - 1));
  for (let at = start; at + length <= end; at += vector) {
    const both = v128.and(
      i8x16.eq(v128.load(at), first),
      i8x16.eq(v128.load(at + length - 1), last),
    );
    for (let places = i8x16.bitmask(both); places != 0; places &= places - 1) {
      const place = at + <usize>ctz<i32>(places);
      if (place + length > end) return end;
      if (same(place, needle, length)) return place;
    }
  }
  return end;
}

function same(a: usize, b: usize, length: usize): bool {
  for (let i: usize = 0; i < length; i++) if (load<u8>(a + i) != load<u8>(b + i)) return false;
  return true;
}
