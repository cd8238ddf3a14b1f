import assert from 'node:assert/strict';
import { AppProgress, lockRetryMs, type AppLogEvent } from '../../src/app/index';
import { eventsOf, logText, progressOf } from './logFixtures';

const partition = (number: number) => `changelog__g--t--default[${number}]`;

const recovering = (number: number, done: bigint, total: bigint): AppLogEvent => ({
  kind: 'recovering',
  partition: partition(number),
  done,
  total,
});

function after(...events: readonly AppLogEvent[]): AppProgress {
  const progress = new AppProgress(() => 0);
  for (const event of events) progress.heard(event);
  return progress;
}

describe('AppProgress', () => {
  it('starts, and knows nothing yet', () => {
    const { status, broker, group, stateFolder, failedMessage, exceptions } = after();
    assert.deepEqual(status, { kind: 'starting' });
    assert.deepEqual([broker, group, stateFolder, failedMessage], new Array(4).fill(undefined));
    assert.deepEqual(exceptions, []);
  });

  it('knows what a real app uses', () => {
    const { broker, group, stateFolder, status } = progressOf(logText('quixstreams-3.28.1/run'));
    assert.equal(broker, '127.0.0.1:37677');
    assert.equal(group, 'failing');
    assert.equal(stateFolder, '/home/dev/app/state');
    assert.deepEqual(status, { kind: 'stopping' });
  });

  it('follows the partitions that a real app has open', () => {
    const progress = new AppProgress();
    const seen: string[][] = [];
    for (const event of eventsOf(logText('quixstreams-3.28.1/recovery'))) {
      progress.heard(event);
      if (event.kind === 'opened' || event.kind === 'closed') seen.push([...progress.open]);
    }
    assert.deepEqual(seen, [['/home/dev/app/state2/failing/default/readings/0'], []]);
  });

  it('runs before it recovers, and again when all partitions have', () => {
    const progress = after({ kind: 'running' });
    assert.deepEqual(progress.status, { kind: 'running' });
    progress.heard(recovering(0, 10n, 100n));
    progress.heard(recovering(1, 5n, 9007199254740993n));
    assert.deepEqual(progress.status, { kind: 'recovering', done: 15n, total: 9007199254741093n });
    progress.heard(recovering(0, 60n, 100n));
    assert.deepEqual(progress.status, { kind: 'recovering', done: 65n, total: 9007199254741093n });
    progress.heard({ kind: 'recovered', partition: partition(0) });
    assert.equal(progress.status.kind, 'recovering');
    progress.heard({ kind: 'recovered', partition: partition(1) });
    assert.deepEqual(progress.status, { kind: 'running' });
  });

  it('knows which partitions came from the changelog', () => {
    const real = progressOf(logText('quixstreams-3.28.1/recovery'));
    assert.ok(real.wasRecovered('changelog__failing--readings--default[0]'));
    assert.ok(!real.wasRecovered('changelog__failing--readings--default[1]'));
    assert.ok(!progressOf(logText('quixstreams-3.28.1/run')).wasRecovered(partition(0)));
    assert.ok(!after(recovering(0, 1n, 2n)).wasRecovered(partition(0)));
  });

  it('does not recover for ever when a partition was revoked meanwhile', () => {
    const progress = after({ kind: 'running' }, recovering(0, 1n, 2n));
    progress.heard({ kind: 'recoveryComplete' });
    assert.deepEqual(progress.status, { kind: 'running' });
  });

  it('waits for a lock until something else is told, or nothing for longer than a retry takes', () => {
    let now = 1000;
    const progress = new AppProgress(() => now);
    progress.heard({ kind: 'running' });
    progress.heard({ kind: 'waitingForLock', path: '/s/0' });
    now += lockRetryMs - 1;
    assert.deepEqual(progress.status, { kind: 'waitingForLock', path: '/s/0' });
    now += 1;
    assert.deepEqual(progress.status, { kind: 'running' });
    progress.heard({ kind: 'waitingForLock', path: '/s/0' });
    progress.heard({ kind: 'recovered', partition: partition(0) });
    assert.deepEqual(progress.status, { kind: 'running' });
  });

  it('stops, whatever it does', () => {
    const lock: AppLogEvent = { kind: 'waitingForLock', path: '/s/0' };
    const { status } = after({ kind: 'stopping' }, recovering(0, 1n, 2n), lock);
    assert.deepEqual(status, { kind: 'stopping' });
  });

  it('keeps the last exceptions and the first', () => {
    const events = Array.from({ length: 1000 }, (_, i): AppLogEvent => ({
      kind: 'exception',
      exception: { type: 'E', message: String(i), frames: [], chained: false },
    }));
    const kept = after(...events).exceptions.map(({ message }) => message);
    assert.equal(kept.length, 10);
    assert.deepEqual([kept[0], kept[1], kept.at(-1)], ['0', '991', '999']);
  });
});
