import assert from 'node:assert/strict';
import { decodeValue, type StateEntry } from '../../../src/quixstreams/index';
import type { DecodedRow } from '../../../src/ui/state/nodeTexts';
import type { EntryNode, PartitionNode } from '../../../src/ui/state/treeNodes';
import type { OpenedAs } from '../../../src/ui/value/openedAs';
import { RowValues } from '../../../src/ui/value/rowValues';
import type { ShownLine } from '../../../src/ui/value/valueDecoder';

/** A row of an entry; of the partition only what matters here. */
function rowOf(bytes: Uint8Array, more: Partial<StateEntry> = {}): EntryNode {
  const entry: StateEntry = {
    columnFamily: 'default',
    rawKey: Buffer.from('k'),
    type: 'kv',
    key: { bytes: Buffer.from('k') },
    value: decodeValue(bytes),
    ...more,
  };
  const partition = { kind: 'partition', path: '/state/0', storeName: 'default' } as PartitionNode;
  return {
    kind: 'entry',
    id: 'k',
    parent: undefined,
    expanded: false,
    opensAtFirst: false,
    partition,
    entry,
    size: bytes.length,
    digest: undefined,
    mark: undefined,
  };
}

/** Answers when it is told to. */
class SlowDecoder {
  readonly asked: (OpenedAs | undefined)[] = [];
  readonly #answers: ((line: ShownLine | undefined) => void)[] = [];

  line(_value: unknown, openedAs: OpenedAs | undefined): Promise<ShownLine | undefined> {
    this.asked.push(openedAs);
    return new Promise((resolve) => this.#answers.push(resolve));
  }

  async answer(text: string | undefined): Promise<void> {
    const facts = { format: 'pickle', within: [] } as const;
    this.#answers.shift()?.(text === undefined ? undefined : { text, facts });
    await new Promise(setImmediate);
  }
}

describe('values of rows', () => {
  const pickled = Buffer.from('80044b072e', 'hex');
  let decoder: SlowDecoder;
  let openedAs: OpenedAs | undefined;
  let repainted: DecodedRow[];
  let values: RowValues;
  beforeEach(() => {
    decoder = new SlowDecoder();
    openedAs = undefined;
    repainted = [];
    values = new RowValues(decoder, { of: () => openedAs }, (row) => repainted.push(row));
  });

  it('are bytes first, and painted again when they are decoded', async () => {
    const row = rowOf(pickled);
    assert.equal(values.line(row, 60), "b'\\x80\\x04K\\x07.'");
    assert.equal(values.line(row, 60), "b'\\x80\\x04K\\x07.'");
    assert.equal(decoder.asked.length, 1);
    await decoder.answer('7');
    assert.deepEqual(repainted, [row]);
    assert.equal(values.line(row, 60), '7');
    assert.equal(values.shown(row.entry.value, 60), '7');
    assert.equal(decoder.asked.length, 1);
  });

  it('are not decoded where they are JSON or text, and not painted again where nothing was found', async () => {
    assert.equal(values.line(rowOf(Buffer.from('{"a":1}')), 60), '{"a":1}');
    assert.equal(values.line(rowOf(Buffer.from('text')), 60), 'text');
    assert.equal(decoder.asked.length, 0);
    const raw = rowOf(Buffer.from('0001', 'hex'));
    values.line(raw, 60);
    await decoder.answer(undefined);
    assert.equal(values.line(raw, 60), "b'\\x00\\x01'");
    assert.deepEqual(repainted, []);
  });

  it('follow the choice for their store', async () => {
    const row = rowOf(Buffer.from('{"a":1}'));
    openedAs = { format: 'base64' };
    values.line(row, 60);
    assert.deepEqual(decoder.asked, [openedAs]);
    await decoder.answer('eyJhIjoxfQ==');
    assert.equal(values.line(row, 60), 'eyJhIjoxfQ==');
    openedAs = undefined;
    assert.equal(values.line(row, 60), '{"a":1}');
  });

  it('are shown as auto finds them where Quix Streams notes something for itself', () => {
    openedAs = { format: 'integer' };
    values.line(rowOf(Buffer.from('00000000000000', 'hex'), { type: 'metadata' }), 60);
    assert.deepEqual(decoder.asked, [undefined]);
  });

  it('are cut to the row, whole characters only', async () => {
    const row = rowOf(pickled);
    values.line(row, 5);
    await decoder.answer(`'${'😀'.repeat(10)}'`);
    assert.equal(values.line(row, 5), "'😀😀😀…");
  });

  it('are waited for a moment before rows that changed are painted', async () => {
    const row = rowOf(pickled);
    const ready = values.ready([row, rowOf(Buffer.from('1'))]);
    await decoder.answer('7');
    await ready;
    assert.equal(values.line(row, 60), '7');
    await values.ready([rowOf(Buffer.from('00', 'hex'))]); // never answered
  });
});
