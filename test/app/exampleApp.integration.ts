import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  findApplications,
  launchConfiguration,
  LocalBroker,
  stateFolderOf,
  type Application,
} from '../../src/app/index';
import { keyText } from '../../src/quixstreams/index';
import { PartitionReader, partitionsOf, scanStateFolder } from '../../src/statefolder/index';
import { python } from '../python.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** Asks `look` until it gives something. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; await delay(50)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}`);
  }
}

/** The counts of the example app as they are on disk; undefined before its first checkpoint. */
async function totals(stateFolder: string): Promise<Map<string, number> | undefined> {
  const folder = await scanStateFolder(stateFolder, { followLinks: false }).catch(() => undefined);
  const partition = folder && partitionsOf(folder).find(({ halfMade }) => !halfMade);
  if (!partition) return undefined;
  const reader = new PartitionReader(partition.path, {});
  try {
    return await reader.read(async (store) => {
      const counts = new Map<string, number>();
      for await (const entry of store.allEntries()) {
        if (entry.type !== 'kv' || keyText(entry.key) !== 'total' || !entry.messageKey) continue;
        counts.set(keyText(entry.messageKey), Number(Buffer.from(entry.value.bytes).toString()));
      }
      return counts.size === 0 ? undefined : counts;
    });
  } finally {
    await reader.dispose();
  }
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b);

describe('the example app on the local broker', function () {
  this.timeout(180_000);
  let folder: string;
  let application: Application;
  let stateFolder: string;

  const startBroker = () => {
    const programFolder = path.join(root, 'dist/broker');
    const dataDir = path.join(folder, 'broker');
    return new LocalBroker({ programFolder, dataDir, port: 0 }, () => undefined);
  };
  const startApp = async (address: string): Promise<ChildProcess> => {
    const interpreter = { command: await python(), args: [], version: '3.28.1' };
    const launch = launchConfiguration(application, interpreter, stateFolder, address);
    return spawn(launch.command, [...launch.args], {
      cwd: launch.cwd,
      env: { ...process.env, ...launch.env },
      stdio: 'ignore',
    });
  };
  /** Ends it as Ctrl+C does; gives its exit code. */
  const stopApp = async (app: ChildProcess): Promise<number | null> => {
    const exited = once(app, 'exit') as Promise<[number | null]>;
    app.kill('SIGINT');
    return (await exited)[0];
  };

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-app-')));
    await cp(path.join(root, 'media/example'), path.join(folder, 'app'), { recursive: true });
    const [found] = await findApplications(path.join(folder, 'app'));
    assert.ok(found);
    application = found;
    stateFolder = await stateFolderOf(application, {});
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is found, with its name and main file', () => {
    assert.equal(application.name, 'cpu-load-counter');
    assert.equal(application.mainFile, path.join(folder, 'app/main.py'));
  });

  it('counts, is stopped, and after a restart of both goes on from where it was', async () => {
    let stopped: Map<string, number>;
    const first = startBroker();
    try {
      const app = await startApp(await first.acquire());
      const begun = await until('a first count', () => totals(stateFolder));
      await until('another count', async () => {
        const now = await totals(stateFolder);
        return now && sum(now) > sum(begun) ? true : undefined;
      });
      assert.equal(await stopApp(app), 0);
      stopped = await until('the last checkpoint', () => totals(stateFolder));
    } finally {
      await first.stop();
    }

    const second = startBroker();
    try {
      const app = await startApp(await second.acquire());
      const again = await until('a count after the restart', async () => {
        const now = await totals(stateFolder);
        return now && sum(now) > sum(stopped) ? now : undefined;
      });
      assert.equal(await stopApp(app), 0);
      for (const [key, count] of stopped) {
        assert.ok((again.get(key) ?? 0) >= count, `${key}: ${again.get(key)} after ${count}`);
      }
      assert.ok(sum(again) < sum(stopped) + 40, 'it went on, and did not begin anew');
    } finally {
      await second.stop();
    }
  });
});
