import assert from 'node:assert/strict';
import { Emitter } from '../../src/statefolder/index';

describe('Emitter', () => {
  it('tells its listeners until they are disposed', () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    const listener = emitter.event((event) => heard.push(event));
    emitter.fire(1);
    listener.dispose();
    emitter.fire(2);
    emitter.event((event) => heard.push(event));
    emitter.dispose();
    emitter.fire(3);
    assert.deepEqual(heard, [1]);
  });

  it('tells those alone that listened when it was fired', () => {
    const emitter = new Emitter<void>();
    let calls = 0;
    emitter.event(() => {
      calls++;
      emitter.event(() => calls++);
    });
    emitter.fire();
    assert.equal(calls, 1);
  });
});
