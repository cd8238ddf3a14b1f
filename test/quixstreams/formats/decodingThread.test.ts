import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { DecodingThread, FormatError } from '../../../src/quixstreams/index';
import { buildFormatsThread } from './formatsThreadModule';

const hex = (text: string) => Buffer.from(text, 'hex');
const longestMs = 20_000;
const pickled = hex('80049511000000000000007d948c0178944b01288c0179944b0275732e'); // not whole
const one = hex('80027d5801000000614b01732e');

/** Takes seconds: CBOR of arrays in arrays, each around the same many members. */
function slowCbor(length: number): Buffer {
  const count = length - 20;
  const head = [0xa1, 0x61, 0x6b, ...Array<number>(9).fill(0x81), 0x9a];
  const size = [24, 16, 8, 0].map((shift) => (count >> shift) & 0xff);
  return Buffer.concat([Buffer.from([...head, ...size]), Buffer.alloc(count)]);
}

describe('the decoding thread', function () {
  this.timeout(60_000);
  let folder: string;
  let thread: DecodingThread;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-decoding-'));
    thread = new DecodingThread(await buildFormatsThread(folder));
  });
  after(async () => {
    await thread.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('answers with a line or a text, and what the bytes say of themselves', async () => {
    const line = await thread.ask(
      { task: 'line', bytes: one, as: 'auto', maxLength: 60 },
      { longestMs },
    );
    assert.deepEqual(line, {
      text: "{'a': 1}",
      facts: { format: 'pickle', within: [], protocol: 2 },
    });
    const { content, language } = await thread.ask(
      { task: 'text', bytes: one, as: 'pickle' },
      { longestMs },
    );
    assert.equal(Buffer.from(content).toString(), "{'a': 1}\n");
    assert.equal(language, 'python');
    assert.deepEqual(await thread.ask({ task: 'fitting', bytes: one }, { longestMs }), ['pickle']);
    const schema = 'syntax = "proto3"; message M {} message N {}';
    assert.deepEqual(await thread.ask({ task: 'messageNames', schema }, { longestMs }), ['M', 'N']);
  });

  it('tells the id of the schema in the header of Confluent', async () => {
    const schema = { schema: '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}' };
    const facts = async (bytes: Uint8Array, as: 'avro' | 'protobuf') =>
      (
        await thread.ask(
          { task: 'line', bytes, as, maxLength: 60, ...(as === 'avro' ? { schema } : {}) },
          { longestMs },
        )
      ).facts;
    assert.equal((await facts(hex('000000000702'), 'avro')).schemaId, 7);
    assert.equal((await facts(hex('00'), 'avro')).schemaId, undefined);
    assert.equal((await facts(hex('0000000009000801'), 'protobuf')).schemaId, 9);
    assert.equal((await facts(hex('0801'), 'protobuf')).schemaId, undefined);
  });

  it('says what does not fit, and goes on', async () => {
    const asked = thread.ask({ task: 'text', bytes: pickled, as: 'pickle' }, { longestMs });
    await assert.rejects(
      asked,
      (error) => error instanceof FormatError && error.code === 'mismatch',
    );
    const next = await thread.ask(
      { task: 'line', bytes: one, as: 'auto', maxLength: 60 },
      { longestMs },
    );
    assert.equal(next.text, "{'a': 1}");
  });

  it('gives up what takes too long, and answers the rest', async () => {
    const slow = thread.ask(
      { task: 'text', bytes: slowCbor(4_000_000), as: 'cbor' },
      { longestMs: 1 },
    );
    const next = thread.ask({ task: 'line', bytes: one, as: 'auto', maxLength: 60 }, { longestMs });
    await assert.rejects(slow, (error) => error instanceof FormatError && error.code === 'limit');
    assert.equal((await next).text, "{'a': 1}");
  });

  it('gives up what takes too much memory, and answers the rest', async () => {
    const lists = Buffer.concat([
      hex('80025d28'),
      Buffer.alloc(12_000_000, 0x5d),
      Buffer.from('e.'),
    ]);
    const large = thread.ask({ task: 'text', bytes: lists, as: 'pickle' }, { longestMs: 60_000 });
    const next = thread.ask({ task: 'line', bytes: one, as: 'auto', maxLength: 60 }, { longestMs });
    await assert.rejects(
      large,
      (error) => error instanceof FormatError && error.reason === 'takes too much memory',
    );
    assert.equal((await next).text, "{'a': 1}");
  });

  it('answers documents before rows', async () => {
    const order: string[] = [];
    const ask = (name: string, first: boolean) =>
      thread
        .ask({ task: 'line', bytes: one, as: 'auto', maxLength: 60 }, { first, longestMs })
        .then(() => order.push(name));
    await Promise.all([ask('row 1', false), ask('row 2', false), ask('document', true)]);
    assert.deepEqual(order, ['row 1', 'document', 'row 2']);
  });

  it('has no answer once it has ended', async () => {
    const other = new DecodingThread({ thread: '', formats: '' });
    await other.dispose();
    const asked = other.ask({ task: 'fitting', bytes: one }, { longestMs });
    await assert.rejects(asked, FormatError);
  });
});
