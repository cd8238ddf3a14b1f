// As ../xxhash32.ts.

const prime1: u32 = 0x9e3779b1;
const prime2: u32 = 0x85ebca77;
const prime3: u32 = 0xc2b2ae3d;
const prime4: u32 = 0x27d4eb2f;
const prime5: u32 = 0x165667b1;

function round(lane: u32, input: u32): u32 {
  return rotl<u32>(lane + input * prime2, 13) * prime1;
}

export function xxhash32(start: usize, length: usize): u32 {
  const end = start + length;
  let at = start;
  let hash = prime5;
  if (length >= 16) {
    let a = prime1 + prime2;
    let b = prime2;
    let c: u32 = 0;
    let d = 0 - prime1;
    for (; at + 16 <= end; at += 16) {
      a = round(a, load<u32>(at));
      b = round(b, load<u32>(at, 4));
      c = round(c, load<u32>(at, 8));
      d = round(d, load<u32>(at, 12));
    }
    hash = rotl<u32>(a, 1) + rotl<u32>(b, 7) + rotl<u32>(c, 12) + rotl<u32>(d, 18);
  }
  hash += <u32>length;
  for (; at + 4 <= end; at += 4) hash = rotl<u32>(hash + load<u32>(at) * prime3, 17) * prime4;
  for (; at < end; at++) hash = rotl<u32>(hash + <u32>load<u8>(at) * prime5, 11) * prime1;
  hash = (hash ^ (hash >> 15)) * prime2;
  hash = (hash ^ (hash >> 13)) * prime3;
  return hash ^ (hash >> 16);
}
