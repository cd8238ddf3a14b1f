import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ChangeScheduler } from '../../../src/ui/state/changeScheduler';
import { FakeClock } from './fakeClock';

function scheduled() {
  const clock = new FakeClock();
  const fires: { at: number; changed: string[] }[] = [];
  const scheduler = new ChangeScheduler<string>(
    (changed) => fires.push({ at: clock.now(), changed }),
    clock,
  );
  return { clock, fires, scheduler };
}

describe('ChangeScheduler', () => {
  it('hands the first change on at once', () => {
    const { fires, scheduler } = scheduled();
    scheduler.changed(['a', 'b']);
    assert.deepEqual(fires, [{ at: 0, changed: ['a', 'b'] }]);
  });

  it('hands on what follows after 250 ms, in one array, each item once', () => {
    const { clock, fires, scheduler } = scheduled();
    scheduler.changed(['a']);
    clock.advance(10);
    scheduler.changed(['b']);
    clock.advance(100);
    scheduler.changed(['c', 'b']);
    clock.advance(139);
    assert.equal(fires.length, 1);
    clock.advance(1);
    assert.deepEqual(fires.slice(1), [{ at: 250, changed: ['b', 'c'] }]);
  });

  it('is quiet when nothing changed, and quick again after a pause', () => {
    const { clock, fires, scheduler } = scheduled();
    scheduler.changed([]);
    scheduler.changed(['a']);
    clock.advance(1000);
    assert.equal(fires.length, 1);
    scheduler.changed(['a']);
    assert.deepEqual(fires[1], { at: 1000, changed: ['a'] });
  });

  it('keeps what the receiver itself reports for the next fire', () => {
    const clock = new FakeClock();
    const fires: number[] = [];
    const scheduler: ChangeScheduler<string> = new ChangeScheduler<string>(() => {
      fires.push(clock.now());
      if (fires.length === 1) scheduler.changed(['again']);
    }, clock);
    scheduler.changed(['a']);
    clock.advance(250);
    assert.deepEqual(fires, [0, 250]);
  });

  it('forgets what is gone and stops when disposed', () => {
    const { clock, fires, scheduler } = scheduled();
    scheduler.changed(['a']);
    scheduler.changed(['b']);
    scheduler.forget('b');
    clock.advance(250);
    assert.equal(fires.length, 1);
    scheduler.changed(['c']);
    scheduler.changed(['d']);
    scheduler.dispose();
    clock.advance(1000);
    scheduler.changed(['e']);
    assert.deepEqual(
      fires.map(({ changed }) => changed),
      [['a'], ['c']],
    );
    assert.equal(clock.waiting, 0);
  });

  it('for any stream of changes: fires 250 ms apart, loses none, shows each within 250 ms', () => {
    const step = fc.record({ wait: fc.nat(400), item: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
        const { clock, fires, scheduler } = scheduled();
        const changes: { at: number; item: string }[] = [];
        for (const { wait, item } of steps) {
          clock.advance(wait);
          changes.push({ at: clock.now(), item });
          scheduler.changed([item]);
        }
        clock.advance(250);
        fires.slice(1).forEach(({ at }, i) => assert.ok(at - (fires[i]?.at ?? 0) >= 250));
        for (const { at, item } of changes) {
          const shown = fires.find((fire) => fire.at >= at && fire.changed.includes(item));
          assert.ok(shown !== undefined && shown.at - at <= 250);
        }
      }),
    );
  });
});
