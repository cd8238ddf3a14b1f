import assert from 'node:assert/strict';
import fc from 'fast-check';
import { aggregationsOf, aggregatorOfName } from '../../src/quixstreams/aggregations';
import { decodeBookkeeping } from '../../src/quixstreams/bookkeeping';
import { decodeDictionaryPart, dictionaryKeysOf } from '../../src/quixstreams/dictionary';
import { decodeCountWindows } from '../../src/quixstreams/countWindows';
import {
  jsonElements,
  jsonInteger,
  jsonMembers,
  jsonString,
} from '../../src/quixstreams/jsonParts';
import {
  bufferPrefix,
  decodeBufferIndex,
  decodeBufferKey,
  decodeBufferQueue,
  decodeEnvelope,
} from '../../src/quixstreams/lookupBuffer';
import { decodeStamp } from '../../src/quixstreams/ttl';
import { windowKindOf } from '../../src/quixstreams/windowKind';

const bytes = (text: string) => Buffer.from(text);
const text = (value: Uint8Array) => Buffer.from(value).toString();

describe('parts of JSON', () => {
  it('are what JSON.parse finds, as they are written', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1), (value, indent) => {
        const json = bytes(JSON.stringify(value, null, indent));
        const members = jsonMembers(json);
        const elements = jsonElements(json);
        if (Array.isArray(value)) {
          assert.equal(members, undefined);
          assert.deepEqual(
            elements?.map((element) => JSON.parse(text(element)) as unknown),
            JSON.parse(text(json)),
          );
        } else if (typeof value === 'object' && value !== null) {
          assert.equal(elements, undefined);
          const found = (members ?? []).map(({ key, value }) => [
            key,
            JSON.parse(text(value)) as unknown,
          ]);
          assert.deepEqual(found, Object.entries(JSON.parse(text(json)) as object));
        } else {
          assert.deepEqual([members, elements], [undefined, undefined]);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keep numbers and repeated keys, and are none of what is no JSON', () => {
    const members = jsonMembers(bytes('{"a":1.10,"a":12345678901234567890}')) ?? [];
    assert.deepEqual(
      members.map(({ key, value }) => `${key} ${text(value)}`),
      ['a 1.10', 'a 12345678901234567890'],
    );
    for (const broken of ['{"a":1', '[1,', '[1]x', '{"a" 1}', '', '{"a":NaN}', '{"\xff":1}']) {
      assert.equal(jsonMembers(Buffer.from(broken, 'latin1')), undefined, broken);
      assert.equal(jsonElements(Buffer.from(broken, 'latin1')), undefined, broken);
    }
    assert.equal(jsonInteger(bytes('-12345678901234567890')), -12345678901234567890n);
    for (const none of ['1.0', '1e3', '01', '"1"', '', ' 1', '1'.repeat(200)]) {
      assert.equal(jsonInteger(bytes(none)), undefined, none);
    }
    assert.equal(jsonString(bytes('"a\\u007c"')), 'a|');
    assert.equal(jsonString(bytes('"a')), undefined);
  });
});

