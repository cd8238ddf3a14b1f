import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  parseValueUri,
  pathSegment,
  valueUriParts,
  type ShownAs,
  type ValueAddress,
} from '../../../src/ui/value/valueUri';

const total: ValueAddress = {
  partition: '/app/state/group/default/f-in/0',
  authority: '',
  columnFamily: 'default',
  key: new TextEncoder().encode('PC1|"total"'),
  as: 'auto',
};
const names = { messageKey: 'PC1', key: 'total', extension: 'json' };

describe('value URIs', () => {
  it('have the form that links and people rely on', () => {
    assert.deepEqual(valueUriParts(total, names), {
      authority: '',
      path: '/app/state/group/default/f-in/0/PC1/total.json',
      query: 'cf=default&key=5043317c22746f74616c22&as=auto&at=now',
    });
  });

  it('give back partition, column family and key, whatever the names', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'binary' }),
        fc.string({ unit: 'grapheme' }),
        fc.constantFrom<ShownAs>(
          'auto',
          'entry',
          { format: 'pickle' },
          { format: 'avro', schema: '/app/schemas/ä & b=c.avsc' },
          { format: 'protobuf', schema: 'c:\\a.proto', message: 'shop.Order' },
        ),
        (key, messageKey, stateKey, columnFamily, as) => {
          const address = { ...total, key, columnFamily, as };
          const parts = valueUriParts(address, { messageKey, key: stateKey, extension: 'txt' });
          assert.deepEqual(parseValueUri(parts), { ...address, key: Uint8Array.from(key) });
        },
      ),
    );
  });

  it('take a name as one harmless segment of at most 60 characters', () => {
    assert.equal(pathSegment('a/b\\c'), 'a_b_c');
    assert.equal(pathSegment('..'), '___');
    assert.equal(pathSegment(''), '_');
    assert.equal(pathSegment('\u202egnp.exe\u0007'), '_gnp.exe_');
    assert.equal(pathSegment('x'.repeat(100)).length, 60);
    assert.equal(pathSegment('Zürich 😀'), 'Zürich 😀');
  });

  it('of another form are refused', () => {
    const parts = valueUriParts(total, names);
    for (const query of [
      '',
      'cf=default',
      'cf=default&key=xy&as=auto&at=now',
      'cf=%&key=&as=auto&at=now',
      parts.query.replace('auto', 'python'),
      parts.query.replace('now', '3'),
    ]) {
      assert.equal(parseValueUri({ ...parts, query }), undefined, query);
    }
    assert.equal(parseValueUri({ ...parts, path: '/x' }), undefined);
  });
});
