import assert from 'node:assert/strict';
import type { PartitionUpdate } from '../../../src/statefolder/index';
import { SharedPartitions, type Reader } from '../../../src/ui/state/sharedPartitions';
import { FakeClock } from './fakeClock';

/** Lets every promise that can go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

class FakeReader implements Reader {
  refreshes = 0;
  disposed = false;
  finish: (() => void) | undefined;

  async read<T>(): Promise<T> {
    throw new Error('not read in these tests');
  }

  refresh(): Promise<PartitionUpdate> {
    this.refreshes++;
    return new Promise((resolve) => {
      this.finish = () => resolve({ changed: true, written: undefined, gone: false });
    });
  }

  async dispose(): Promise<void> {
    this.disposed = true;
  }
}

function shared() {
  const clock = new FakeClock();
  const readers: FakeReader[] = [];
  const partitions = new SharedPartitions(() => {
    const reader = new FakeReader();
    readers.push(reader);
    return reader;
  }, clock);
  return { clock, readers, partitions };
}

describe('SharedPartitions', () => {
  it('has one refresh in flight and one waiting, however often changes are reported', async () => {
    const { clock, readers, partitions } = shared();
    let updates = 0;
    partitions.at('/p').listen({
      isShown: () => true,
      updated: async () => void updates++,
      failed: () => undefined,
    });
    for (let i = 0; i < 10; i++) partitions.changed('/p');
    assert.equal(readers[0]?.refreshes, 1);
    readers[0].finish?.();
    await settle();
    assert.equal(updates, 1);
    assert.equal(readers[0].refreshes, 1);
    clock.advance(50);
    assert.equal(readers[0].refreshes, 2);
    readers[0].finish?.();
    await settle();
    clock.advance(1000);
    assert.equal(readers[0].refreshes, 2);
  });

  it('reads nothing while nobody shows it, and once when it is shown', async () => {
    const { readers, partitions } = shared();
    let visible = false;
    partitions.at('/p').listen({
      isShown: () => visible,
      updated: async () => undefined,
      failed: () => undefined,
    });
    partitions.changed('/p');
    partitions.changed('/p');
    assert.equal(readers[0]?.refreshes, 0);
    visible = true;
    partitions.shown();
    assert.equal(readers[0].refreshes, 1);
  });

  it('keeps eight that nobody shows, and closes the oldest of more', async () => {
    const { readers, partitions } = shared();
    const listener = {
      isShown: () => true,
      updated: async () => undefined,
      failed: () => undefined,
    };
    const stop = partitions.at('/shown').listen(listener);
    for (let i = 0; i < 10; i++) partitions.at(`/idle${i}`);
    assert.deepEqual(
      readers.map(({ disposed }) => disposed),
      [false, true, true, ...Array<boolean>(8).fill(false)],
    );
    stop();
    assert.equal(readers.filter(({ disposed }) => disposed).length, 3);
  });
});
