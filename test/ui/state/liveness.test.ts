import assert from 'node:assert/strict';
import { Liveness } from '../../../src/ui/state/liveness';
import type { Origin, PartitionNode, StateNode } from '../../../src/ui/state/treeNodes';
import { FakeClock } from './fakeClock';

/** Lets every promise that can go on do so. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('Liveness', () => {
  function watched(holder?: number, since?: number) {
    const clock = new FakeClock();
    const node = { path: '/p', live: undefined } as PartitionNode;
    const changes: unknown[] = [];
    const signs = { pid: holder };
    const liveness = new Liveness(
      {
        lockHolder: async () => signs.pid,
        runningSince: () => since,
        replicasAt: () => 0,
        replicaOf: async () => undefined,
        originOf: () => undefined,
      },
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

  it('looks every second while it is started', async () => {
    const { clock, liveness, changes, signs } = watched();
    liveness.start();
    clock.advance(0);
    await settle();
    signs.pid = 1;
    clock.advance(1000);
    await settle();
    assert.deepEqual(changes, ['lock']);
    liveness.stop();
    signs.pid = undefined;
    clock.advance(10_000);
    await settle();
    assert.deepEqual(changes, ['lock']);
  });

  /** Two partitions of one folder, each with its lock's holder. */
  function shared(holders: Record<string, number | undefined>, replicas: Record<number, number>) {
    const nodes = Object.keys(holders).map((path) => ({ path, live: undefined }) as PartitionNode);
    const changes: string[] = [];
    const signs = { origin: undefined as Origin | undefined };
    const liveness = new Liveness(
      {
        lockHolder: async (path) => holders[path],
        runningSince: () => 0,
        replicasAt: () => Object.keys(replicas).length,
        replicaOf: async (_, pid) => replicas[pid ?? 0],
        originOf: () => signs.origin,
      },
      () => nodes,
      (changed) => changes.push(...changed.map(({ path }) => path)),
      new FakeClock(),
    );
    return { liveness, nodes, changes, signs };
  }

  it('says which replica has a partition, and follows it to another', async () => {
    const holders: Record<string, number | undefined> = { '/0': 10, '/1': 20 };
    const { liveness, nodes, changes } = shared(holders, { 10: 1, 20: 2 });
    await liveness.check();
    assert.deepEqual(
      nodes.map(({ owner }) => owner),
      [
        { kind: 'replica', number: 1 },
        { kind: 'replica', number: 2 },
      ],
    );
    holders['/1'] = 10;
    await liveness.check();
    assert.deepEqual(nodes[1]?.owner, { kind: 'replica', number: 1 });
    assert.deepEqual(changes, ['/0', '/1', '/1']);
  });

  it('names processes that are not ours where there are several, and none where there is one', async () => {
    const holders: Record<string, number | undefined> = { '/0': 10, '/1': 20 };
    const { liveness, nodes } = shared(holders, {});
    await liveness.check();
    assert.deepEqual(nodes[1]?.owner, { kind: 'process', pid: 20 });
    holders['/1'] = 10;
    await liveness.check();
    assert.deepEqual(
      nodes.map(({ owner }) => owner),
      [undefined, undefined],
    );
  });

  it('takes two apps, each with its own group, for no replicas', async () => {
    const { liveness, nodes } = shared({ '/0': 10, '/1': 20 }, {});
    for (const [i, node] of nodes.entries()) {
      node.parent = { kind: 'group', id: `group ${i}` } as StateNode;
    }
    await liveness.check();
    assert.deepEqual(
      nodes.map(({ owner }) => owner),
      [undefined, undefined],
    );
  });

  it('tells rows how their state came when that becomes known', async () => {
    const { liveness, nodes, changes, signs } = shared({ '/0': 10 }, { 10: 1 });
    await liveness.check();
    signs.origin = { kind: 'kept', before: 14n };
    await liveness.check();
    assert.deepEqual(nodes[0]?.origin, { kind: 'kept', before: 14n });
    assert.deepEqual(changes, ['/0', '/0']);
  });
});
