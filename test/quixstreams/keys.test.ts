import assert from 'node:assert/strict';
import fc from 'fast-check';
import { splitByBytes, splitKey } from '../../src/quixstreams/keys';

const bytes = (text: string) => Buffer.from(text);
const shown = (key: { prefix: Uint8Array; stateKey: Uint8Array; bare: boolean } | undefined) =>
  key && (key.bare ? [text(key.stateKey)] : [text(key.prefix), text(key.stateKey)]);
const text = (key: Uint8Array) => Buffer.from(key).toString();

describe('keys', () => {
  it('come apart by their own bytes where these are enough', () => {
    const cases: [string, string[]][] = [
      ['PC1|"total"', ['PC1', '"total"']],
      ['"no-prefix"', ['"no-prefix"']],
      ['"a|b"', ['"a|b"']],
      ['no-prefix-bytes', ['no-prefix-bytes']],
      ['|bytes', ['|bytes']],
      ['||"k"', ['|', '"k"']],
      ['a|b|"k|k"', ['a|b', '"k|k"']],
      ['a|"q\\"|\\"q"', ['a', '"q\\"|\\"q"']],
      ['"a|b"|raw|key', ['"a|b"', 'raw|key']],
      ['"a"|"k"', ['"a"', '"k"']],
      ['[1,"|"]|null', ['[1,"|"]', 'null']],
      ['1|5', ['1', '5']],
      ['a|1|2', ['a|1', '2']],
      ['raw-prefix|{"a|":[1]}', ['raw-prefix', '{"a|":[1]}']],
    ];
    for (const [key, parts] of cases) assert.deepEqual(shown(splitByBytes(bytes(key))), parts, key);
    assert.equal(splitByBytes(bytes('a|b|raw')), undefined);
  });

  it('with bytes behind a "|" come apart at the longest prefix that the store knows', async () => {
    const known = new Set(['a|b', 'x|y|z']);
    const knows = (prefix: Uint8Array) => Promise.resolve(known.has(text(prefix)));
    const cases: [string, string[]][] = [
      ['a|b|raw|key', ['a|b', 'raw|key']],
      ['x|y|z|raw|key', ['x|y|z', 'raw|key']],
      ['q|raw|key', ['q', 'raw|key']],
    ];
    for (const [key, parts] of cases) {
      assert.deepEqual(shown(await splitKey(bytes(key), knows)), parts, key);
    }
  });

  it('give back what was put together: any message key as JSON, any state key as JSON', () => {
    const json = fc.json({ maxDepth: 2 });
    const closed = json.filter((key) => /^["[{]/.test(key));
    fc.assert(
      fc.property(closed, json, (messageKey, stateKey) => {
        assert.deepEqual(shown(splitByBytes(bytes(`${messageKey}|${stateKey}`))), [
          messageKey,
          stateKey,
        ]);
      }),
    );
  });

  it('ask the store a bounded number of times for a hostile key', async () => {
    let asked = 0;
    const knows = () => Promise.resolve(++asked < 0);
    await splitKey(bytes('a' + '|a'.repeat(100_000)), knows);
    assert.ok(asked > 0 && asked <= 16, `${asked}`);
  });
});
