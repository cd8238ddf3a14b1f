import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { brokerAnswers, BrokerError, LocalBroker } from '../../src/app/index';
import { freePort } from '../freePort';

const programFolder = path.resolve(import.meta.dirname, '../../dist/broker');

describe('the local broker, started and stopped in any order', function () {
  this.timeout(60_000);
  let dataDir: string;
  let port: number;
  const made: LocalBroker[] = [];
  const broker = () => {
    const one = new LocalBroker({ programFolder, dataDir, port }, () => undefined);
    made.push(one);
    return one;
  };

  beforeEach(async () => {
    dataDir = await mkdtemp(path.join(os.tmpdir(), 'state-folder-broker-'));
    port = await freePort();
  });
  afterEach(async () => {
    for (const one of made.splice(0)) await one.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('leaves nothing behind when it is stopped at any moment of its start', async () => {
    for (const afterMs of [0, 20, 100, 300]) {
      const one = broker();
      const starting = one.acquire().then(
        () => undefined,
        (error: unknown) => error,
      );
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      await one.stop();
      const error = await starting; // none where it was up already
      assert.ok(error === undefined || error instanceof BrokerError, `after ${afterMs} ms`);
      assert.equal(one.address, undefined);
      assert.equal(await brokerAnswers(`127.0.0.1:${port}`), false, `after ${afterMs} ms`);
    }
    const again = broker();
    assert.equal(await again.acquire(), `127.0.0.1:${port}`);
  });

  it('is aborted by its only user, and goes on for the others', async () => {
    const one = broker();
    const abort = new AbortController();
    const first = one.acquire(abort.signal);
    abort.abort(new Error('enough'));
    await assert.rejects(first, /enough/);
    assert.equal(await brokerAnswers(`127.0.0.1:${port}`), false);

    const again = new AbortController();
    const [second, third] = [one.acquire(again.signal), one.acquire()];
    again.abort(new Error('enough'));
    await assert.rejects(second, /enough/);
    const address = await third;
    assert.ok(await brokerAnswers(address));
    await one.release();
    assert.equal(await brokerAnswers(address), false);
  });

  it('is one broker when two windows start it in the same moment', async () => {
    const [one, other] = [broker(), broker()];
    const addresses = await Promise.all([one.acquire(), other.acquire()]);
    assert.deepEqual(addresses, [`127.0.0.1:${port}`, `127.0.0.1:${port}`]);
  });

  it('starts its own when that of the other window has ended', async () => {
    const [one, other] = [broker(), broker()];
    await one.acquire();
    const address = await other.acquire();
    await one.stop();
    assert.equal(await brokerAnswers(address), false);
    assert.equal(await other.acquire(), address);
    assert.ok(await brokerAnswers(address));
  });
});
