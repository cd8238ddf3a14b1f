import assert from 'node:assert/strict';
import { avro } from '../../../src/quixstreams/formats/avro/avro';
import { FormatError } from '../../../src/quixstreams/formats/formatError';
import { pythonLine } from '../../../src/quixstreams/formats/pythonText';
import { assertText, written } from './fixtures';
import { survives } from './mutations';

const decode = (bytes: Uint8Array, schema: string) => avro.decode(bytes, { schema }) ?? null;
const line = (bytes: Uint8Array, schema: string) => pythonLine(decode(bytes, schema), Infinity);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('avro', () => {
  const values = written('avro.jsonl');

  for (const one of values) {
    it(`${one.name}, as Python's fastavro wrote it`, () => {
      assertText(line(one.bytes, String(one.more.schema)), one);
    });
  }

  it('blocks with their size, as Java writes them', () => {
    assert.equal(line(hex('03 04 02 04 00'), '{"type":"array","items":"int"}'), '[1, 2]');
  });

  it('a type that is declared within its own braces', () => {
    assert.equal(line(hex('02 06 00'), '{"type":{"type":"array","items":{"type":"int"}}}'), '[3]');
  });

  it('needs a schema, and never is a guess', () => {
    const noSchema = (error: unknown) => error instanceof FormatError && error.code === 'schema';
    assert.throws(() => avro.decode(hex('02')), noSchema);
    assert.equal(avro.detect(hex('02')), undefined);
    for (const schema of [
      '',
      '1',
      'null',
      '{}',
      '"Unknown"',
      '{"type":"record","name":"R"}',
      '{"type":"record","name":"R","fields":[{"type":"int"}]}',
      '{"type":"record","fields":[]}',
      '{"type":"enum","name":"E","symbols":[1]}',
      '{"type":"fixed","name":"F","size":-1}',
      '{"type":"array"}',
      '{"type":'.repeat(1000) + '"int"' + '}'.repeat(1000),
    ]) {
      assert.throws(() => decode(hex('02'), schema), noSchema, schema.slice(0, 40));
    }
  });

  it('what is none is refused', () => {
    const refused: [string, string][] = [
      ['', '"int"'],
      ['02 02', '"int"'],
      ['80', '"long"'],
      ['ffffffffffffffffff 02', '"long"'],
      ['8080808010', '"int"'],
      ['02', '"boolean"'],
      ['04 61', '"string"'],
      ['02 ff', '"string"'],
      ['01', '"bytes"'],
      ['04', '["null","int"]'],
      ['01', '{"type":"enum","name":"E","symbols":["A"]}'],
    ];
    for (const [bytes, schema] of refused) {
      assert.throws(
        () => decode(hex(bytes), schema),
        (error) => error instanceof FormatError && error.code === 'mismatch',
        `${bytes} ${schema}`,
      );
    }
  });

  it('what takes no bytes ends: nulls without number, records without end, records of records', () => {
    const isLimit = (error: unknown) => error instanceof FormatError && error.code === 'limit';
    const nulls = '{"type":"array","items":"null"}';
    assert.throws(() => decode(hex('feffffffffffffffff01'), nulls), isLimit);
    const endless = '{"type":"record","name":"R","fields":[{"name":"r","type":"R"}]}';
    assert.throws(() => decode(hex(''), endless), isLimit);
    let doubled = '"null"';
    for (let i = 0; i < 40; i++) {
      const second = i === 0 ? '"null"' : `"R${i - 1}"`;
      doubled = `{"type":"record","name":"R${i}","fields":[{"name":"a","type":${doubled}},{"name":"b","type":${second}}]}`;
    }
    assert.throws(() => decode(hex(''), doubled), isLimit);
  });

  it('1,000 mutations of each end in a value or a FormatError', () => {
    let told = 0;
    for (const { bytes, more } of values) {
      told += survives([bytes], 1000, (mutation) => decode(mutation, String(more.schema)));
    }
    assert.ok(told > 1000);
  }).timeout(120_000);

  it('1,000 mutations of each schema end in a value or a FormatError', () => {
    for (const { bytes, more } of values) {
      const schema = Buffer.from(String(more.schema));
      survives([schema], 1000, (mutation) => decode(bytes, mutation.toString()));
    }
  }).timeout(120_000);
});
