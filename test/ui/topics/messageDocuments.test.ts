import assert from 'node:assert/strict';
import type { Message } from '../../../src/app/index';
import {
  messageUriParts,
  parseMessageQuery,
  rangeWords,
  type MessageRange,
} from '../../../src/ui/topics/messageRange';
import { foundWords, messageText } from '../../../src/ui/topics/messageText';
import { translate } from '../state/treeHarness';

const hex = (text: string) => Buffer.from(text).toString('hex');

describe('the address of a document of messages', () => {
  const ranges: MessageRange[] = [
    { broker: 'local', topic: 'f-in' },
    { broker: 'local', topic: 'f-in', partition: 3 },
    { broker: 'kafka:9092,other:9092', topic: 'f-in', partition: 0, offset: '9223372036854775807' },
    { broker: 'local', topic: 'f-in', partition: 0, key: hex('PC/1') },
    { broker: 'local', topic: '../..\u202e', key: 'ff00' },
    { broker: 'local', topic: 'f-in', key: '' },
  ];

  it('names topic, partition, key and offset for people', () => {
    assert.deepEqual(
      ranges.map((range) => messageUriParts(range).path),
      [
        '/f-in.jsonl',
        '/f-in[3].jsonl',
        '/f-in[0]@9223372036854775807.jsonl',
        '/f-in[0] PC_1.jsonl',
        "/.._.._ b'_xff_x00'.jsonl",
        "/f-in b''.jsonl",
      ],
    );
    assert.deepEqual(ranges.map(rangeWords), [
      'f-in',
      'f-in[3]',
      'f-in[0]@9223372036854775807',
      'f-in[0] · PC/1',
      "../..\\u202e · b'\\xff\\x00'",
      "f-in · b''",
    ]);
  });

  it('gives the range back, and is the same whatever the order of its members', () => {
    for (const range of ranges)
      assert.deepEqual(parseMessageQuery(messageUriParts(range).query), range);
    const [query, same] = [
      { key: '00', topic: 't', broker: 'local' },
      { broker: 'local', topic: 't', key: '00' },
    ].map((range) => messageUriParts(range).query);
    assert.equal(query, same);
  });

  it('of any other kind is none', () => {
    const wrong = [
      '',
      'null',
      '[]',
      '{"topic":"t"}',
      '{"broker":"","topic":"t"}',
      '{"broker":"local","topic":1}',
      '{"broker":"local","topic":"t","partition":-1}',
      '{"broker":"local","topic":"t","partition":"0"}',
      '{"broker":"local","topic":"t","key":"0g"}',
      '{"broker":"local","topic":"t","offset":"1"}',
      '{"broker":"local","topic":"t","partition":0,"offset":1}',
    ];
    for (const query of wrong) assert.equal(parseMessageQuery(query), undefined, query);
  });
});

describe('the text of a document of messages', () => {
  const message = (offset: bigint, value: string): Message => ({
    topic: 't',
    partition: 0,
    offset,
    timestampMs: 0n,
    key: null,
    value: Buffer.from(value),
    headers: [],
  });
  const three = [message(1n, '1'), message(2n, '2'), message(3n, '3')];
  const whole = { complete: true, scanned: 3 };

  it('is a line for each, the newest last', () => {
    const { text } = messageText(three);
    const offsets = text.split('\n').map((line) => /"offset":(\d+)/.exec(line)?.[1]);
    assert.deepEqual(offsets, ['1', '2', '3', undefined]);
  });

  it('leaves out the oldest where it would be too large, never the newest, and says so', () => {
    const line = Buffer.byteLength(messageText(three.slice(0, 1)).text);
    const cut = messageText(three, 2 * line);
    assert.deepEqual([cut.lines, cut.leftOut], [2, 1]);
    assert.equal(
      foundWords(cut, whole, translate),
      '2 messages · 1 older are not shown, for the size of the text',
    );
    const one = messageText(three, 1);
    assert.deepEqual([one.lines, one.leftOut], [1, 2]);
  });

  it('says how many there are, and when not all were searched', () => {
    assert.equal(foundWords(messageText([]), whole, translate), 'no messages');
    assert.equal(foundWords(messageText(three.slice(0, 1)), whole, translate), '1 message');
    assert.equal(
      foundWords(messageText(three), { complete: false, scanned: 100_000 }, translate),
      '3 messages · only the newest 100,000 were searched',
    );
  });
});
