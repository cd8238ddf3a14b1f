import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { LocalBroker } from '../../src/app/index';
import { openStorePartition, type StorePartition } from '../../src/quixstreams/index';
import { pauseProcess } from '../pauseProcess';
import { LinePeer } from './linePeer';

const programFolder = path.resolve(import.meta.dirname, '../../dist/broker');
const group = 'every';
/** A checkpoint changes it: the app counts each message there. */
const counted = ['default/orders/0', 'default/orders/1'];

/** app.py with a broker of its own, and feed.py, under one version of quixstreams. */
export class LiveApp {
  readonly #broker: LocalBroker;
  #app!: LinePeer;
  #feed!: LinePeer;
  readonly #watched: StorePartition[] = [];
  #leftOut: readonly string[] = [];

  private constructor(
    private readonly folder: string,
    private readonly interpreter: string,
  ) {
    const dataDir = path.join(folder, 'broker');
    this.#broker = new LocalBroker({ programFolder, dataDir, port: 0 }, () => undefined);
  }

  static async start(interpreter: string): Promise<LiveApp> {
    const folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-versions-')));
    const app = new LiveApp(folder, interpreter);
    try {
      await app.#start();
      return app;
    } catch (error) {
      await app.remove();
      throw error;
    }
  }

  /** Of what app.py does, what this version of quixstreams lacks. */
  get leftOut(): readonly string[] {
    return this.#leftOut;
  }

  async #start(): Promise<void> {
    const address = await this.#broker.acquire();
    this.#app = new LinePeer(this.interpreter, 'app.py', [address, this.stateFolder]);
    this.#leftOut = (JSON.parse(await this.#app.nextLine()) as { leftOut: string[] }).leftOut;
    this.#feed = new LinePeer(this.interpreter, 'feed.py', [address]);
  }

  private get stateFolder(): string {
    return path.join(this.folder, 'state');
  }

  /** Feeds the app, and copies its group's folder as it is at a checkpoint after that; the app then goes on. */
  async checkpoint(name: string): Promise<string> {
    await this.#feed.ask('');
    await this.#changed();
    const copy = path.join(this.folder, name);
    await pauseProcess(this.#app.child);
    try {
      await cp(path.join(this.stateFolder, group), copy, { recursive: true });
    } finally {
      this.#app.child.kill('SIGCONT');
    }
    return copy;
  }

  /** Resolves when a checkpoint changed what is counted. */
  async #changed(): Promise<void> {
    for (const deadline = Date.now() + 60_000; ; await delay(10)) {
      this.#app.assertRunning();
      if (this.#watched.length === 0) {
        for (const store of counted) {
          const folder = path.join(this.stateFolder, group, store);
          const partition = await openStorePartition(folder).catch(() => undefined);
          if (partition) this.#watched.push(partition);
        }
        if (this.#watched.some(({ changelogOffset }) => changelogOffset !== undefined)) return;
        for (const partition of this.#watched.splice(0)) await partition.close();
      }
      let changed = false;
      for (const partition of this.#watched) {
        if ((await partition.refresh()).changed) changed = true;
      }
      if (changed) return;
      if (Date.now() > deadline) throw new Error('no checkpoint within a minute');
    }
  }

  async remove(): Promise<void> {
    for (const partition of this.#watched) await partition.close();
    for (const peer of [this.#app, this.#feed]) await peer?.end();
    await this.#broker.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
