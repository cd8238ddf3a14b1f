import assert from 'node:assert/strict';
import {
  fillPlaceholders,
  generateMessages,
  messageLine,
  MessageLineError,
  parseMessageLines,
  type Message,
} from '../../src/app/index';

const utf8 = (text: string) => new TextEncoder().encode(text);

function message(key: string | Uint8Array | null, value: string | Uint8Array | null): Message {
  const bytes = (one: string | Uint8Array | null) => (typeof one === 'string' ? utf8(one) : one);
  return {
    topic: 'f-in',
    partition: 2,
    offset: 2n ** 60n + 1n,
    timestampMs: 1_795_491_170_123n,
    key: bytes(key),
    value: bytes(value),
    headers: [],
  };
}

/** What follows the key's colon in a message's line. */
const tail = (one: Message) => messageLine(one).replace(/^.*?"key":/, '');

describe('lines of messages', () => {
  it('say where and when a message was, key and value', () => {
    assert.equal(
      messageLine({ ...message('PC1', '{"cpu":1.0}'), headers: [['trace', utf8('a1')]] }),
      '{"partition":2,"offset":1152921504606846977,"time":"2026-11-24T03:32:50.123Z",' +
        '"key":"PC1","headers":[["trace","a1"]],"value":{"cpu":1.0}}',
    );
  });

  it('leave JSON as it is, digit for digit', () => {
    const json = '{"big":12345678901234567890.10,"small":1E-400,"a":[ 1.0 ],"a":2}';
    assert.equal(tail(message('k', json)), `"k","value":${json}}`);
    assert.equal(tail(message('k', '{\r\n\t"a": 1\n}\n')), '"k","value":{   "a": 1 }}');
  });

  it('tell JSON, text, bytes and nothing apart', () => {
    const values = [
      '"text"',
      'text',
      '14',
      'null',
      '',
      '{"cpu": NaN}',
      null,
      Uint8Array.of(0, 255),
    ];
    assert.deepEqual(
      values.map((value) => tail(message(null, value))),
      [
        'null,"value":"text"}',
        'null,"value":{"text":"text"}}',
        'null,"value":14}',
        'null,"value":{"text":"null"}}',
        'null,"value":{"text":""}}',
        'null,"value":{"text":"{\\"cpu\\": NaN}"}}',
        'null,"value":null}',
        'null,"value":{"base64":"AP8="}}',
      ],
    );
  });

  it('are one line of plain text each, whatever key and value hold', () => {
    const hostile = 'a"\n\r\u0000\u001b[2J\u202e\u2028\ufeff\\';
    const values = [hostile, JSON.stringify(hostile), `{"${'\u202e'}":"\u2029"}`];
    for (const value of values) {
      const line = messageLine({ ...message(hostile, value), headers: [[hostile, utf8(hostile)]] });
      assert.doesNotMatch(line, /[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}\ufeff]/u);
      const [read] = parseMessageLines(line);
      assert.deepEqual(read?.key, Buffer.from(hostile));
      assert.deepEqual(read.headers, [[hostile, Buffer.from(hostile)]]);
    }
  });

  it('give back the very bytes that are not JSON, and the same JSON', () => {
    const texts = [
      'text',
      '',
      ' null ',
      '{"text":"a"}',
      '{ "\\u0074ext" :"a"}',
      '{"base64":"AP8="}',
      '{"text":1}',
      '{"text":"a","b":1}',
      '[1.50]',
      '{"a":1',
    ];
    for (const text of texts) {
      const [read] = parseMessageLines(messageLine(message(text, text)));
      assert.equal(Buffer.from(read?.value ?? []).toString(), text, text);
      assert.equal(Buffer.from(read?.key ?? []).toString(), text, text);
    }
    for (const bytes of [Uint8Array.of(0xc3), Uint8Array.of(0xff, 0), utf8('\u0000\u0007')]) {
      const [read] = parseMessageLines(messageLine(message(bytes, bytes)));
      assert.deepEqual(Uint8Array.from(read?.value ?? []), bytes);
      assert.deepEqual(Uint8Array.from(read?.key ?? []), bytes);
    }
  });

  it('keep partition and time, and need neither', () => {
    const [again, fresh] = parseMessageLines(`${messageLine(message('k', null))}\n{"key":"k"}\n`);
    assert.deepEqual(again, {
      line: 1,
      key: Buffer.from('k'),
      value: null,
      headers: [],
      partition: 2,
      timestampMs: 1_795_491_170_123n,
    });
    assert.deepEqual(
      [fresh?.partition, fresh?.timestampMs, fresh?.value],
      [undefined, undefined, null],
    );
  });

  it('that are none are told with their number and the reason', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const cases = [
      ['{"key":"a"}\n\n{"key":}', 3, /^no JSON at character 8$/],
      ['{"key":"a"', 1, /^no JSON/],
      ['[1]', 1, /^a message is an object$/],
      ['{"key":1}', 1, /^key is neither text/],
      ['{"partition":-1}', 1, /^partition is no number/],
      ['{"partition":1.5}', 1, /^partition is no number/],
      ['{"time":"yesterday"}', 1, /^time is neither/],
      ['{"headers":{"a":"b"}}', 1, /^headers are a list of pairs/],
      ['{"headers":[["a"]]}', 1, /^headers are pairs/],
      ['{"value":{"base64":"A"}}', 1, /^base64 is none$/],
      [`{"value":${deep}}`, 1, /^it is nested too deeply$/],
    ] as const;
    for (const [text, line, reason] of cases) {
      assert.throws(
        () => parseMessageLines(text),
        (error) => {
          assert.ok(error instanceof MessageLineError, String(error));
          assert.equal(error.line, line);
          assert.match(error.reason, reason);
          return true;
        },
      );
    }
  });
});

describe('generated messages', () => {
  const chance = { random: () => 0.5, now: () => 1_795_491_170_123 };

  it('count, take turns, and have numbers and times', () => {
    const line =
      '{"key":"PC${n%3}","value":{"n":"${n}","cpu":"${random}","at":"${now}","id":"a-${n}"}}';
    assert.equal(
      fillPlaceholders(line, 7, chance),
      '{"key":"PC1","value":{"n":7,"cpu":50.0,"at":1795491170123,"id":"a-7"}}',
    );
    assert.equal(fillPlaceholders('${n%0} ${x} ${n', 1, chance), '${n%0} ${x} ${n');
  });

  it('go on for ever over the lines, and tell the line that is none', () => {
    const messages = generateMessages('{"key":"a${n}"}\n\n{"key":"b${n}"}', chance);
    const keys = Array.from({ length: 3 }, () => {
      const { value } = messages.next();
      return value === undefined ? undefined : Buffer.from(value.key ?? []).toString();
    });
    assert.deepEqual(keys, ['a1', 'b2', 'a3']);
    const wrong = generateMessages('{}\n\n{"key":${n}}', chance);
    wrong.next();
    assert.throws(
      () => wrong.next(),
      (error) => error instanceof MessageLineError && error.line === 3,
    );
    assert.equal(generateMessages('\n \n', chance).next().done, true);
  });
});
