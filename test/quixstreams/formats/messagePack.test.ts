import assert from 'node:assert/strict';
import { FormatError } from '../../../src/quixstreams/formats/formatError';
import { messagePack } from '../../../src/quixstreams/formats/messagePack';
import { pythonLine } from '../../../src/quixstreams/formats/pythonText';
import { assertText, written } from './fixtures';
import { survives } from './mutations';

const decode = (bytes: Uint8Array) => messagePack.decode(bytes) ?? null;
const line = (bytes: Uint8Array) => pythonLine(decode(bytes), Infinity);
const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

describe('messagePack', () => {
  const values = written('messagepack.jsonl');

  for (const one of values) {
    it(`${one.name}, as Python's msgpack wrote it`, () => assertText(line(one.bytes), one));
  }

  it('lengths in more bytes than they need', () => {
    assert.equal(line(hex('dd 00000002 01 02')), '[1, 2]');
    assert.equal(line(hex('df 00000001 db 00000001 61 c6 00000001 ff')), `{'a': b'\\xff'}`);
    assert.equal(line(hex('dc 0000')), '[]');
    assert.equal(line(hex('c9 00000001 05 61')), `ExtType(code=5, data=b'a')`);
  });

  it('by itself is told where it is a mapping with keys of text', () => {
    const told = values.filter(({ bytes }) => messagePack.detect(bytes)).map(({ name }) => name);
    assert.deepEqual(told, ['map', 'map-300', 'map-proto-key', 'records']);
  });

  it('what is none is refused', () => {
    for (const bytes of ['', 'c1', '0101', '92 01', '81 a1 61', 'a2 61', 'c4 05 00', 'cb 00']) {
      assert.throws(() => decode(hex(bytes)), FormatError, bytes);
    }
  });

  it('lengths that are lies take no memory', () => {
    // Each says that 2^25 more follow; arrays of these would fill any memory.
    const arrays = Buffer.concat(Array.from({ length: 100_000 }, () => hex('dd 02000000')));
    assert.throws(() => decode(arrays), FormatError);
    assert.throws(() => decode(hex('df ffffffff 01')), FormatError);
    assert.throws(() => decode(Buffer.alloc(100_000, 0x91)), FormatError);
    assert.throws(
      () => decode(Buffer.concat([Buffer.alloc(100_000, 0x91), hex('01')])),
      (error) => error instanceof FormatError && error.code === 'limit',
    );
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
