import assert from 'node:assert/strict';
import { openedAsSetting, parseOpenedAs } from '../../../src/ui/value/openedAs';

describe('what values are opened as', () => {
  it('is a name, or an object with a schema', () => {
    assert.deepEqual(parseOpenedAs('pickle'), { format: 'pickle' });
    const avro = { format: 'avro', schema: 'a.avsc' } as const;
    assert.deepEqual(parseOpenedAs(avro), avro);
    const protobuf = { format: 'protobuf', schema: 'a.proto', message: 'shop.Order' } as const;
    assert.deepEqual(parseOpenedAs(protobuf), protobuf);
    assert.deepEqual(parseOpenedAs({ ...avro, message: 'M' }), avro);
    assert.deepEqual(parseOpenedAs({ format: 'cbor', schema: 'a.avsc' }), { format: 'cbor' });
    for (const own of [{ format: 'pickle' } as const, avro, protobuf]) {
      assert.deepEqual(parseOpenedAs(openedAsSetting(own)), own);
    }
    assert.equal(openedAsSetting({ format: 'pickle' }), 'pickle');
  });

  it('is nothing, where a setting says something else', () => {
    for (const none of [undefined, null, 7, 'auto', 'python', {}, { format: 'x' }, [], ['json']]) {
      assert.equal(parseOpenedAs(none), undefined);
    }
  });
});
