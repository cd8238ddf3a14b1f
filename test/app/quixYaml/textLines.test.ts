import assert from 'node:assert/strict';
import { TextLines } from '../../../src/app/quixYaml/textLines';

describe('the lines of a text', () => {
  for (const text of ['', 'a', '\n', 'a\n', 'ab\r\n\ncd\n\u{1f4be}x\n\n', '\n\n\nabc']) {
    it(`are found by offset in ${JSON.stringify(text)}`, () => {
      const lines = new TextLines(text);
      assert.deepEqual(lines.lines, text.split('\n'));
      for (let offset = 0; offset <= text.length; offset++) {
        const before = text.slice(0, offset).split('\n');
        const column = (before.at(-1) ?? '').length + 1;
        assert.deepEqual(lines.placeOf(offset), { line: before.length, column });
      }
    });
  }
});
