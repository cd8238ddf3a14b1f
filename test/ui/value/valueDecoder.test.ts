import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { decodeValue, DecodingThread, isFormatError } from '../../../src/quixstreams/index';
import { SchemaFiles } from '../../../src/ui/value/schemaFiles';
import { ValueDecoder, type Extent } from '../../../src/ui/value/valueDecoder';
import { buildFormatsThread } from '../../quixstreams/formats/formatsThreadModule';
import { written } from '../../quixstreams/formats/fixtures';

const asOpened: Extent = { decode: false, whole: false };
const onDemand: Extent = { decode: true, whole: true };
const hex = (text: string) => decodeValue(Buffer.from(text, 'hex'));
const one = hex('80027d5801000000614b01732e');
/** A pickle of a list of `count` times None. */
const nones = (count: number) =>
  decodeValue(
    Buffer.concat([Buffer.from('80025d28', 'hex'), Buffer.alloc(count, 0x4e), Buffer.from('e.')]),
  );

describe('the value decoder', function () {
  this.timeout(60_000);
  let folder: string;
  let thread: DecodingThread;
  let decoder: ValueDecoder;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-decoder-'));
    thread = new DecodingThread(await buildFormatsThread(folder));
    decoder = new ValueDecoder(thread, new SchemaFiles());
  });
  after(async () => {
    await thread.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const show = async (...args: Parameters<ValueDecoder['show']>) => {
    const { content, ...shown } = await decoder.show(...args);
    return { text: Buffer.from(content).toString(), ...shown };
  };

  it('shows pickles as Python writes them, JSON and text as they are stored, all else as hex', async () => {
    assert.deepEqual(await show(one, undefined, asOpened), {
      text: "{'a': 1}\n",
      language: 'python',
      facts: { format: 'pickle', within: [], protocol: 2 },
      problem: undefined,
      undecoded: false,
    });
    const json = await show(decodeValue(Buffer.from('{"a":1.0}')), undefined, asOpened);
    assert.deepEqual([json.text, json.language], ['{\n  "a": 1.0\n}', 'json']);
    const text = await show(decodeValue(Buffer.from('A sentence.')), undefined, asOpened);
    assert.deepEqual([text.text, text.language], ['A sentence.', 'plaintext']);
    const raw = await show(hex('0001ff'), undefined, asOpened);
    assert.match(raw.text, /^00000000 {2}00 01 ff/);
    assert.equal(raw.facts?.format, 'hex');
  });

  it('shows what Python wrote, of each protocol, as Python prints it', async () => {
    for (const { bytes, text, name } of written('pickle.jsonl').slice(0, 60)) {
      if (text === undefined) continue;
      const line = await decoder.line(decodeValue(bytes), { format: 'pickle' }, 100_000);
      assert.equal(line?.text, text, name);
    }
  });

  it('lays out JSON that is compressed, and says what it is in', async () => {
    const value = decodeValue(zlib.gzipSync('{"a":1.0}'));
    const { text, language, facts } = await show(value, undefined, asOpened);
    assert.deepEqual([text, language], ['{\n  "a": 1.0\n}', 'json']);
    assert.deepEqual(facts, { format: 'json', within: ['gzip'] });
  });

  it('decodes larger values when somebody asks', async () => {
    const value = nones(100_000);
    const before = await show(value, undefined, asOpened);
    assert.equal(before.undecoded, true);
    assert.equal(before.facts?.format, 'hex');
    const after = await show(value, undefined, onDemand);
    assert.equal(after.undecoded, false);
    assert.equal(after.facts?.format, 'pickle');
  });

  it('shows a value that does not fit as auto does, with the reason', async () => {
    const shown = await show(one, { format: 'messagepack' }, asOpened);
    assert.equal(shown.text, "{'a': 1}\n");
    assert.equal(shown.problem?.code, 'mismatch');
    const raw = await show(hex('0001ff'), { format: 'pickle' }, asOpened);
    assert.match(raw.text, /^00000000/);
    assert.equal(raw.problem?.code, 'mismatch');
    await assert.rejects(decoder.check(one, { format: 'cbor' }), isFormatError);
    await decoder.check(one, { format: 'pickle' });
  });

  it('reads schemas from files, and again when they have changed', async () => {
    const schema = path.join(folder, 'reading.avsc');
    const field = (name: string) =>
      `{"type":"record","name":"R","fields":[{"name":"${name}","type":"int"}]}`;
    await writeFile(schema, field('a'));
    const openedAs = { format: 'avro', schema } as const;
    assert.equal((await decoder.line(hex('02'), openedAs, 60))?.text, "{'a': 1}");
    await writeFile(schema, field('longer'));
    assert.equal((await decoder.line(hex('02'), openedAs, 60))?.text, "{'longer': 1}");
    const proto = path.join(folder, 'shop.proto');
    await writeFile(proto, 'syntax = "proto3"; package shop; message A {} message B {int32 n=1;}');
    assert.deepEqual(await decoder.messageNames(proto), ['shop.A', 'shop.B']);
    const order = { format: 'protobuf', schema: proto, message: 'shop.B' } as const;
    assert.equal((await decoder.line(hex('0801'), order, 60))?.text, "{'n': 1}");
  });

  it('says what is wrong with a schema', async () => {
    const code = async (schema: string) =>
      (await show(hex('0001ff'), { format: 'avro', schema }, asOpened)).problem?.message;
    assert.equal(await code(path.join(folder, 'none.avsc')), 'none.avsc cannot be read');
    assert.match((await code(folder)) ?? '', / is no file$/);
    const large = path.join(folder, 'large.avsc');
    await writeFile(large, ' '.repeat(1_000_001));
    assert.equal(await code(large), 'large.avsc is too large');
    const empty = path.join(folder, 'empty.avsc');
    await writeFile(empty, '{}');
    assert.ok(await code(empty));
  });

  it('never parses what a row has the beginning of', async () => {
    assert.equal(await decoder.line(nones(8186), undefined, 60), undefined);
    const cut = { bytes: nones(20_000).bytes.subarray(0, 8192), format: 'bytes' } as const;
    assert.equal(await decoder.line(cut, { format: 'pickle' }, 60), undefined);
    assert.ok(await decoder.line(nones(8000), undefined, 60));
  });

  it('tells which formats fit', async () => {
    assert.deepEqual(await decoder.fitting(one), ['pickle']);
    assert.deepEqual(await decoder.fitting(hex('81a16101')), ['messagepack']);
    assert.deepEqual(await decoder.fitting(decodeValue(Buffer.from('{}'))), ['json', 'text']);
  });
});
