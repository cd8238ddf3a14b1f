import assert from 'node:assert/strict';
import { isInRange, parseTimeRange } from '../../../src/quixstreams/filter/filterTime';
import { FilterError, parseFilter } from '../../../src/quixstreams/filter/keyFilter';
import { compilePattern } from '../../../src/quixstreams/filter/patterns';
import {
  pythonLiteral,
  typedPrefixes,
  typedRanges,
} from '../../../src/quixstreams/filter/typedKeys';

const parse = (text: string) => parseFilter(text, compilePattern);
const terms = (text: string) =>
  parse(text).terms.map(({ negated, ...term }) => {
    const what = term.kind === 'pattern' ? 'pattern' : JSON.stringify(term);
    return `${negated ? 'not ' : ''}${what}`;
  });

describe('a filter', () => {
  it('has terms of text, keys, expressions and states, each of which may be negated', () => {
    assert.deepEqual(terms(' Total  -key:PC* /a b/i expired:no'), [
      '{"kind":"text","text":"total"}',
      'not {"kind":"key","text":"PC","open":true}',
      'pattern',
      '{"kind":"expired","expired":false}',
    ]);
    assert.equal(parse('  PC1 total ').text, 'PC1 total');
    assert.deepEqual(terms('-'), ['{"kind":"text","text":"-"}']);
    assert.deepEqual(terms('state:total'), ['{"kind":"text","text":"state:total"}']);
  });

  it('takes quotes and literals of Python for what they hold', () => {
    assert.deepEqual(terms(String.raw`"two \"words\"" key:"a *"* key:"a*" key:b'\x00 x'*`), [
      String.raw`{"kind":"text","text":"two \"words\""}`,
      '{"kind":"key","text":"a *","open":true}',
      '{"kind":"key","text":"a*","open":false}',
      String.raw`{"kind":"key","text":"b'\\x00 x'","open":true}`,
    ]);
    assert.deepEqual(terms('key:*'), ['{"kind":"key","text":"","open":true}']);
  });

  it('takes slashes within an expression', () => {
    const [term] = parse(String.raw`/a/b\/c/`).terms;
    assert.ok(term?.kind === 'pattern');
    assert.ok(term.pattern.test('xa/b/cx'));
    assert.ok(!term.pattern.test('A/B/C'));
  });

  it('says what it does not understand', () => {
    const code = (text: string) => {
      try {
        parse(text);
      } catch (error) {
        assert.ok(error instanceof FilterError);
        return `${error.code} ${error.term}`;
      }
      return undefined;
    };
    assert.equal(code(' '), 'noTerm  ');
    assert.equal(code('x "two'), 'openQuote "two');
    assert.equal(code('/a'), 'openPattern /a');
    assert.equal(code('//'), 'openPattern //');
    assert.equal(code('/(a/'), 'pattern /(a/');
    assert.equal(code('/(?<=a)b/'), 'pattern /(?<=a)b/');
    assert.equal(code(String.raw`/((a?){100}){9}/`), 'largePattern /((a?){100}){9}/');
    assert.equal(code(`/${'a'.repeat(2000)}/`)?.slice(0, 12), 'largePattern');
    assert.equal(code('key:'), 'key key:');
    assert.equal(code('expired:maybe'), 'expired expired:maybe');
    assert.equal(code('time:3:32'), 'time time:3:32');
  });

  it('meets an expression that would run for ever in linear time', () => {
    const pattern = compilePattern('(a+)+$', false);
    assert.ok('test' in pattern);
    assert.equal(pattern.test(`${'a'.repeat(50_000)}!`), false);
  });

  it('reads times with and without dates, and open ends', () => {
    const at = (text: string) => BigInt(Date.parse(text));
    const day = at('2026-11-24T00:00Z');
    const minute = 60_000n;
    const of = (daily: boolean, from: bigint | undefined, to: bigint | undefined) => ({
      daily,
      from,
      to,
    });
    assert.deepEqual(parseTimeRange('03:32..03:33'), of(true, 212n * minute, 213n * minute));
    assert.deepEqual(parseTimeRange('03:32'), of(true, 212n * minute, 213n * minute));
    assert.deepEqual(parseTimeRange('00:00:01.5'), of(true, 1500n, 1501n));
    assert.deepEqual(parseTimeRange('2026-11-24'), of(false, day, day + 86_400_000n));
    assert.deepEqual(
      parseTimeRange('2026-11-24T03:32..03:33Z'),
      of(false, day + 212n * minute, day + 213n * minute),
    );
    assert.deepEqual(parseTimeRange('2026-11-24..'), of(false, day, undefined));
    assert.deepEqual(
      parseTimeRange('..2026-11-24 03:32'),
      of(false, undefined, day + 212n * minute),
    );
    for (const wrong of [
      ...[
        '',
        '..',
        'x',
        '24:00',
        '03:60',
        '03:32..2026-11-24',
        '03:32..03:32',
        '2026-02-30',
        '1..2..3',
      ],
      '2026-11-24..2026-11-23',
      'Z',
    ]) {
      assert.equal(parseTimeRange(wrong), undefined, wrong);
    }
  });

  it('finds times of day in windows of any day, over midnight too', () => {
    const at = (text: string) => BigInt(Date.parse(text));
    const isIn = (range: string, start: string, ms: number) => {
      const parsed = parseTimeRange(range);
      assert.ok(parsed);
      return isInRange(parsed, at(start), at(start) + BigInt(ms));
    };
    assert.ok(isIn('03:32..03:33', '2026-11-24T03:32:50Z', 10_000));
    assert.ok(!isIn('03:32..03:33', '2026-11-24T03:33:00Z', 10_000));
    assert.ok(!isIn('03:32..03:33', '2026-11-24T03:31:50Z', 10_000));
    assert.ok(isIn('23:50..00:10', '2026-11-24T00:05:00Z', 1));
    assert.ok(isIn('23:50..00:10', '2026-11-24T23:55:00Z', 1));
    assert.ok(!isIn('23:50..00:10', '2026-11-24T12:00:00Z', 1));
    assert.ok(isIn('00:00..00:01', '2026-11-24T23:59:00Z', 120_000));
    assert.ok(isIn('12:00..', '2026-11-24T12:00:00Z', 1));
    assert.ok(!isIn('..12:00', '2026-11-24T12:00:00Z', 1));
    assert.ok(isIn('2026-11-24..', '2026-11-25T12:00:00Z', 1));
  });

  it('knows how a typed message key may stand in a store', () => {
    const prefixes = (text: string, open = false, kind: 'default' | 'lookupBuffer' = 'default') =>
      typedPrefixes({ text, open }, kind).map((bytes) => Buffer.from(bytes).toString('latin1'));
    assert.deepEqual(prefixes('PC1'), ['PC1', '"PC1"']);
    assert.deepEqual(prefixes('PC', true), ['PC', '"PC']);
    assert.deepEqual(prefixes('é"'), ['Ã©"', '"Ã©\\""', '"\\u00e9\\""']);
    assert.deepEqual(prefixes(String.raw`b'\x00|'`), [
      String.raw`b'\x00|'`,
      String.raw`"b'\\x00|'"`,
      '\0|',
    ]);
    assert.deepEqual(prefixes('a|b', false, 'lookupBuffer'), ['a\x7f\x01b']);
    assert.deepEqual(prefixes('null', false, 'lookupBuffer'), ['null', '\x7f\0']);
    assert.deepEqual(prefixes('', true), ['']);
    assert.deepEqual(prefixes(''), []);
  });

  it('seeks in key order, in ranges that do not overlap', () => {
    const ranges = (typed: string[], open: boolean) =>
      typedRanges(
        typed.map((one) => Buffer.from(one, 'latin1')),
        open,
      ).map(({ from, to }) => [
        Buffer.from(from).toString('latin1'),
        to && Buffer.from(to).toString('latin1'),
      ]);
    assert.deepEqual(ranges(['PC', '"PC'], true), [
      ['"PC', '"PD'],
      ['PC', 'PD'],
    ]);
    assert.deepEqual(ranges(['PC1', '"PC1"'], false), [
      ['"PC1"|', '"PC1"}'],
      ['PC1|', 'PC1}'],
    ]);
    assert.deepEqual(ranges(['"', '""'], true), [['"', '#']]);
    assert.deepEqual(ranges(['\xff', 'a'], true), [
      ['a', 'b'],
      ['\xff', undefined],
    ]);
    assert.deepEqual(ranges([''], true), [['', undefined]]);
  });

  it('reads bytes as Python prints them', () => {
    const read = (text: string) => {
      const bytes = pythonLiteral(text);
      return bytes && Buffer.from(bytes).toString('latin1');
    };
    assert.equal(read(String.raw`b'\x00\xffbin'`), '\0\xffbin');
    assert.equal(read(String.raw`b"it's\t\\"`), "it's\t\\");
    assert.equal(read(String.raw`b'\x00`), '\0');
    for (const other of ["b'a'b'", 'bin', String.raw`b'\q'`, "b'é'", String.raw`b'\x0`]) {
      assert.equal(read(other), undefined, other);
    }
  });
});
