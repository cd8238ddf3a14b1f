import assert from 'node:assert/strict';
import { FormatError } from '../../../src/quixstreams/index';
import { formatProblem, formatWords } from '../../../src/ui/value/formatWords';
import { translate } from '../state/treeHarness';

describe('format words', () => {
  it('say which format it is, and what it is inside of', () => {
    const words = (facts: Parameters<typeof formatWords>[0]) => formatWords(facts, translate);
    assert.equal(words({ format: 'pickle', within: [], protocol: 4 }), 'Pickle, protocol 4');
    assert.equal(words({ format: 'pickle', within: [] }), 'Pickle');
    assert.equal(words({ format: 'messagepack', within: ['gzip'] }), 'MessagePack in gzip');
    assert.equal(words({ format: 'json', within: ['zstd', 'gzip'] }), 'JSON in gzip in zstd');
    assert.equal(words({ format: 'avro', within: [], schemaId: 7 }), 'Avro, schema 7');
    assert.equal(words({ format: 'hex', within: [] }), 'hex dump');
  });

  it('say why a format does not fit', () => {
    const problem = (error: unknown) => formatProblem(error, 'cbor', translate);
    assert.equal(
      problem(new FormatError('mismatch', 'ends too early', 12)),
      'This is not CBOR: ends too early at byte 12.',
    );
    assert.equal(
      problem(new FormatError('limit', 'nested too deep')),
      'This cannot be read as CBOR: nested too deep.',
    );
    assert.equal(
      problem(new FormatError('schema', 'no message \u202e')),
      'The schema cannot be used: no message \\u202e.',
    );
    assert.equal(problem(new Error('else')), undefined);
  });
});
