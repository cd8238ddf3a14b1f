import assert from 'node:assert/strict';
import type { StateEntry, StoreKind, WindowKind } from '../../../src/quixstreams/index';
import { CorruptionError, UnsupportedFormatError } from '../../../src/rocksdb/index';
import { shownBytes, valueDocumentText, wholeEntryText } from '../../../src/ui/value/documentText';
import { errorWords } from '../../../src/ui/state/errorWords';
import { bytesText, countText, timeText } from '../../../src/app/index';
import { storeWords } from '../../../src/ui/state/storeWords';
import { translate } from './treeHarness';

const utf8 = (text: string) => new TextEncoder().encode(text);

function entry(text: string | Uint8Array, format: 'json' | 'text' | 'bytes'): StateEntry {
  const bytes = typeof text === 'string' ? utf8(text) : text;
  return {
    columnFamily: 'default',
    rawKey: utf8('PC1|"total"'),
    type: 'kv',
    prefix: utf8('PC1'),
    messageKey: { bytes: utf8('PC1') },
    key: { json: '"total"' },
    value: { bytes, format },
  };
}

describe('texts', () => {
  it('say sizes, counts and times', () => {
    assert.deepEqual([0, 999, 1000, 56_700, 1_393_643, 5_242_882, 64_000].map(bytesText), [
      '0 B',
      '999 B',
      '1.0 KB',
      '56.7 KB',
      '1.4 MB',
      '5.2 MB',
      '64.0 KB',
    ]);
    assert.equal(countText(10_000), '10,000');
    assert.equal(timeText(1_790_007_200_000n), '2026-09-21 16:13:20Z');
    assert.equal(timeText(2n ** 63n), String(2n ** 63n));
  });

  it('say what kind of store it is', () => {
    const words = (name: string, kind?: StoreKind, windows?: WindowKind) =>
      storeWords({ name, kind, windows }, translate).text;
    assert.equal(words('default', 'default'), 'keys');
    assert.equal(words('tumbling_window_10000', 'windowed', 'tumbling'), 'tumbling window 10 s');
    assert.equal(
      words('hopping_window_10000_5000_collect', 'windowed', 'hopping'),
      'hopping window 10 s by 5 s',
    );
    assert.equal(
      words('session_window_90000_sum', 'windowed', 'session'),
      'session window 1 min 30 s',
    );
    assert.equal(
      words('tumbling_count_window_reduce', 'windowed', 'count'),
      'tumbling count window',
    );
    assert.equal(words('my windows', 'windowed', 'sliding'), 'sliding window');
    assert.equal(words('interval', 'timestamped'), 'join');
    assert.equal(words('x', 'lookupBuffer'), 'lookup buffer');
    assert.equal(words('x', 'dictionary'), 'rocksdict dictionary');
    assert.equal(words('x', 'unknown'), 'keys and bytes');
    // A name alone says nothing: an app may give any.
    assert.equal(words('tumbling_window_10000', 'default'), 'keys');
    assert.equal(words('tumbling_window_10000', undefined), '');
    assert.equal(words('tumbling_window_10000', 'windowed'), 'windows');
    assert.equal(words('tumbling_window_10000', 'windowed', 'session'), 'session window');
    assert.equal(words('tumbling_window_10000', 'windowed', 'count'), 'count window');
    assert.equal(words('hopping_window_10000_5000', 'windowed', 'tumbling'), 'windows');
  });

  it('say what is wrong in few words', () => {
    const damaged = new CorruptionError('/state/0/000012.sst', 'bad checksum', { offset: 4 });
    assert.equal(errorWords(damaged, translate).text, 'damaged: 000012.sst');
    const unsupported = new UnsupportedFormatError('/state/0/000012.sst', 'compression xpress');
    assert.equal(errorWords(unsupported, translate).text, 'unsupported: compression xpress');
  });

  it('show a value alone, its numbers as stored', () => {
    assert.equal(
      valueDocumentText(entry('{"n":12345678901234567890,"x":1.0}', 'json').value),
      '{\n  "n": 12345678901234567890,\n  "x": 1.0\n}',
    );
    assert.equal(valueDocumentText(entry('two\nlines', 'text').value), 'two\nlines');
    assert.match(
      valueDocumentText(entry(Uint8Array.of(0, 255), 'bytes').value),
      /^00000000 {2}00 ff/,
    );
    assert.equal(valueDocumentText(entry('', 'bytes').value), '');
  });

  it('show the first 64 KB of a large value, whole characters only', () => {
    const large = `"${'é'.repeat(600_000)}"`;
    const shown = valueDocumentText(entry(large, 'json').value);
    assert.equal(shownBytes(utf8(large).length, false), 64_000);
    assert.ok(large.startsWith(shown));
    assert.ok(utf8(shown).length > 63_990);
    assert.equal(valueDocumentText(entry(large, 'json').value, true), large);
  });

  it('show a whole entry as JSON', () => {
    const text = wholeEntryText(
      { ...entry('{"a":1.0}', 'json'), expiresAtMs: null, expired: false },
      { partition: 'f-in[0]', store: 'default', path: '/state/0', changelogOffset: 14n },
    );
    assert.match(text, /"value": \{\n {4}"a": 1\.0\n {2}\},/);
    assert.deepEqual(JSON.parse(text), {
      messageKey: 'PC1',
      stateKey: 'total',
      value: { a: 1 },
      format: 'json',
      bytes: 9,
      expires: 'never',
      expired: false,
      store: 'default',
      partition: 'f-in[0]',
      columnFamily: 'default',
      rawKey: '5043317c22746f74616c22',
      changelogOffset: 14,
      path: '/state/0',
    });
    const bytes = wholeEntryText(entry(Uint8Array.of(0, 255), 'bytes'), {
      partition: 'f-in[0]',
      store: 'default',
      path: '/state/0',
      changelogOffset: undefined,
    });
    assert.equal((JSON.parse(bytes) as { value: string }).value, "b'\\x00\\xff'");
  });
});
