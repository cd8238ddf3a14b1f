import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isJson, isPythonJson, jsonEnd } from '../../src/quixstreams/json';

const bytes = (text: string) => Buffer.from(text);

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('json', () => {
  it('accepts what JSON.parse accepts, and nothing else', () => {
    const pieces = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '\\',
        '"a"',
        '"\\u00e9"',
        '"\\u12"',
        '"\\x"',
        ' ',
        '\n',
      ],
      ...[
        '0',
        '1',
        '-',
        '.',
        'e',
        '+',
        '01',
        '-0',
        '1.5e-3',
        'true',
        'fals',
        'null',
        'NaN',
        '|',
        '\t',
      ],
    );
    const text = fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (json) => assert.equal(isJson(bytes(json)), parses(json), json)),
      { numRuns: 20_000 },
    );
  });

  it('accepts every value that is written as JSON', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        assert.ok(isJson(bytes(json)));
        assert.equal(jsonEnd(bytes(`${json}|x`), 0), bytes(json).length);
      }),
    );
  });

  it('refuses NaN and Infinity, which are not JSON', () => {
    for (const text of ['NaN', 'Infinity', '-Infinity', '{"a":NaN}']) {
      assert.equal(isJson(bytes(text)), false, text);
    }
  });

  it('refuses hostile depth without recursion', () => {
    assert.equal(isJson(bytes('['.repeat(1000) + '1' + ']'.repeat(1000))), true);
    assert.equal(isJson(bytes('['.repeat(1001) + '1' + ']'.repeat(1001))), false);
    assert.equal(isJson(bytes('[{"a":'.repeat(1_000_000))), false);
  });

  it("accepts what Python's json writes of numbers that JSON has no word for", () => {
    for (const text of [
      'NaN',
      '-Infinity',
      '[Infinity,{"a":NaN}]',
      ' -1.5e-7 ',
      '{"a": -Infinity}',
    ]) {
      assert.equal(isPythonJson(bytes(text)), true, text);
    }
    for (const text of ['-NaN', 'nan', '+Infinity', '- 1', '-', 'Infinity1', '{NaN:1}', '']) {
      assert.equal(isPythonJson(bytes(text)), false, text);
    }
    assert.equal(isJson(bytes('NaN')), false);
    assert.equal(isJson(bytes('-Infinity')), false);
  });
});