describe('aggregations', () => {
  const resultsOf = (value: string, single?: string) =>
    aggregationsOf(bytes(value), single).map(({ name, aggregator, column, result }) =>
      [name, aggregator ?? '?', column ?? '', text(result.bytes)].join(' '),
    );

  it('have the name, aggregator and column that their key has', () => {
    assert.deepEqual(
      resultsOf(
        '{"avg/Mean/Temperature/C":[553.0,9],"a/b/Sum":1,"early/Earliest":["x",5],"late/Latest/v":null,' +
          '"own/Median/v":[1,2],"mine/Median":7}',
      ),
      [
        `avg Mean Temperature/C ${553 / 9}`,
        'a/b Sum  1',
        'early Earliest  "x"',
        'late Latest v null',
        'own/Median/v ?  [1,2]',
        'mine Median  7',
      ],
    );
  });

  it('are one value where there is no name, and its aggregator is only believed where it fits', () => {
    assert.deepEqual(resultsOf('[427.0,8]', 'Mean'), ['value Mean  53.375']);
    assert.deepEqual(resultsOf('[427.0,8]'), ['value ?  [427.0,8]']);
    assert.deepEqual(resultsOf('{"total":1}', 'Mean'), ['value Mean  {"total":1}']);
    assert.deepEqual(resultsOf('[1,2,3]', 'Mean'), ['value Mean  [1,2,3]']);
    assert.deepEqual(resultsOf('["a",2]', 'Mean'), ['value Mean  ["a",2]']);
    assert.deepEqual(resultsOf('null'), []);
    assert.deepEqual(resultsOf('{}'), []);
  });

  it('divide as Python does', () => {
    const mean = (state: string) => resultsOf(state, 'Mean')[0]?.split('  ')[1];
    assert.equal(mean('[0,0]'), 'null');
    assert.equal(mean('[10,5]'), '2.0');
    assert.equal(mean('[-7,2]'), '-3.5');
    assert.equal(mean('[0.1,3]'), '0.03333333333333333'); // 0.1 / 3
    assert.equal(mean('[9007199254740993,1]'), '9007199254740992.0'); // 2^53 + 1: even
    assert.equal(mean('[9007199254740995,1]'), '9007199254740996.0');
    assert.equal(mean('[36893488147419103235,3]'), '1.2297829382473034e+19'); // beyond 64 bits
    assert.equal(mean('[1e-5,1]'), '1e-05');
    assert.equal(mean('[0.0001,1]'), '0.0001');
    assert.equal(mean('[9.5e15,1]'), '9500000000000000.0');
    assert.equal(mean('[1e16,1]'), '1e+16');
    assert.equal(mean('[1,3]'), '0.3333333333333333');
  });

  it('have an aggregator where the name of their store ends in one', () => {
    assert.equal(aggregatorOfName('tumbling_window_10000_mean'), 'Mean');
    assert.equal(aggregatorOfName('my_hopping_window_10000_5000_sum'), 'Sum');
    assert.equal(aggregatorOfName('sliding_count_window_max'), 'Max');
    for (const name of ['mean', 'tumbling_window_10000', 'hopping_window_1_2_collect', 'x_mean']) {
      assert.equal(aggregatorOfName(name), undefined, name);
    }
  });
});

describe('windows', () => {
  const window = (start: number, end: number, value = '1', prefix = 'k') => {
    const numbers = Buffer.alloc(17, 0x7c);
    numbers.writeBigUInt64BE(BigInt(start));
    numbers.writeBigUInt64BE(BigInt(end), 9);
    return { key: Buffer.concat([bytes(`${prefix}|`), numbers]), value: bytes(value) };
  };

  it('are of the kind that their keys and values tell, else of none', () => {
    const kind = (...entries: ReturnType<typeof window>[]) => windowKindOf(entries);
    assert.equal(kind(), undefined);
    assert.equal(kind(window(10, 20), window(20, 30)), 'tumbling');
    assert.equal(kind(window(10, 20), window(15, 25)), 'hopping');
    assert.equal(kind(window(10, 20), window(33, 51)), 'session');
    assert.equal(kind(window(0, 10)), undefined); // a session that begins at 0 as well
    assert.equal(kind(window(7, 8)), undefined); // a session of one event as well
    assert.equal(kind(window(7, 17)), undefined);
    assert.equal(kind(window(5, 15, '[15,3]'), window(8, 18, '[15,3]')), 'sliding');
    // A reducer of the app's own that keeps a timestamp: never one at the end.
    assert.equal(kind(window(10, 20, '[19,3]'), window(20, 30, '[25,3]')), 'tumbling');
    // One value that is none of a sliding window.
    assert.equal(kind(window(10, 20, '[20,3]'), window(20, 30, '5')), 'tumbling');
    assert.equal(kind(window(10, 20), { key: bytes('odd'), value: bytes('1') }), undefined);
    const count = { key: bytes('k|"metadata"'), value: bytes('{"windows":[]}') };
    assert.equal(kind(count), 'count');
    assert.equal(kind(count, window(10, 20)), undefined);
  });

  it('by count are read as all versions wrote them, and not where something lacks', () => {
    const now =
      '{"windows":[{"count":2,"start":1,"end":5,"aggregations":[4.0,2],"collection_start_id":-1}]}';
    const [first] = decodeCountWindows(bytes(now)) ?? [];
    assert.deepEqual(
      [first?.count, first?.start, first?.end, first?.collectionStart],
      [2n, 1n, 5n, -1n],
    );
    assert.equal(text(first?.aggregated ?? bytes('')), '[4.0,2]');
    const [old] =
      decodeCountWindows(bytes('{"windows":[{"count":2,"start":1,"end":5,"value":36}]}')) ?? [];
    assert.deepEqual(
      [old?.aggregated, old?.collectionStart, text(old?.value ?? bytes(''))],
      [undefined, undefined, '36'],
    );
    for (const broken of [
      '{"windows":[{"count":2}]}',
      '{"windows":{}}',
      '[]',
      '{}',
      '{"windows":[1]}',
    ]) {
      assert.equal(decodeCountWindows(bytes(broken)), undefined, broken);
    }
  });
});

