import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import zlib from 'node:zlib';
import { formats } from '../../../src/quixstreams/formats/formats';
import type { FormatId } from '../../../src/quixstreams/formats/valueFormat';
import { written } from './fixtures';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

function bigEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}

function littleEndian(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return bytes;
}

/** Bytes that are the same each time, and of which each is as likely as any other. */
function noise(seed: number, length: number): Buffer {
  let bytes = Buffer.alloc(0);
  for (let part = 0; bytes.length < length; part++) {
    bytes = Buffer.concat([bytes, createHash('sha256').update(`${seed} ${part}`).digest()]);
  }
  return bytes.subarray(0, length);
}

const png = hex('89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de');

const lookAlikes: readonly (readonly [what: string, bytes: Uint8Array, format: FormatId])[] = [
  ['nothing', Buffer.alloc(0), 'bytes'],
  ['0 as u64', bigEndian(0n), 'bytes'],
  ['a changelog offset', bigEndian(14n), 'bytes'],
  ['a time stamp', bigEndian(1764000000000n), 'bytes'],
  ['never, as an expiry', hex('ffffffffffffffff'), 'bytes'],
  ['-1.0, big-endian', hex('bff0000000000000'), 'bytes'],
  ['407, little-endian: a list of seven ints of MessagePack', littleEndian(407n), 'bytes'],
  ['1,927, little-endian: one of CBOR', littleEndian(1927n), 'bytes'],
  ['a map of ints of MessagePack, or a list of CBOR', hex('83010203040506'), 'bytes'],
  ['an int of MessagePack', hex('05'), 'bytes'],
  ['a str of MessagePack', hex('a3616263'), 'bytes'],
  ['one byte 80: an empty map of MessagePack, an empty list of CBOR', hex('80'), 'bytes'],
  ['one byte a0: an empty map of CBOR, an empty str of MessagePack', hex('a0'), 'bytes'],
  ['c0: None of MessagePack', hex('c0'), 'bytes'],
  ['a message of Protobuf', hex('0a0568656c6c6f10960118c801'), 'bytes'],
  ['a value of Confluent', hex('0000000007020a68656c6c6f'), 'bytes'],
  ['a UUID', hex('123456789abc4ef081346789abcdef01'), 'bytes'],
  ['three floats', Buffer.from(new Float32Array([0.1, 1.5, -2]).buffer), 'bytes'],
  ['three doubles', Buffer.from(new Float64Array([0.1, 1.5, -2]).buffer), 'bytes'],
  ['the beginning of a PNG', png, 'bytes'],
  ['the beginning of a JPEG', hex('ffd8ffe000104a46494600010100'), 'bytes'],
  ['a magic number of gzip and no more', hex('1f8b0800000000000003'), 'bytes'],
  ['a magic number of zstd and no more', hex('28b52ffd'), 'bytes'],
  ['protocol 2 of pickle and no more', hex('8002'), 'bytes'],
  ['a pickle that is cut', hex('80024b05'), 'bytes'],
  ['text in UTF-16', Buffer.from('text', 'utf16le'), 'bytes'],
  ['text in latin-1', Buffer.from('größer', 'latin1'), 'bytes'],
  ['text with a control character', Buffer.from('a\x1b[1mb'), 'bytes'],

  ['a letter', Buffer.from('a'), 'text'],
  ['N., which is None for a pickle', Buffer.from('N.'), 'text'],
  ['I1, which is 1 for a pickle', Buffer.from('I1\n.'), 'text'],
  ['a list of a pickle, by its text', Buffer.from('(l.'), 'text'],
  ['a sentence', Buffer.from('Is this a pickle? No.'), 'text'],
  ['text with accents', Buffer.from('größer'), 'text'],
  ['what is nearly JSON', Buffer.from('{"a": 1,}'), 'text'],
  ['JSON that is cut', Buffer.from('{"a": [1, 2'), 'text'],
  ['a time', Buffer.from('2026-11-24T03:32:50Z'), 'text'],

  ['a number as text', Buffer.from('14'), 'json'],
  ['a long number', Buffer.from('123456789012345678901234567890.10'), 'json'],
  ['orjson', Buffer.from('{"a":[1,2.5,null],"ü":"x"}'), 'json'],
  ["Python's json", Buffer.from('{"a": NaN, "b": [-Infinity, Infinity]}'), 'json'],
  ['a key twice', Buffer.from('{"a":1,"a":2}'), 'json'],
  ['JSON with spaces around', Buffer.from(' [1] \n'), 'json'],

  ['a pickle of protocol 0', Buffer.from('(lp0\nI1\na.'), 'pickle'],
  ['a pickle of an int', hex('80054b052e'), 'pickle'],
  ['a mapping of MessagePack', hex('81a16101'), 'messagepack'],
  ['a mapping of CBOR', hex('a1616101'), 'cbor'],
  ['CBOR that says so', hex('d9d9f7a1616101'), 'cbor'],
  ['a list of mappings of MessagePack', hex('9181a16101'), 'messagepack'],
  ['a list of mappings of CBOR', hex('81a1616101'), 'cbor'],
];

describe('auto', () => {
  for (const [what, bytes, format] of lookAlikes) {
    it(`${what}: ${format}`, () => {
      assert.equal(formats.auto(bytes).format, format);
      const packed = formats.auto(zlib.gzipSync(bytes));
      assert.deepEqual([packed.format, packed.within], [format, ['gzip']]);
    });
  }

  it('what is larger than a row decodes is JSON, text or bytes', () => {
    const mapping = Buffer.concat([hex('81a161c600100000'), Buffer.alloc(1 << 20)]);
    assert.equal(formats.auto(mapping).format, 'bytes');
    assert.equal(formats.decode(mapping, 'messagepack').format, 'messagepack');
    assert.equal(formats.auto(mapping, mapping.length).format, 'messagepack');
    assert.equal(formats.auto(Buffer.from(`"${'x'.repeat(1 << 20)}"`)).format, 'json');
  });

  it('noise is bytes: of 50,000 pieces of 4 to 64 bytes none is taken for a binary format', () => {
    const all = noise(1, 1 << 20);
    const taken: string[] = [];
    for (let i = 0; i < 50_000; i++) {
      const at = (i * 19) % (all.length - 64);
      const piece = all.subarray(at, at + 4 + (i % 61));
      const { format } = formats.auto(piece);
      if (!['bytes', 'text', 'json'].includes(format))
        taken.push(`${format} ${piece.toString('hex')}`);
    }
    assert.deepEqual(taken, []);
  }).timeout(60_000);

  it('what Python wrote is never taken for another binary format', () => {
    for (const format of ['pickle', 'messagepack', 'cbor'] as const) {
      for (const { name, bytes } of written(`${format}.jsonl`)) {
        const told = formats.auto(bytes).format;
        assert.ok([format, 'json', 'text', 'bytes'].includes(told), `${format} ${name}: ${told}`);
      }
    }
  });
});
