import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  findApplications,
  launchConfiguration,
  readApplicationCode,
  stateFolderOf,
  variablesOf,
  type Application,
} from '../src/app/index';
import { keyText } from '../src/quixstreams/index';
import { PartitionReader, partitionsOf, scanStateFolder } from '../src/statefolder/index';
import { python } from './python.mjs';

const source = path.resolve(import.meta.dirname, '../media/example');

/** How often each device was counted. */
export type Totals = ReadonlyMap<string, number>;

export const sum = (totals: Totals) => [...totals.values()].reduce((a, b) => a + b);

/** A copy of the example app, run as the extension runs it. */
export class ExampleApp {
  private constructor(
    readonly application: Application,
    readonly stateFolder: string,
  ) {}

  /** Copies it to `folder`, which is made. */
  static async copyTo(folder: string): Promise<ExampleApp> {
    await cp(source, folder, { recursive: true });
    const [application] = await findApplications(folder);
    assert.ok(application);
    return new ExampleApp(application, await stateFolderOf(application, {}));
  }

  /** Runs it until it has counted twice, and ends it as Ctrl+C does; gives what it then has on disk. */
  async countTwice(address: string): Promise<Totals> {
    const app = await this.#start(address);
    const begun = await until('a first count', () => this.#totals());
    await until('another count', () => this.#moreThan(sum(begun)));
    assert.equal(await end(app), 0);
    return until('the last checkpoint', () => this.#totals());
  }

  /** Runs it again until it has counted more than before, and ends it; fails where it did not go on from there. */
  async goOn(address: string, before: Totals): Promise<Totals> {
    const app = await this.#start(address);
    await until('a count after the restart', () => this.#moreThan(sum(before)));
    assert.equal(await end(app), 0);
    const again = await until('the last checkpoint', () => this.#totals());
    for (const [key, count] of before) {
      assert.ok((again.get(key) ?? 0) >= count, `${key}: ${again.get(key)} after ${count}`);
    }
    assert.ok(sum(again) < sum(before) + 40, 'it went on, and did not begin anew');
    return again;
  }

  async #start(address: string): Promise<ChildProcess> {
    const launch = launchConfiguration(this.application, {
      interpreter: { command: await python(), args: [], version: '3.28.1' },
      variables: await variablesOf(this.application, {
        workspaceFolder: this.application.folder,
        inherited: process.env,
      }),
      code: await readApplicationCode(this.application),
      stateFolder: this.stateFolder,
      broker: { kind: 'local', address },
    });
    return spawn(launch.command, [...launch.args], {
      cwd: launch.cwd,
      env: { ...process.env, ...launch.env },
      stdio: 'ignore',
    });
  }

  async #moreThan(count: number): Promise<Totals | undefined> {
    const totals = await this.#totals();
    return totals && sum(totals) > count ? totals : undefined;
  }

  /** The counts as they are on disk; undefined before the first checkpoint. */
  async #totals(): Promise<Totals | undefined> {
    const options = { followLinks: false };
    const folder = await scanStateFolder(this.stateFolder, options).catch(() => undefined);
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
}

async function end(app: ChildProcess): Promise<number | null> {
  const exited = once(app, 'exit') as Promise<[number | null]>;
  app.kill('SIGINT');
  return (await exited)[0];
}

/** Asks `look` until it gives something. */
async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; await delay(50)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`not within a minute: ${what}`);
  }
}