describe('what stores note for themselves', () => {
  it('is known by column family and name, and an integer', () => {
    const read = (family: string, key: string, value: Buffer) => {
      const noted = decodeBookkeeping(family, bytes(key), value);
      return noted && [noted.fact, text(noted.prefix), noted.value];
    };
    const latest = '__latest-timestamps__';
    const name = '__latest_timestamp__';
    assert.deepEqual(read(latest, `a|b|${name}`, bytes('17')), ['latestTimestamp', 'a|b', 17n]);
    assert.deepEqual(read(latest, name, bytes('17')), ['latestTimestamp', '', 17n]);
    assert.deepEqual(read(latest, `a|${name}`, bytes('x')), ['latestTimestamp', 'a', undefined]);
    assert.equal(read(latest, `a${name}`, bytes('17')), undefined);
    assert.equal(read(latest, 'a|__expired_start_gt__', bytes('17')), undefined);
    assert.equal(read('mine', `a|${name}`, bytes('17')), undefined);
    // 8 bytes since 3.16, JSON before.
    const minimum = '__min-eligible-timestamps__';
    const key = 'k|__min_eligible_timestamps__';
    const big = Buffer.from('000001a0c4509434', 'hex');
    assert.deepEqual(read(minimum, key, big), ['minEligibleTimestamp', 'k', 1790000010292n]);
    assert.deepEqual(read(minimum, key, bytes('1790000010292'))?.[2], 1790000010292n);
    assert.equal(read(minimum, key, bytes('12345678'))?.[2], 12345678n);
  });
});

describe('a lookup buffer', () => {
  it('has message keys with what was escaped in them', () => {
    assert.deepEqual(decodeBufferKey(Buffer.from('7f00', 'hex')), { json: 'null' });
    const key = decodeBufferKey(Buffer.from('617f01627f02', 'hex'));
    assert.equal('bytes' in key && Buffer.from(key.bytes).toString('hex'), '617c627f');
    assert.deepEqual(decodeBufferKey(bytes('abc'), 's'), { json: '"abc"' });
    assert.ok('bytes' in decodeBufferKey(Buffer.from('ff', 'hex'), 's'));
  });

  it('has prefixes that come back as the message keys that they are made of', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (messageKey) => {
        const prefix = bufferPrefix(messageKey);
        assert.ok(!prefix.includes(0x7c));
        const key = decodeBufferKey(prefix);
        assert.deepEqual('bytes' in key && [...key.bytes], [...messageKey]);
      }),
    );
    assert.deepEqual(decodeBufferKey(bufferPrefix(undefined)), { json: 'null' });
  });

  it('has envelopes, and nothing else is one', () => {
    const whole = decodeEnvelope(
      bytes(
        '{"v":{"a":1.10},"t":5,"r":6,"h":null,"m":false,"b":[[["a"],"AA=="]],"c":null,"n":null,"o":-1}',
      ),
    );
    assert.equal(text(whole?.value ?? bytes('')), '{"a":1.10}');
    assert.deepEqual(
      [whole?.timestamp, whole?.received, whole?.topic, whole?.offset],
      [5n, 6n, undefined, undefined],
    );
    assert.equal(text(whole?.lifted.bytes ?? bytes('')), '[[["a"],"AA=="]]');
    assert.equal(whole?.lifted.containers, undefined);
    assert.equal(decodeEnvelope(bytes('{"v":1,"t":5}')), undefined);
    assert.equal(decodeEnvelope(bytes('[]')), undefined);
  });
});

