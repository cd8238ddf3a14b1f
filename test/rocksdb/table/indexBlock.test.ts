import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CodingError } from '../../../src/rocksdb/bytes/coding';
import {
  joinIndexes,
  openIndexBlock,
  type TableIndex,
} from '../../../src/rocksdb/table/indexBlock';

interface Entry {
  readonly key: string;
  readonly offset: number;
  readonly size: number;
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) | 0x80);
  return [...bytes, value];
}

const zigzag = (value: number) => varint(value >= 0 ? value * 2 : -value * 2 - 1);

/** Writes an index block as RocksDB does; `interval` entries to a restart point. */
function write(
  entries: readonly Entry[],
  interval: number,
  { delta, hasFirstKey }: { delta: boolean; hasFirstKey: boolean },
): Buffer {
  const bytes: number[] = [];
  const restarts: number[] = [];
  let last: Entry | undefined;
  for (const [index, entry] of entries.entries()) {
    let shared = 0;
    if (index % interval === 0) restarts.push(bytes.length);
    else while (last?.key[shared] === entry.key[shared]) shared++;
    const tail = Buffer.from(entry.key.slice(shared), 'latin1');
    const whole = [...varint(entry.offset), ...varint(entry.size)];
    const handle = delta && shared > 0 && last ? zigzag(entry.size - last.size) : whole;
    const length = delta ? [] : varint(handle.length);
    bytes.push(...varint(shared), ...varint(tail.length), ...length, ...tail, ...handle);
    if (hasFirstKey) bytes.push(3, 1, 2, 3);
    last = entry;
  }
  const numbers = restarts.length === 0 ? [0] : restarts;
  const footer = Buffer.alloc((numbers.length + 1) * 4);
  numbers.forEach((restart, i) => footer.writeUInt32LE(restart, i * 4));
  footer.writeUInt32LE(numbers.length, numbers.length * 4);
  return Buffer.concat([Buffer.from(bytes), footer]);
}

const read = (index: TableIndex): Entry[] =>
  Array.from({ length: index.length }, (_, i) => ({
    key: Buffer.from(index.separator(i)).toString('latin1'),
    ...index.handle(i),
  }));

/** Blocks one behind the other, as in a table. */
const entriesOf = (sizes: readonly number[]): Entry[] => {
  let offset = 0;
  return sizes.map((size, i) => {
    const entry = { key: `key-${String(i).padStart(6, '0')}`, offset, size };
    offset += size + 5;
    return entry;
  });
};

describe('index blocks', () => {
  const codings = [
    { delta: false, hasFirstKey: false },
    { delta: true, hasFirstKey: false },
    { delta: true, hasFirstKey: true },
  ];

  it('give the same, whether all entries are restart points or not', () => {
    const property = fc.property(
      fc.array(fc.integer({ min: 1, max: 100_000 }), { maxLength: 40 }),
      fc.constantFrom(1, 2, 7, 16),
      fc.constantFrom(...codings),
      (sizes, interval, coding) => {
        const entries = entriesOf(sizes);
        const block = write(entries, interval, coding);
        assert.deepEqual(read(openIndexBlock(block, { ...coding, userKeys: true })), entries);
      },
    );
    fc.assert(property, { numRuns: 300 });
  });

  it('take the trailers of internal keys off', () => {
    const trailer = '\x01\x02\0\0\0\0\0\0';
    const entries = entriesOf([10, 20, 30]);
    const internal = entries.map((entry) => ({ ...entry, key: entry.key + trailer }));
    for (const interval of [1, 2]) {
      const coding = { delta: true, hasFirstKey: false };
      const index = openIndexBlock(write(internal, interval, coding), {
        ...coding,
        userKeys: false,
      });
      assert.deepEqual(read(index), entries);
      assert.deepEqual(read(joinIndexes([index, index])), [...entries, ...entries]);
    }
  });

  it('are damaged, or give what they hold, whatever byte is wrong', () => {
    const coding = { delta: true, hasFirstKey: false };
    const block = write(entriesOf([100, 90, 80, 70]), 1, coding);
    const property = fc.property(fc.nat(block.length - 1), fc.nat(255), (at, byte) => {
      const damaged = Buffer.from(block);
      damaged[at] = byte;
      try {
        read(openIndexBlock(damaged, { ...coding, userKeys: true }));
      } catch (error) {
        assert.ok(error instanceof CodingError || /newer layout/.test(String(error)));
      }
    });
    fc.assert(property, { numRuns: 500 });
  });
});
