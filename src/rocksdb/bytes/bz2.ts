// A bz2 stream, most significant bit first (the format of libbz2, which util/compression.h calls):
//
//   'BZh' | level '1'–'9' | blocks | end 0x177245385090 | 32 bits CRC of all blocks
//   block:  0x314159265359 | 32 bits CRC | 1 bit randomized | 24 bits origin | bytes used |
//           3 bits tables | 15 bits selectors | selectors | tables | symbols
//
// bytes used  16 bits, one for each 16 bytes of which some occur, then 16 bits for each of those
// selectors   which table the next 50 symbols take: its place in a list that moves to the front, unary
// tables      for each symbol the length of its Huffman code, as a change of the one before it
// symbols     0 and 1 are the digits of how often the front byte repeats; n is the byte at place n − 1 of a
//             list that moves to the front; the last ends the block
//
// They give the last column of the sorted rotations of the text, whose `origin`th is the text. In it, four
// equal bytes are followed by how many more of them follow.

import { CodingError } from './coding';

const blockMagic = [0x314159, 0x265359] as const;
const endMagic = [0x177245, 0x385090] as const;
const longestCode = 20;
const symbolsOfSelector = 50;

/**
 * Undoes a bz2 stream of at most `limit` bytes of contents; where their number is known, `limit` is that
 * number and saves memory.
 * @throws CodingError
 */
export function decompressBz2(payload: Uint8Array, limit: number): Uint8Array {
  const bits = new BitReader(payload);
  const level = payload[3] ?? 0;
  if (bits.read(24) !== 0x425a68 || level < 0x31 || level > 0x39) {
    throw new CodingError('no bz2 stream', 0);
  }
  bits.read(8);
  // The text of a block is at most a quarter longer than what it stands for.
  const longest = Math.min((level - 0x30) * 100_000, Math.ceil(limit * 1.25) + 5);
  const output = new Output(limit, payload.length * 8);
  let allBlocks = 0;
  for (;;) {
    const at = bits.position;
    const magic = [bits.read(24), bits.read(24)] as const;
    const crc = (bits.read(16) * 0x1_0000 + bits.read(16)) >>> 0;
    if (magic[0] === endMagic[0] && magic[1] === endMagic[1]) {
      if (crc !== allBlocks) throw new CodingError('bz2 checksum mismatch', at);
      return output.result();
    }
    if (magic[0] !== blockMagic[0] || magic[1] !== blockMagic[1]) {
      throw new CodingError('no bz2 block', at);
    }
    output.beginBlock();
    readBlock(bits, longest, output);
    if (output.blockCrc !== crc) throw new CodingError('bz2 block checksum mismatch', at);
    allBlocks = (crc ^ ((allBlocks << 1) | (allBlocks >>> 31))) >>> 0;
  }
}

function readBlock(bits: BitReader, longest: number, output: Output): void {
  if (bits.read(1) !== 0) throw new CodingError('randomized bz2 block', bits.position);
  const origin = bits.read(24);
  const used = readUsedBytes(bits);
  const tableCount = bits.read(3);
  const selectorCount = bits.read(15);
  if (used.length === 0 || tableCount < 2 || tableCount > 6 || selectorCount === 0) {
    throw new CodingError('bad head of a bz2 block', bits.position);
  }
  const selectors = readSelectors(bits, tableCount, selectorCount);
  const tables: HuffmanTable[] = [];
  for (let i = 0; i < tableCount; i++) tables.push(HuffmanTable.read(bits, used.length + 2));
  const column = readColumn(bits, { used, selectors, tables, longest });
  if (origin >= column.length) throw new CodingError('origin outside of its bz2 block', 0);
  writeText(column, origin, output);
}

function readUsedBytes(bits: BitReader): Uint8Array {
  const rows = bits.read(16);
  const used: number[] = [];
  for (let row = 0; row < 16; row++) {
    if ((rows & (0x8000 >> row)) === 0) continue;
    const columns = bits.read(16);
    for (let column = 0; column < 16; column++) {
      if ((columns & (0x8000 >> column)) !== 0) used.push(row * 16 + column);
    }
  }
  return Uint8Array.from(used);
}

function readSelectors(bits: BitReader, tables: number, count: number): Uint8Array {
  const front = Uint8Array.from({ length: tables }, (_, i) => i);
  const selectors = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let place = 0;
    while (bits.read(1) !== 0) {
      if (++place >= tables) throw new CodingError('selector of no table', bits.position);
    }
    selectors[i] = moveToFront(front, place);
  }
  return selectors;
}

function moveToFront(list: Uint8Array, place: number): number {
  const value = list[place] ?? 0;
  list.copyWithin(1, 0, place);
  list[0] = value;
  return value;
}

interface Symbols {
  readonly used: Uint8Array;
  readonly selectors: Uint8Array;
  readonly tables: readonly HuffmanTable[];
  readonly longest: number;
}

/** The last column of the sorted rotations: a byte each, with room for 24 bits above it. */
function readColumn(bits: BitReader, { used, selectors, tables, longest }: Symbols): Uint32Array {
  const column = new Uint32Array(longest);
  const front = used.slice();
  const end = used.length + 1;
  let length = 0;
  let repeats = 0;
  let digit = 1;
  for (let count = 0; ; count++) {
    const table = tables[selectors[Math.floor(count / symbolsOfSelector)] ?? tables.length];
    if (!table) throw new CodingError('bz2 block without its end', bits.position);
    const symbol = table.decode(bits);
    if (symbol <= 1) {
      repeats += digit * (symbol + 1);
      digit *= 2;
      if (repeats > longest) throw new CodingError('bz2 block too long', bits.position);
      continue;
    }
    if (length + repeats + (symbol === end ? 0 : 1) > longest) {
      throw new CodingError('bz2 block too long', bits.position);
    }
    if (repeats > 0) column.fill(front[0] ?? 0, length, length + repeats);
    length += repeats;
    repeats = 0;
    digit = 1;
    if (symbol === end) return column.subarray(0, length);
    column[length++] = moveToFront(front, symbol - 1);
  }
}

