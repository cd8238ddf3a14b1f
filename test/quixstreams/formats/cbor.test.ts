import assert from 'node:assert/strict';
import { cbor } from '../../../src/quixstreams/formats/cbor';
import { FormatError } from '../../../src/quixstreams/formats/formatError';
import { pythonLine } from '../../../src/quixstreams/formats/pythonText';
import { assertText, written } from './fixtures';
import { survives } from './mutations';

const decode = (bytes: Uint8Array) => cbor.decode(bytes) ?? null;
const line = (bytes: Uint8Array) => pythonLine(decode(bytes), Infinity);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('cbor', () => {
  const values = written('cbor.jsonl');

  for (const one of values) {
    it(`${one.name}, as Python's cbor2 wrote it`, () => assertText(line(one.bytes), one));
  }

  it('by itself is told where it is a mapping with keys of text', () => {
    const told = values.filter(({ bytes }) => cbor.detect(bytes)).map(({ name }) => name);
    assert.deepEqual(told, ['map', 'map-300', 'map-proto-key', 'records', 'indefinite']);
  });

  it('tags with what they do not allow stay tags', () => {
    assert.equal(line(hex('c0 01')), 'CBORTag(0, 1)');
    assert.equal(line(hex('c0 61 78')), `CBORTag(0, 'x')`);
    assert.equal(line(hex('c1 f97c00')), 'CBORTag(1, inf)');
    assert.equal(line(hex('c1 1b 7fffffffffffffff')), 'CBORTag(1, 9223372036854775807)');
    assert.equal(line(hex('c4 81 01')), 'CBORTag(4, [1])');
    assert.equal(line(hex('d8 25 41 00')), `CBORTag(37, b'\\x00')`);
    assert.equal(line(hex('c2 40')), '0');
    assert.equal(line(hex('db ffffffffffffffff 01')), 'CBORTag(18446744073709551615, 1)');
  });

  it('items without a length, and simple values', () => {
    assert.equal(line(hex('5f ff')), `b''`);
    assert.equal(line(hex('82 7f 62 c3a9 61 61 ff 01')), `['éa', 1]`);
    assert.equal(
      line(hex('9f e0 f8ff f7 ff')),
      '[CBORSimpleValue(0), CBORSimpleValue(255), undefined]',
    );
  });

  it('what is none is refused', () => {
    for (const bytes of [
      '',
      '1c',
      '0101',
      '82 01',
      'a1 01',
      '62 61',
      '61 ff',
      'ff',
      '9f 01',
      'bf 01 ff',
      '5f 61 61 ff',
      '7f 61 ff ff',
      '7f',
      'f8 18',
      'f8',
    ]) {
      assert.throws(() => decode(hex(bytes)), FormatError, bytes);
    }
  });

  it('lengths that are lies take no memory, and depth ends', () => {
    assert.throws(() => decode(Buffer.alloc(100_000, 0x9a)), FormatError);
    assert.throws(() => decode(hex('bb 7fffffffffffffff 01')), FormatError);
    assert.throws(() => decode(hex('5b 7fffffffffffffff 01')), FormatError);
    assert.throws(
      () => decode(Buffer.alloc(100_000, 0x81)),
      (error) => error instanceof FormatError && error.code === 'limit',
    );
    assert.throws(() => decode(Buffer.alloc(100_000, 0xc6)), FormatError);
  });

  it('1,000 mutations of each end in a value or a FormatError', () => {
    assert.ok(
      survives(
        values.map(({ bytes }) => bytes),
        1000,
        decode,
      ) > 1000,
    );
  }).timeout(120_000);
});
