// What a log holds behind the place where its reader stopped. RocksDB does not come to it; so what is
// found here is only told, never shown. Records that still have their checksum are right. Of the damaged
// one, and of one that the file's end cuts, the keys are read as far as they can be.

import { maskCrc } from '../bytes/checksum';
import { CodingError, Cursor } from '../bytes/coding';
import type { Kernel } from '../kernel/kernel';

const blockSize = 32_768;
const headerSize = 7;
/** A record that is put together here is at most this long: what is longer is not told. */
const longest = 32 << 20;

/** A record, or what is left of one. */
export interface LostRecord {
  readonly payload: Uint8Array;
  /** Every fragment of it has its checksum. */
  readonly sound: boolean;
}

/** The records of a log from `offset`, where a fragment starts or should, to `length`. */
export async function* lostRecords(
  read: (offset: number, length: number) => Promise<Uint8Array>,
  offset: number,
  length: number,
  kernel: Kernel,
): AsyncGenerator<LostRecord> {
  let fragments: Uint8Array[] = [];
  let bytes = 0;
  let sound = true;
  const whole = (): LostRecord => ({ payload: Buffer.concat(fragments), sound });
  let block = new Uint8Array(0);
  let blockStart = -1;
  for (let position = offset; position < length;) {
    const start = position - (position % blockSize);
    if (start !== blockStart) {
      block = new Uint8Array(await read(start, Math.min(blockSize, length - start)));
      blockStart = start;
    }
    const at = position - start;
    const fragment = fragmentAt(block, at, kernel);
    if (!fragment) {
      position = start + blockSize;
      continue;
    }
    position += fragment.size;
    const { place, payload } = fragment;
    if (place === 'full' || place === 'first') {
      if (fragments.length > 0) yield { ...whole(), sound: false };
      fragments = [];
      bytes = 0;
      sound = true;
    } else if (fragments.length === 0) {
      continue; // its beginning is not here
    }
    sound &&= fragment.sound;
    bytes += payload.length;
    if (bytes <= longest) fragments.push(payload);
    if (place === 'full' || place === 'last') {
      if (bytes <= longest) yield whole();
      fragments = [];
    }
  }
  if (fragments.length > 0) yield { ...whole(), sound: false };
}

interface Fragment {
  readonly place: 'full' | 'first' | 'middle' | 'last';
  readonly payload: Uint8Array;
  /** Bytes with the header. */
  readonly size: number;
  readonly sound: boolean;
}

const places = ['full', 'first', 'middle', 'last'] as const;

/** The fragment whose header is at `at`; undefined where there is none that can be. */
function fragmentAt(block: Uint8Array, at: number, kernel: Kernel): Fragment | undefined {
  if (at + headerSize > block.length) return undefined;
  const view = new DataView(block.buffer, block.byteOffset + at);
  const size = headerSize + view.getUint16(4, true);
  const place = places[view.getUint8(6) - 1];
  if (place === undefined || at + size > blockSize) return undefined;
  const checked = block.subarray(at + 6, at + size);
  const cut = checked.length < size - 6;
  const sound = !cut && maskCrc(kernel.crc32c(checked)) === view.getUint32(0, true);
  return { place, payload: checked.slice(1), size, sound };
}

/** Whether a tag's operation names its column family, and whether a value follows its key. */
const tags = new Map([
  [0x00, { family: false, value: false }],
  [0x01, { family: false, value: true }],
  [0x02, { family: false, value: true }],
  [0x04, { family: true, value: false }],
  [0x05, { family: true, value: true }],
  [0x06, { family: true, value: true }],
  [0x07, { family: false, value: false }],
  [0x08, { family: true, value: false }],
]);

/** The keys of a batch that may be damaged or cut, as far as they can be read; `sequence` is its first. */
export function keysLeft(record: Uint8Array): {
  readonly sequence: number;
  readonly count: number;
  readonly keys: readonly { readonly columnFamily: number; readonly key: Uint8Array }[];
} {
  const keys: { columnFamily: number; key: Uint8Array }[] = [];
  const cursor = new Cursor(record);
  let sequence = 0;
  let count = 0;
  try {
    sequence = Number(cursor.fixed64());
    count = cursor.fixed32();
    while (!cursor.atEnd) {
      const tag = tags.get(cursor.byte());
      if (!tag) break;
      const columnFamily = tag.family ? cursor.varint() : 0;
      keys.push({ columnFamily, key: cursor.slice() });
      if (tag.value) cursor.slice();
    }
  } catch (error) {
    if (!(error instanceof CodingError)) throw error;
  }
  return { sequence, count, keys };
}
