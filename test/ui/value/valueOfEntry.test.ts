import assert from 'node:assert/strict';
import { decodeValue, type StateEntry } from '../../../src/quixstreams/index';
import { isOfApp, valueOf } from '../../../src/ui/value/valueOfEntry';

describe('the value of an entry', () => {
  const entry: StateEntry = {
    columnFamily: 'default',
    rawKey: Buffer.from('k'),
    type: 'kv',
    key: { bytes: Buffer.from('k') },
    value: decodeValue(Buffer.from('067e', 'hex')),
  };

  it('is without its type in a dictionary of rocksdict', () => {
    const value = decodeValue(Buffer.from('7e', 'hex'));
    const part = { type: 'pickle', value } as const;
    assert.equal(
      valueOf({ ...entry, meaning: { kind: 'dictionary', key: part, value: part } }),
      value,
    );
    assert.equal(valueOf(entry), entry.value);
  });

  it('is the app’s, or noted by Quix Streams for itself', () => {
    assert.equal(isOfApp(entry), true);
    assert.equal(isOfApp({ ...entry, type: 'metadata' }), false);
    const fact = { kind: 'fact', fact: 'changelogOffset', value: 1n } as unknown;
    assert.equal(isOfApp({ ...entry, type: 'raw', meaning: fact as StateEntry['meaning'] }), false);
  });
});