describe('a stamp of TTL', () => {
  it('is a plausible time or never, and the inner one where there are two', () => {
    const stamp = (ms: bigint) => {
      const eight = Buffer.alloc(8);
      eight.writeBigUInt64BE(ms);
      return eight;
    };
    const read = (...parts: Buffer[]) => {
      const stamped = decodeStamp(Buffer.concat(parts));
      return stamped && [stamped.expiresAtMs, text(stamped.rest)];
    };
    const soon = 1_790_000_000_000n;
    const never = 2n ** 64n - 1n;
    assert.deepEqual(read(stamp(soon), bytes('1')), [soon, '1']);
    assert.deepEqual(read(stamp(never)), [null, '']);
    assert.deepEqual(read(stamp(1n), bytes('x')), [1n, 'x']);
    assert.equal(read(stamp(0n), bytes('x')), undefined);
    assert.equal(read(stamp(10n ** 15n), bytes('x')), undefined);
    assert.equal(read(bytes('1234567')), undefined);
    assert.deepEqual(read(stamp(soon + 9n), stamp(soon), bytes('"x"')), [soon, '"x"']);
    assert.deepEqual(read(stamp(soon), stamp(never), bytes('"x"')), [null, '"x"']);
    // A payload of 8 bytes is a value, and one outside of the years 2000 to 2126 is no stamp.
    assert.equal(read(stamp(soon), stamp(soon))?.[0], soon);
    assert.equal(read(stamp(soon), stamp(5n), bytes('x'))?.[0], soon);
  });
});

describe('what is read of bytes', () => {
  it('is something or nothing, whatever they are', () => {
    const families = ['__latest-timestamps__', '__min-eligible-timestamps__', '__global-counter__'];
    const key = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc
        .tuple(
          fc.constantFrom('__lookup_buffer_index__|k', '__lookup_buffer_queue__|', 'k|', '\x03'),
          fc.uint8Array({ maxLength: 20 }),
        )
        .map(([head, rest]) => Buffer.concat([Buffer.from(head, 'latin1'), rest])),
    );
    const value = fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.json().map(bytes));
    fc.assert(
      fc.property(key, value, (rawKey, stored) => {
        for (const family of families) decodeBookkeeping(family, rawKey, stored);
        windowKindOf([{ key: rawKey, value: stored }]);
        decodeBufferIndex(rawKey, stored);
        decodeBufferQueue(rawKey);
        decodeBufferKey(rawKey, 's');
        decodeEnvelope(stored);
        decodeCountWindows(stored);
        decodeStamp(stored);
        const part = decodeDictionaryPart(rawKey);
        if (part?.value.format === 'json' && part.type !== 'bytes')
          JSON.parse(text(part.value.bytes));
        for (const { result } of aggregationsOf(stored, 'Mean')) {
          if (result.format === 'json') JSON.parse(text(result.bytes));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of a dictionary comes back: what Python prints of a key finds it', () => {
    fc.assert(
      fc.property(fc.bigInt(), (int) => {
        const keys = dictionaryKeysOf(String(int)).map((key) => decodeDictionaryPart(key));
        const found = keys.find((key) => key?.type === 'int');
        assert.equal(text(found?.value.bytes ?? bytes('')), String(int));
      }),
    );
    for (const [word, hex] of [
      ['inf', '047ff0000000000000'],
      ['-inf', '04fff0000000000000'],
      ['-0.0', '048000000000000000'],
      ['True', '0501'],
      ['1e+300', '047e37e43c8800759c'],
    ] as const) {
      const keys = dictionaryKeysOf(word).map((key) => Buffer.from(key).toString('hex'));
      assert.ok(keys.includes(hex), word);
    }
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (float) => {
        const keys = dictionaryKeysOf(String(float)).map((key) => decodeDictionaryPart(key));
        const found = keys.find((key) => key?.type === 'float');
        assert.equal(Number(text(found?.value.bytes ?? bytes(''))), float === 0 ? 0 : float);
      }),
    );
  });
});
