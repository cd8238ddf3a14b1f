import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import {
  isFormatError,
  loadFormats,
  type FormatId,
  type ValueFormats,
} from '../../../src/quixstreams/index';

const root = path.resolve(import.meta.dirname, '../../..');
const hex = (text: string) => Buffer.from(text, 'hex');

describe('loadFormats', function () {
  this.timeout(30_000);
  let folder: string;
  let formats: ValueFormats;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-formats-'));
    const outfile = path.join(folder, 'formats.js');
    await build({
      absWorkingDir: root,
      entryPoints: ['src/quixstreams/formats/formats.ts'],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
    formats = await loadFormats(outfile);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('gives every format as a line and as a document', () => {
    const reading = '{"type":"record","name":"R","fields":[{"name":"a","type":"int"}]}';
    const proto = 'syntax = "proto3"; message M { int32 a = 1; }';
    const values: [FormatId, Uint8Array, string?][] = [
      ['pickle', hex('80027d5801000000614b01732e')],
      ['messagepack', hex('81a16101')],
      ['cbor', hex('a1616101')],
      ['avro', hex('02'), reading],
      ['protobuf', hex('0801'), proto],
    ];
    for (const [format, bytes, schema] of values) {
      const decoded = formats.decode(bytes, format, schema === undefined ? undefined : { schema });
      assert.equal(formats.line(decoded, 60), `{'a': 1}`);
      assert.deepEqual(formats.text(decoded), { text: `{'a': 1}\n`, language: 'python' });
    }
  });

  it('gives JSON, text and bytes as they are stored', () => {
    const line = (text: string) => formats.line(formats.auto(Buffer.from(text)), 20);
    assert.equal(line('{"a": 12345678901234567890}'), '{"a": 1234567890123…');
    assert.equal(line('plain\x1b'), `b'plain\\x1b'`);
    assert.deepEqual(formats.text(formats.auto(Buffer.from('[1.0,\n NaN]'))), {
      text: '[1.0,\n NaN]',
      language: 'json',
    });
    assert.equal(formats.text(formats.auto(Buffer.from('text'))).language, 'plaintext');
    assert.deepEqual(formats.text(formats.decode(hex('00ff'), 'bytes')), {
      text: `b'\\x00\\xff'`,
      language: 'python',
    });
  });

  it('tells what does not fit by errors that another bundle knows', () => {
    for (const format of [
      'json',
      'text',
      'pickle',
      'messagepack',
      'cbor',
      'avro',
      'protobuf',
    ] as const) {
      assert.throws(() => formats.decode(hex('c1ff'), format), isFormatError, format);
    }
    assert.equal(isFormatError(new Error('another')), false);
    assert.deepEqual(formats.messageNames('syntax = "proto3"; message M {}'), ['M']);
  });
});
