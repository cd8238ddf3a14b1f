import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { LocalBroker } from '../../src/app/index';
import { ExampleApp, type Totals } from '../exampleApp';

const programFolder = path.resolve(import.meta.dirname, '../../dist/broker');

describe('the example app on the local broker', function () {
  this.timeout(180_000);
  let folder: string;
  let app: ExampleApp;

  const startBroker = () => {
    const dataDir = path.join(folder, 'broker');
    return new LocalBroker({ programFolder, dataDir, port: 0 }, () => undefined);
  };

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-app-')));
    app = await ExampleApp.copyTo(path.join(folder, 'app'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is found, with its name and main file', () => {
    assert.equal(app.application.name, 'cpu-load-counter');
    assert.equal(app.application.mainFile, path.join(folder, 'app/main.py'));
  });

  it('counts, is stopped, and after a restart of both goes on from where it was', async () => {
    let stopped: Totals;
    const first = startBroker();
    try {
      stopped = await app.countTwice(await first.acquire());
    } finally {
      await first.stop();
    }
    const second = startBroker();
    try {
      await app.goOn(await second.acquire(), stopped);
    } finally {
      await second.stop();
    }
  });
});
