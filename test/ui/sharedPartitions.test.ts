import assert from 'node:assert/strict';
import type { PartitionUpdate } from '../../src/statefolder/index';
import { Liveness } from '../../src/ui/liveness';
import { SharedPartitions, type Reader } from '../../src/ui/sharedPartitions';
import type { PartitionNode } from '../../src/ui/treeNodes';
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

describe('Liveness', () => {
  function watched(holder?: number, since?: number) {
    const clock = new FakeClock();
    const node = { path: '/p', live: undefined } as PartitionNode;
    const changes: unknown[] = [];
    const signs = { pid: holder };
    const liveness = new Liveness(
      { lockHolder: async () => signs.pid, runningSince: () => since },
      () => [node],
      (nodes) => changes.push(...nodes.map(({ live }) => live?.kind)),
      clock,
    );
    return { clock, liveness, node, changes, signs };
  }

  it('takes the holder of the lock', async () => {
    const { liveness, node, changes, signs } = watched(4711);
    await liveness.check();
    assert.deepEqual(node.live, { kind: 'lock', pid: 4711 });
    await liveness.check();
    signs.pid = undefined;
    liveness.grew('/p'); // what it wrote last
    await liveness.check();
    assert.deepEqual(changes, ['lock', undefined]);
  });

  it('takes a log that grew within 15 seconds', async () => {
    const { clock, liveness, node } = watched();
    await liveness.check();
    assert.equal(node.live, undefined);
    liveness.grew('/p');
    clock.advance(15_000);
    await liveness.check();
    assert.deepEqual(node.live, { kind: 'growing' });
    clock.advance(1);
    await liveness.check();
    assert.equal(node.live, undefined);
  });

  it('takes our own run, once it wrote', async () => {
    const { clock, liveness } = watched(undefined, 1000);
    clock.advance(500);
    liveness.grew('/p');
    clock.advance(60_000);
    assert.equal(await liveness.reasonOf('/p'), undefined);
    liveness.grew('/p');
    clock.advance(60_000);
    assert.deepEqual(await liveness.reasonOf('/p'), { kind: 'run' });
  });

  it('looks every two seconds while it is started', async () => {
    const { clock, liveness, changes, signs } = watched();
    liveness.start();
    clock.advance(0);
    await settle();
    signs.pid = 1;
    clock.advance(2000);
    await settle();
    assert.deepEqual(changes, ['lock']);
    liveness.stop();
    signs.pid = undefined;
    clock.advance(10_000);
    await settle();
    assert.deepEqual(changes, ['lock']);
  });
});
