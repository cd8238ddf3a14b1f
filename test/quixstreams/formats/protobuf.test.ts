import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { FormatError } from '../../../src/quixstreams/formats/formatError';
import { messageNames, protobuf } from '../../../src/quixstreams/formats/protobuf/protobuf';
import { pythonLine } from '../../../src/quixstreams/formats/pythonText';
import type { Schema } from '../../../src/quixstreams/formats/valueFormat';
import { assertText, written } from './fixtures';
import { mutations, survives } from './mutations';

const folder = path.resolve(import.meta.dirname, '../../fixtures/formats');
const proto = readFileSync(path.join(folder, 'readings.proto'), 'utf8');
const descriptorSet = readFileSync(path.join(folder, 'readings.binpb'));

const decode = (bytes: Uint8Array, schema?: Schema) => protobuf.decode(bytes, schema) ?? null;
const line = (bytes: Uint8Array, schema?: Schema) => pythonLine(decode(bytes, schema), Infinity);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');
const own = (source: string) => ({ schema: `syntax = "proto2"; ${source}` });

describe('protobuf', () => {
  const values = written('protobuf.jsonl');
  const schemas = { 'a .proto': proto, 'a descriptor set': descriptorSet };

  for (const one of values) {
    for (const [what, schema] of Object.entries(schemas)) {
      it(`${one.name}, as Python's protobuf wrote it, by ${what}`, () => {
        assertText(line(one.bytes, { schema, message: String(one.more.message) }), one);
      });
    }
  }

  it('no code is made, of a schema or of anything', () => {
    const { Function: original } = globalThis;
    const [reading] = values.filter(({ name }) => name === 'reading');
    assert.ok(reading);
    globalThis.Function = (() => assert.fail('code was made')) as unknown as FunctionConstructor;
    try {
      for (const schema of Object.values(schemas))
        assertText(line(reading.bytes, { schema }), reading);
    } finally {
      globalThis.Function = original;
    }
  });

  it('messages are found by name, with and without their package; the first without one', () => {
    const names = ['Reading', 'Scalars', 'Lists', 'Maps', 'Choice', 'Tree', 'Tree.Leaf', 'Known'];
    for (const schema of Object.values(schemas)) {
      assert.deepEqual(
        messageNames(schema),
        names.map((name) => `plant.sensors.${name}`),
      );
      assert.equal(line(hex('0a0161'), { schema }), `{'device': 'a'}`);
      assert.equal(line(hex('0805'), { schema, message: 'Leaf' }), `{'width': 5}`);
      assert.throws(() => decode(hex('0805'), { schema, message: 'Nothing' }), isSchemaError);
    }
  });

  it("Confluent's header is known, and which message it says", () => {
    assert.equal(line(hex('00 00000007 00 0a0161'), { schema: proto }), `{'device': 'a'}`);
    assert.equal(line(hex('00 00000007 02 02 0805'), { schema: proto }), `{'f_int32': 5}`);
    assert.equal(line(hex('00 00000007 04 0a 00 0805'), { schema: proto }), `{'width': 5}`);
    assert.equal(line(hex('00 00000007 00 0805')), '{1: 5}');
    for (const bytes of [
      '00',
      '00 00000007',
      '00 00000007 02',
      '00 00000007 01',
      '00 00000007 80',
    ]) {
      assert.throws(() => decode(hex(bytes), { schema: proto }), FormatError, bytes);
    }
  });

  it('what is written twice is merged as Protobuf merges it', () => {
    assert.equal(line(hex('0a0161 0a0162'), { schema: proto }), `{'device': 'b'}`);
    assert.equal(
      line(hex('2a020805 2a021009'), { schema: proto }),
      `{'at': {'seconds': 5, 'nanos': 9}}`,
    );
    const choice = { schema: proto, message: 'Choice' };
    assert.equal(line(hex('0a0161 1005'), choice), `{'number': 5}`);
  });

  it('fields that the type does not know are there by number', () => {
    assert.equal(
      line(hex('0a0161 a00605 0d00000000'), { schema: proto }),
      `{'device': 'a', 100: 5, 1: 0x00000000}`,
    );
    assert.equal(line(hex('1807'), { schema: proto }), `{'quality': 7}`);
  });

  it('proto2: groups, and extensions with their package', () => {
    const schema = own(
      'package p; message M { repeated group G = 1 { optional int32 a = 2; } extensions 10 to 20; } extend M { optional string x = 10; }',
    );
    assert.equal(line(hex('0b 1005 0c 0b 0c 520161'), schema), `{'g': [{'a': 5}, {}], 'p.x': 'a'}`);
  });

  it('without a schema the wire format tells what there is', () => {
    assert.equal(line(hex('089601')), '{1: 150}');
    assert.equal(line(hex('0a0568656c6c6f 1207 0a0568656c6c6f')), `{1: 'hello', 2: {1: 'hello'}}`);
    assert.equal(line(hex('0801 0802')), '{1: [1, 2]}');
    assert.equal(
      line(hex('09000000000000f03f 150000803f 1a02ffff 22 00')),
      `{1: 0x3ff0000000000000, 2: 0x3f800000, 3: b'\\xff\\xff', 4: b''}`,
    );
    assert.equal(line(hex('0b 1005 0c')), '{1: {2: 5}}');
    assert.equal(line(hex('')), '{}');
  });

  it('what is none is refused', () => {
    for (const bytes of [
      '00',
      '08',
      '0a05',
      '0f',
      '07',
      '0c',
      '0b',
      '0b14',
      '0b 0c0c',
      '08ffffffffffffffffffff01',
    ]) {
      assert.throws(() => decode(hex(bytes)), FormatError, bytes);
    }
    let nested = hex('0801');
    for (let i = 0; i < 200; i++) {
      const length = Buffer.from([(nested.length & 0x7f) | 0x80, nested.length >> 7]);
      nested = Buffer.concat([hex('12'), length, nested]);
    }
    const tree = { schema: proto, message: 'Tree' };
    assert.throws(
      () => decode(nested, tree),
      (error) => error instanceof FormatError && error.code === 'limit',
    );
    assert.ok(line(nested).includes(`b'`));
    assert.throws(() => decode(Buffer.alloc(100_000, 0x0b)), FormatError);
  });

  it('a schema that is none is told as such', () => {
    for (const schema of [
      '',
      'message',
      'syntax = "proto3"; message M { Unknown u = 1; }',
      'syntax = "proto3"; import "other.proto"; message M {}',
      'message M {'.repeat(10_000),
      hex(''),
      hex('0a02ffff'),
      Buffer.from('text'),
    ]) {
      assert.throws(
        () => decode(hex('0801'), { schema }),
        isSchemaError,
        String(schema).slice(0, 60),
      );
    }
  });

  it('1,000 mutations of each end in a value or a FormatError', () => {
    let told = 0;
    for (const { bytes, more } of values) {
      const schema = { schema: descriptorSet, message: String(more.message) };
      told += survives([bytes], 1000, (mutation) => decode(mutation, schema));
      told += survives([bytes], 1000, (mutation) => decode(mutation));
    }
    assert.ok(told > 1000);
  }).timeout(120_000);

  it('1,000 mutations of each schema end in a value or a FormatError', () => {
    for (const schema of Object.values(schemas)) {
      for (const mutation of mutations(Buffer.from(schema), 1000, 1)) {
        const mutated = typeof schema === 'string' ? mutation.toString() : mutation;
        try {
          decode(hex('0a0161'), { schema: mutated });
        } catch (error) {
          assert.ok(error instanceof FormatError, String(error));
        }
      }
    }
  }).timeout(120_000);
});

function isSchemaError(error: unknown): boolean {
  return error instanceof FormatError && error.code === 'schema';
}
