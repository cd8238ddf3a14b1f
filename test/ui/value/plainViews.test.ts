import assert from 'node:assert/strict';
import { FormatError } from '../../../src/quixstreams/index';
import { plainLine, plainText } from '../../../src/ui/value/plainViews';

const eight = (number: bigint, little: boolean) => {
  const bytes = Buffer.alloc(8);
  if (little) bytes.writeBigInt64LE(number);
  else bytes.writeBigInt64BE(number);
  return bytes;
};

describe('plain views', () => {
  it('write eight bytes as an integer in both orders', () => {
    assert.equal(
      plainText('integer', eight(407n, true)),
      '407                   little-endian\n10880978174703828992  big-endian\n-7565765899005722624  big-endian, signed\n',
    );
    assert.equal(
      plainLine('integer', eight(1n, false), 60),
      '72057594037927936 (little-endian), 1 (big-endian)',
    );
    assert.throws(() => plainText('integer', Buffer.from('123')), FormatError);
  });

  it('write ms since epoch as a time, from text and from eight bytes', () => {
    const time = '2026-11-24T03:32:50.123Z';
    const ms = BigInt(Date.parse(time));
    assert.equal(plainText('time', Buffer.from(String(ms))), `${time}\n`);
    assert.equal(plainText('time', eight(ms, true)), `${time}  little-endian\n`);
    assert.equal(plainLine('time', eight(ms, false), 60), `${time} (big-endian)`);
    for (const none of ['', 'now', '1.5', '99999999999999999', 'aaaaaaaa']) {
      assert.throws(() => plainText('time', Buffer.from(none)), FormatError, none);
    }
  });

  it('write Base64 in lines of 76, and hex', () => {
    const text = plainText('base64', Buffer.alloc(60, 1));
    assert.deepEqual(
      text.split('\n').map((line) => line.length),
      [76, 4, 0],
    );
    assert.deepEqual(Buffer.from(text, 'base64'), Buffer.alloc(60, 1));
    assert.equal(plainLine('base64', Buffer.from('abc'), 60), 'YWJj');
    assert.equal(plainLine('hex', Buffer.from('00ff', 'hex'), 60), '00ff');
    assert.match(plainText('hex', Buffer.from('00ff', 'hex')), /^00000000 {2}00 ff/);
  });
});