/** Undoes the sorting of rotations, then the runs of equal bytes. */
function writeText(column: Uint32Array, origin: number, output: Output): void {
  const starts = new Uint32Array(256);
  for (const byte of column) starts[byte] = (starts[byte] ?? 0) + 1;
  let sum = 0;
  for (let byte = 0; byte < 256; byte++) {
    const count = starts[byte] ?? 0;
    starts[byte] = sum;
    sum += count;
  }
  // Above the byte of each row: the row that follows it in the text.
  for (let row = 0; row < column.length; row++) {
    const byte = (column[row] ?? 0) & 0xff;
    const place = starts[byte] ?? 0;
    starts[byte] = place + 1;
    column[place] = (column[place] ?? 0) | (row << 8);
  }
  let row = (column[origin] ?? 0) >>> 8;
  let last = -1;
  let run = 0;
  for (let i = 0; i < column.length; i++) {
    const cell = column[row] ?? 0;
    const byte = cell & 0xff;
    row = cell >>> 8;
    if (run === 4) {
      output.write(last, byte);
      run = 0;
      last = -1;
    } else {
      run = byte === last ? run + 1 : 1;
      last = byte;
      output.write(byte, 1);
    }
  }
}

/** A canonical Huffman code: shorter codes are smaller numbers. */
class HuffmanTable {
  private constructor(
    private readonly shortest: number,
    /** For each length the code after its last one. */
    private readonly ends: Uint32Array,
    /** For each length what to add to a code to find its symbol. */
    private readonly bases: Int32Array,
    private readonly symbols: Uint16Array,
  ) {}

  static read(bits: BitReader, count: number): HuffmanTable {
    const lengths = new Uint8Array(count);
    const counts = new Uint32Array(longestCode + 1);
    let length = bits.read(5);
    for (let symbol = 0; symbol < count; symbol++) {
      for (;;) {
        if (length < 1 || length > longestCode) {
          throw new CodingError(`bz2 code of ${length} bits`, bits.position);
        }
        if (bits.read(1) === 0) break;
        length += bits.read(1) === 0 ? 1 : -1;
      }
      lengths[symbol] = length;
      counts[length] = (counts[length] ?? 0) + 1;
    }
    const ends = new Uint32Array(longestCode + 1);
    const bases = new Int32Array(longestCode + 1);
    const symbols = new Uint16Array(count);
    let code = 0;
    let filled = 0;
    let shortest = 0;
    for (length = 1; length <= longestCode; length++) {
      bases[length] = filled - code;
      for (let symbol = 0; symbol < count; symbol++) {
        if (lengths[symbol] === length) symbols[filled++] = symbol;
      }
      code += counts[length] ?? 0;
      if (shortest === 0 && filled > 0) shortest = length;
      ends[length] = code;
      code *= 2;
    }
    return new HuffmanTable(shortest, ends, bases, symbols);
  }

  decode(bits: BitReader): number {
    let code = bits.read(this.shortest);
    for (let length = this.shortest; ;) {
      if (code < (this.ends[length] ?? 0)) {
        const symbol = this.symbols[code + (this.bases[length] ?? 0)];
        if (symbol !== undefined) return symbol;
      }
      if (++length > longestCode) throw new CodingError('no bz2 code', bits.position);
      code = code * 2 + bits.read(1);
    }
  }
}

/** Most significant bit first. */
class BitReader {
  /** Byte offset of what is read next. */
  position = 0;
  private held = 0;
  private heldBits = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** The next `count` bits, at most 24, as a number. @throws CodingError past the end */
  read(count: number): number {
    while (this.heldBits < count) {
      const byte = this.bytes[this.position];
      if (byte === undefined) throw new CodingError('ends too early', this.position);
      this.position++;
      this.held = ((this.held << 8) | byte) >>> 0;
      this.heldBits += 8;
    }
    this.heldBits -= count;
    return (this.held >>> this.heldBits) & ((1 << count) - 1);
  }
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc;
});

/** What the stream stands for, with the CRC of the block that is written. */
class Output {
  private bytes: Uint8Array;
  private length = 0;
  private crc = 0;

  constructor(
    private readonly limit: number,
    expected: number,
  ) {
    this.bytes = new Uint8Array(Math.min(limit, expected));
  }

  beginBlock(): void {
    this.crc = 0xffff_ffff;
  }

  get blockCrc(): number {
    return ~this.crc >>> 0;
  }

  write(byte: number, count: number): void {
    const end = this.length + count;
    if (end > this.limit) throw new CodingError('bz2 stream too long', this.length);
    if (end > this.bytes.length) {
      const larger = new Uint8Array(Math.min(this.limit, end * 2));
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.fill(byte, this.length, end);
    this.length = end;
    for (let i = 0; i < count; i++) {
      this.crc = (this.crc << 8) ^ (crcTable[((this.crc >>> 24) ^ byte) & 0xff] ?? 0);
    }
  }

  result(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }
}
