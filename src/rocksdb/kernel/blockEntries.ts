// A block's contents (table/block_based/block.cc, block_builder.cc):
//
//   entries | fixed32 restart offset … | footer fixed32
//   entry:  varint32 shared | varint32 unshared | varint32 value length | key tail | value
//
// An entry shares the first bytes of its key with the one before it, but for those at a restart
// offset. Footer: bits 0–27 number of restarts; bit 31 a hash index stands before the footer
// (buckets of one byte, then fixed16 their number); bits 28–30 layouts of newer versions.

import { CodingError } from '../bytes/coding';
import { UnknownLayoutError } from './blockErrors';
import type { DecodedBlock } from './kernel';

const hashIndexFlag = 0x8000_0000;
const unknownFlags = 0x7000_0000;
const largestHashedBlock = 65_536;
/** Bytes of all keys of a block, which share their beginnings in the file. */
const largestKeys = 1 << 29;
const trailerLength = 8;
const valueType = 1;

/**
 * Where the entries end and how many restart offsets follow them; flags among `hints` change neither.
 * @throws CodingError, UnknownLayoutError
 */
export function blockLayout(bytes: Uint8Array, hints = 0): { end: number; restarts: number } {
  if (bytes.length < 4) throw new CodingError('block without a footer', 0);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const footer = view.getUint32(bytes.length - 4, true);
  if ((footer & unknownFlags & ~hints) !== 0)
    throw new UnknownLayoutError('a newer layout of blocks');
  let tail = bytes.length - 4;
  if ((footer & hashIndexFlag) !== 0 && bytes.length <= largestHashedBlock) {
    if (tail < 2) throw new CodingError('block without its hash index', tail);
    tail -= 2 + view.getUint16(tail - 2, true);
  }
  const restarts = (footer & 0x0fff_ffff) >>> 0;
  const end = tail - restarts * 4;
  if (end < 0) throw new CodingError('more restarts than bytes', bytes.length - 4);
  return { end, restarts };
}

/** Reads the three lengths of an entry, which are numbers of 32 bits. */
class EntryReader {
  shared = 0;
  unshared = 0;
  valueLength = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly end: number,
  ) {}

  /** Reads the lengths at `at`. Gives where the key's tail starts. @throws CodingError */
  read(at: number): number {
    const { bytes } = this;
    const shared = bytes[at] ?? 0;
    const unshared = bytes[at + 1] ?? 0;
    const valueLength = bytes[at + 2] ?? 0;
    if ((shared | unshared | valueLength) < 0x80 && at + 3 <= this.end) {
      this.shared = shared;
      this.unshared = unshared;
      this.valueLength = valueLength;
      return at + 3;
    }
    this.position = at;
    this.shared = this.varint();
    this.unshared = this.varint();
    this.valueLength = this.varint();
    return this.position;
  }

  private position = 0;

  private varint(): number {
    const start = this.position;
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      if (this.position >= this.end) throw new CodingError('ends too early', this.position);
      const byte = this.bytes[this.position++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) throw new CodingError('number too large', start);
        return value;
      }
    }
    throw new CodingError('varint without an end', start);
  }
}

/** How many entries there are, and the bytes of all keys. @throws CodingError when they are not sound */
function measure(
  entries: EntryReader,
  end: number,
  shortest: number,
): { count: number; keys: number } {
  let count = 0;
  let keys = 0;
  let keyLength = 0;
  for (let at = 0; at < end; count++) {
    const tail = entries.read(at);
    const { shared, unshared, valueLength } = entries;
    if (shared > keyLength) throw new CodingError('key shares more than there is', at);
    if (unshared > end - tail) throw new CodingError('ends too early', tail);
    keyLength = shared + unshared;
    if (keyLength < shortest) throw new CodingError('key without its trailer', at);
    keys += keyLength;
    if (keys > largestKeys) throw new CodingError('keys too large', at);
    const value = tail + unshared;
    if (valueLength > end - value) throw new CodingError('ends too early', value);
    at = value + valueLength;
  }
  return { count, keys };
}

/** Whether the internal key hides nothing of the one before it, and is not hidden: see `plain`. */
function isPlain(
  bytes: Uint8Array,
  before: number,
  start: number,
  end: number,
  shared: number,
): boolean {
  const length = end - start - trailerLength;
  if (length < 0 || bytes[start + length] !== valueType) return false;
  if (start - before !== end - start) return true;
  for (let i = shared; i < length; i++) if (bytes[before + i] !== bytes[start + i]) return true;
  return false;
}

/** See `Kernel.decodeBlock`. */
export function decodeBlock(contents: Uint8Array, shortest: number): DecodedBlock {
  const { end } = blockLayout(contents);
  const entries = new EntryReader(contents, end);
  const { count, keys } = measure(entries, end, shortest);
  const contentsEnd = contents.length;
  const fieldsAt = Math.ceil((contentsEnd + keys) / 4) * 4;
  const buffer = new ArrayBuffer(fieldsAt + count * 16);
  const bytes = new Uint8Array(buffer, 0, contentsEnd + keys);
  const fields = new Uint32Array(buffer, fieldsAt, count * 4);
  bytes.set(contents);

  let plain = true;
  let before = contentsEnd;
  let keyStart = contentsEnd;
  let at = 0;
  for (let field = 0; field < fields.length; field += 4) {
    let from = entries.read(at);
    const { shared, unshared, valueLength } = entries;
    let to = keyStart;
    for (let i = before; i < before + shared; i++) bytes[to++] = bytes[i] ?? 0;
    for (const tailEnd = from + unshared; from < tailEnd;) bytes[to++] = bytes[from++] ?? 0;
    at = from + valueLength;
    fields[field] = keyStart;
    fields[field + 1] = to;
    fields[field + 2] = from;
    fields[field + 3] = at;
    plain &&= isPlain(bytes, before, keyStart, to, shared);
    before = keyStart;
    keyStart = to;
  }
  return { bytes, contentsEnd, keysEnd: bytes.length, fields, length: count, plain };
}
