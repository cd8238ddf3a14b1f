import assert from 'node:assert/strict';
import fc from 'fast-check';
import { jsonLine, keyText, printable, pythonBytes, valueText } from '../../src/quixstreams/index';

const hostile = [
  ...['\u0000', '\u001b', '\u007f', '\u0085', '\u009b', '\u061c', '\u200e', '\u200f', '\u2028'],
  ...['\u2029', '\u202a', '\u202e', '\u2066', '\u2069', '\ud800', '\udfff', '\ufeff'],
];
const value = (text: string, format: 'json' | 'text' | 'bytes') => ({
  bytes: Buffer.from(text, 'latin1'),
  format,
});

describe('text', () => {
  it('escapes characters that move a cursor or turn the reading direction', () => {
    assert.equal(printable('a\u001b[2Jb'), 'a\\x1b[2Jb');
    assert.equal(printable('\u202eRTL'), '\\u202eRTL');
    assert.equal(printable('Zürich 東京 😀 e\u0301'), 'Zürich 東京 😀 e\u0301');
    for (const character of hostile) {
      assert.match(printable(character), /^\\(x|u00)?[0-9a-fux]+$/, JSON.stringify(character));
    }
  });

  it('keeps JSON the same JSON on one line', () => {
    const text = fc
      .array(fc.constantFrom('a', '"', '\\', ' ', ...hostile))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(fc.dictionary(text, text, { noNullPrototype: true }), (object) => {
        for (const indent of [0, 2]) {
          const line = jsonLine(JSON.stringify(object, undefined, indent));
          assert.deepEqual(JSON.parse(line), object);
          assert.equal(printable(line), line);
        }
      }),
    );
  });

  it('writes bytes as Python does', () => {
    assert.equal(pythonBytes(Buffer.from([0, 1, 255, 98, 105, 110])), "b'\\x00\\x01\\xffbin'");
    assert.equal(pythonBytes(Buffer.from('a\'b"\\\t\n\r~')), "b'a\\'b\"\\\\\\t\\n\\r~'");
    assert.equal(pythonBytes(new Uint8Array()), "b''");
  });

  it('shows keys: strings without quotes, other JSON as it is, text, else bytes', () => {
    assert.equal(keyText({ json: '"total"' }), 'total');
    assert.equal(keyText({ json: '"a\\n\\u202e"' }), 'a\\x0a\\u202e');
    assert.equal(keyText({ json: '{"composite":1}' }), '{"composite":1}');
    assert.equal(keyText({ json: '1152921504606846976' }), '1152921504606846976');
    assert.equal(keyText({ bytes: Buffer.from('Zürich') }), 'Zürich');
    assert.equal(keyText({ bytes: Buffer.from('a\u202eb') }), "b'a\\xe2\\x80\\xaeb'");
    assert.equal(keyText({ bytes: Buffer.from([0xff]) }), "b'\\xff'");
    assert.equal(keyText({ bytes: new Uint8Array() }), "b''");
  });

  it('shows values on one line, digit for digit, cut with an ellipsis', () => {
    assert.equal(
      valueText(value('12345678901234567890.10', 'json'), 60),
      '12345678901234567890.10',
    );
    assert.equal(valueText(value('{\n  "a": 1\n}', 'json'), 60), '{   "a": 1 }');
    assert.equal(valueText(value('"0123456789"', 'json'), 8), '"012345…');
    assert.equal(valueText(value('\x00\xff', 'bytes'), 60), "b'\\x00\\xff'");
    const cut = valueText({ bytes: Buffer.from('😀'.repeat(100)), format: 'text' }, 5);
    assert.equal(cut, '😀😀😀😀…');
    assert.equal([...valueText(value('\xff'.repeat(5_000_000), 'bytes'), 60)].length, 60);
  });
});
