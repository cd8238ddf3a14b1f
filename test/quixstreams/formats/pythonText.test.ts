import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  float32Literal,
  floatLiteral,
  intLiteral,
} from '../../../src/quixstreams/formats/pythonLiterals';
import { pythonDocument, pythonLine } from '../../../src/quixstreams/formats/pythonText';
import { Call, Dict, Name, list, tuple } from '../../../src/quixstreams/formats/pythonValue';

describe('pythonText', () => {
  it('keeps on a line what fits, and lays out the rest', () => {
    const reading = new Call(
      'app.Reading',
      [1n],
      [
        ['device', 'dev-1'],
        ['values', list(Array.from({ length: 30 }, (_, i) => BigInt(1000 + i)))],
      ],
    );
    const text = pythonDocument(
      new Dict([
        ['reading', reading],
        ['pair', tuple([1n, new Name('nan')])],
      ]),
    );
    const numbers = Array.from({ length: 30 }, (_, i) => `      ${1000 + i}`).join(',\n');
    assert.equal(
      text,
      `{\n  'reading': app.Reading(\n    1,\n    device='dev-1',\n    values=[\n${numbers}\n    ]\n  ),\n` +
        `  'pair': (1, nan)\n}\n`,
    );
    assert.equal(pythonDocument(list([])), '[]\n');
    assert.equal(pythonDocument('x'.repeat(200)), `'${'x'.repeat(200)}'\n`);
    const long = 'x'.repeat(100);
    assert.equal(pythonDocument(tuple([long])), `(\n  '${long}',\n)\n`);
  });

  it('cuts lines by characters, never one in two', () => {
    assert.equal(pythonLine('😀'.repeat(8), 10), `'${'😀'.repeat(8)}'`);
    assert.equal(pythonLine('😀'.repeat(9), 10), `'${'😀'.repeat(8)}…`);
    assert.equal(pythonLine(new Uint8Array(1_000_000), 10), `b'\\x00\\x0…`);
  });

  it('floats read back as the same bits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (value) => {
        const text = floatLiteral(value).replace('inf', 'Infinity');
        assert.ok(Object.is(Number(text), value), text);
        assert.match(text, /[.e]|Infinity/);
      }),
    );
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const text = float32Literal(value).replace('inf', 'Infinity');
        assert.ok(Object.is(Math.fround(Number(text)), value), text);
      }),
    );
  });

  it('an int that Python would not write in decimal is in hex', () => {
    assert.equal(intLiteral(10n ** 4299n), `1${'0'.repeat(4299)}`);
    assert.equal(intLiteral(-(16n ** 5000n)), `-0x1${'0'.repeat(5000)}`);
  });
});
