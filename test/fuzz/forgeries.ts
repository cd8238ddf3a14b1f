// Damage that no checksum tells of: bytes are changed and their checksum is made right again, so that
// lengths, counts and offsets lie to whoever decodes them.

import { contextModifier, maskCrc } from '../../src/rocksdb/bytes/checksum';
import { createKernel } from '../../src/rocksdb/kernel/kernel';
import { decodeFooter, footerSize } from '../../src/rocksdb/table/footer';
import type { RandomNumbers } from './randomNumbers';

const kernel = createKernel();

/** Whether a table's blocks have no checksums. */
export function isUnchecked(table: Buffer): boolean {
  try {
    return decodeFooter(table.subarray(-footerSize), table.length, kernel).checksumKind === 0;
  } catch {
    return false;
  }
}

interface Span {
  readonly start: number;
  /** Without the trailer of a block; with the header of a record. */
  readonly length: number;
}

const logBlock = 32_768;
const largestBlock = 262_144;

/** Where the blocks of a table are: one begins where the other ends, and its checksum tells where that is. */
function blocksOf(table: Buffer): Span[] {
  const { checksumKind } = decodeFooter(table.subarray(-footerSize), table.length, kernel);
  const blocks: Span[] = [];
  for (let start = 0; start < table.length - footerSize;) {
    const length = blockLength(table, start, checksumKind);
    if (length === undefined) break;
    blocks.push({ start, length });
    start += length + 5;
  }
  return blocks;
}

function blockLength(table: Buffer, start: number, kind: number): number | undefined {
  const last = Math.min(table.length - footerSize - 5, start + largestBlock) - start;
  for (let length = 1; length <= last; length++) {
    if ((table[start + length] ?? 255) > 7) continue;
    const stored = table.readUInt32LE(start + length + 1);
    if (trailerOf(table, { start, length }, kind) === stored) return length;
  }
  return undefined;
}

function trailerOf(table: Buffer, { start, length }: Span, kind: number): number | undefined {
  const { contextBase } = decodeFooter(table.subarray(-footerSize), table.length, kernel);
  const sum = kernel.blockChecksum(kind, table.subarray(start, start + length + 1));
  return sum === undefined ? undefined : (sum + contextModifier(contextBase, start)) >>> 0;
}

/** A log's or a MANIFEST's physical records, as far as they are sound. */
function recordsOf(log: Buffer): Span[] {
  const records: Span[] = [];
  for (let start = 0; start + 7 <= log.length;) {
    const left = logBlock - (start % logBlock);
    if (left < 7) {
      start += left;
      continue;
    }
    const length = headerOf(log, start) + log.readUInt16LE(start + 4);
    if (log[start + 6] === 0 || length > left || start + length > log.length) break;
    records.push({ start, length });
    start += length;
  }
  return records;
}

function headerOf(log: Buffer, start: number): number {
  const type = log[start + 6] ?? 0;
  return (type >= 5 && type <= 8) || type === 11 || type === 131 ? 11 : 7;
}

const cache = new WeakMap<Buffer, Span[]>();

function spansOf(bytes: Buffer, find: (bytes: Buffer) => Span[]): Span[] {
  let spans = cache.get(bytes);
  if (!spans) cache.set(bytes, (spans = find(bytes)));
  return spans;
}

/** Bytes that lengths and counts are afraid of. */
const awkward = [0x00, 0x01, 0x07, 0x0f, 0x7f, 0x80, 0xff];

/** Changes a few bytes of a span: at its ends, where counts are, more often than in between. */
function change(numbers: RandomNumbers, bytes: Buffer, { start, length }: Span): string {
  const changed: string[] = [];
  for (let times = 1 + numbers.below(3); times > 0; times--) {
    const near = Math.min(length, 24);
    const at = numbers.one([
      ...[numbers.below(length), numbers.below(near), length - 1 - numbers.below(near)],
    ]);
    const value = numbers.chance(0.6) ? numbers.one(awkward) : numbers.below(256);
    bytes[start + at] = value;
    changed.push(`${start + at}=${value}`);
  }
  return changed.join(' ');
}

/** A block of a table whose contents, or whose kind of compression, are others. */
export function forgeTable(numbers: RandomNumbers, sound: Buffer): [Buffer, string] | undefined {
  const blocks = spansOf(sound, blocksOf);
  if (blocks.length === 0) return undefined;
  const { checksumKind } = decodeFooter(sound.subarray(-footerSize), sound.length, kernel);
  // The last blocks are index, properties and metaindex: few, and all depends on them.
  const block = numbers.chance(0.5) ? numbers.one(blocks) : numbers.one(blocks.slice(-5));
  const bytes = Buffer.from(sound);
  let what: string;
  if (numbers.chance(0.1)) {
    bytes[block.start + block.length] = numbers.below(9);
    what = `compression ${bytes[block.start + block.length]}`;
  } else {
    what = change(numbers, bytes, block);
  }
  bytes.writeUInt32LE(trailerOf(bytes, block, checksumKind) ?? 0, block.start + block.length + 1);
  return [bytes, `block at ${block.start}, ${block.length} bytes: ${what}`];
}

/** A footer that lies of where index and metaindex are. */
export function forgeFooter(numbers: RandomNumbers, sound: Buffer): [Buffer, string] {
  const bytes = Buffer.from(sound);
  const start = bytes.length - footerSize;
  const what = change(numbers, bytes, { start, length: footerSize - 12 });
  const kind = bytes[start] ?? 0;
  if (bytes.readUInt32LE(bytes.length - 12) >= 6) {
    bytes.fill(0, start + 5, start + 9);
    const sum = kernel.blockChecksum(kind, bytes.subarray(start)) ?? 0;
    const modifier = contextModifier(bytes.readUInt32LE(start + 9), start);
    bytes.writeUInt32LE((sum + modifier) >>> 0, start + 5);
  }
  return [bytes, `footer: ${what}`];
}

/** A record of a log or MANIFEST whose contents or type are others, or that is there twice or not at all. */
export function forgeRecord(numbers: RandomNumbers, sound: Buffer): [Buffer, string] | undefined {
  const records = spansOf(sound, recordsOf);
  if (records.length === 0) return undefined;
  const record = numbers.one(records);
  const { start, length } = record;
  const bytes = Buffer.from(sound);
  const end = start + length;
  if (end % logBlock > start % logBlock && sound.length < logBlock && numbers.chance(0.3)) {
    // All in one block: records may move.
    if (numbers.chance(0.5)) {
      const without = Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
      return [without, `record at ${start}, ${length} bytes: gone`];
    }
    const twice = Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
    return [twice, `record at ${start}, ${length} bytes: twice`];
  }
  const header = headerOf(sound, start);
  let what: string;
  if (numbers.chance(0.15) || length === header) {
    bytes[start + 6] = numbers.one([1, 2, 3, 4, 9, 10, 12, 130, 200]);
    what = `type ${bytes[start + 6]}`;
  } else {
    what = change(numbers, bytes, { start: start + header, length: length - header });
  }
  bytes.writeUInt32LE(maskCrc(kernel.crc32c(bytes.subarray(start + 6, end))), start);
  return [bytes, `record at ${start}, ${length} bytes: ${what}`];
}
