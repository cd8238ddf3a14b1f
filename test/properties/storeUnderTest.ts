import assert from 'node:assert/strict';
import { cp, mkdtemp, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  openReadOnly,
  type Database,
  type Refreshed,
  type ScanThreads,
} from '../../src/rocksdb/index';
import { assertAnswers, assertSame } from './comparison';
import { PeerError, type PeerOperation, type PeerOptions, type PeerScan } from './rocksdictPeer';
import { RocksdictPeer } from './rocksdictPeer';
import type { Step } from './steps';
import { optionsOf } from './storeOptions';

/**
 * A store that rocksdict writes, a view of it that is only ever refreshed, and what both must agree
 * on after each step.
 */
export class StoreUnderTest {
  private readonly store: string;
  private families = ['default'];
  private view: Database | undefined;
  private before: PeerScan = {};
  /** Operations that are in no log and perhaps in no table: the files cannot tell of them. */
  private unlogged = false;

  private constructor(
    public peer: RocksdictPeer,
    private readonly folder: string,
    private readonly lasting: PeerOptions,
    private session: PeerOptions,
    /** With which new views scan. */
    private readonly threads: ScanThreads,
  ) {
    this.store = path.join(folder, 'store');
  }

  static async create(
    peer: RocksdictPeer,
    lasting: PeerOptions,
    session: PeerOptions,
    walElsewhere: boolean,
    threads: ScanThreads,
  ): Promise<StoreUnderTest> {
    const prefix = path.join(os.tmpdir(), 'state-folder-properties-');
    const folder = await realpath(await mkdtemp(prefix));
    const wal = walElsewhere ? { wal_dir: path.join(folder, 'wal') } : {};
    const made = new StoreUnderTest(peer, folder, { ...lasting, ...wal }, session, threads);
    try {
      await peer.open(made.store, made.options);
    } catch (error) {
      await made.remove();
      throw error;
    }
    return made;
  }

  private get options(): PeerOptions {
    return optionsOf(this.lasting, this.session);
  }

  private familyAt(index: number): string {
    return this.families[index % this.families.length] ?? 'default';
  }

  /** Does a step in RocksDB and holds our views of it against RocksDB's. */
  async run(step: Step): Promise<void> {
    await this.perform(step);
    if (this.unlogged) {
      await this.compareFrozen(step, 0);
      return;
    }
    const theirs = await this.peer.scan(this.store, this.families);
    await this.compare(theirs, step);
  }

  async remove(): Promise<void> {
    await this.view?.close();
    await this.peer.close(this.store).catch(() => undefined);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private async perform(step: Step): Promise<void> {
    const { peer, store } = this;
    switch (step.kind) {
      case 'batch': {
        const operations = step.operations.map(({ kind, family, key, value }): PeerOperation => [
          ...([kind, this.familyAt(family), key.toString('hex'), value.toString('hex')] as const),
        ]);
        await peer.write(store, operations, step.logged);
        this.unlogged ||= !step.logged;
        break;
      }
      case 'bulk': {
        const { family, first, count, valueLength } = step;
        await peer.write(store, bulk(this.familyAt(family), first, count, valueLength));
        break;
      }
      case 'flush':
        await peer.flush(store, this.familyAt(step.family));
        break;
      case 'compact':
        await peer.compact(store, this.familyAt(step.family));
        break;
      case 'create':
        if (this.families.includes(step.name)) break;
        await peer.create(store, step.name, optionsOf(this.lasting, step.options));
        this.families.push(step.name);
        break;
      case 'drop': {
        const name = this.familyAt(step.family);
        if (name === 'default') break;
        await peer.drop(store, name);
        this.families = this.families.filter((other) => other !== name);
        break;
      }
      case 'reopen':
        await this.reopen(step.kill, step.options);
        break;
      case 'freeze': {
        // Not waited for: the copy is taken in their midst.
        const writing = this.families.flatMap((family, i) => [
          peer.write(store, bulk(family, step.first + i, 300, 200)),
          peer.flush(store, family),
        ]);
        await this.compareFrozen(step, step.delayMs);
        await Promise.all(writing);
        break;
      }
    }
  }

  private async reopen(kill: boolean, options: PeerOptions): Promise<void> {
    if (kill) {
      await this.peer.kill();
      this.peer = await RocksdictPeer.start();
    } else {
      await this.peer.close(this.store);
    }
    this.session = options;
    // What was in no log is lost or in a table now.
    this.unlogged = false;
    const found = await this.peer.open(this.store, this.options);
    assert.deepEqual(found.sort(), this.families.slice(1).sort());
  }

  private async compare(theirs: PeerScan, { question }: Step): Promise<void> {
    const refreshed = await this.refresh();
    const view = this.view ?? assert.fail('opened by `refresh`');
    await assertSame(view, theirs);
    if (refreshed?.written) this.assertTold(refreshed.written, theirs);
    this.before = theirs;
    const fresh = await openReadOnly(this.store, { threads: this.threads });
    try {
      await assertSame(fresh, theirs);
      await assertAnswers(fresh, theirs, question);
      await assertAnswers(view, theirs, question);
      // A log that is gone may have told of operations that no table needed to keep.
      assert.ok(view.latestSequence >= fresh.latestSequence);
    } finally {
      await fresh.close();
    }
  }

  private async refresh(): Promise<Refreshed | undefined> {
    if (this.view) return this.view.refresh();
    this.view = await openReadOnly(this.store);
    return undefined;
  }

  /** What differs from the view before must have been told, where a refresh tells at all. */
  private assertTold(written: ReadonlyMap<string, readonly Uint8Array[]>, now: PeerScan): void {
    for (const [family, rows] of Object.entries(now)) {
      const told = new Set(
        (written.get(family) ?? []).map((key) => Buffer.from(key).toString('hex')),
      );
      const old = new Map(this.before[family] ?? []);
      for (const [key, value] of rows) {
        assert.ok(
          old.get(key) === value || told.has(key),
          `${family}: ${key} was written, not told`,
        );
        old.delete(key);
      }
      for (const key of old.keys()) assert.ok(told.has(key), `${family}: ${key} is gone, not told`);
    }
  }

  /** Stops RocksDB where it is and compares what its files say: ours of the files, theirs of a copy. */
  private async compareFrozen(step: Step, delayMs: number): Promise<void> {
    // A copied store would still name the logs of the first.
    if (this.lasting['wal_dir'] !== undefined) return;
    const copy = path.join(this.folder, 'copy');
    await delay(delayMs);
    await this.peer.pause();
    const opened: Database[] = [];
    try {
      await cp(this.store, copy, { recursive: true });
      await this.refresh();
      opened.push(await openReadOnly(copy), await openReadOnly(this.store));
    } finally {
      this.peer.resume();
    }
    try {
      // Read by another process, as the copy is of one that no longer is.
      const theirs = await this.peer.readFull(await this.secondCopy(copy), this.options);
      for (const database of opened) await assertSame(database, theirs);
      if (this.view) await assertSame(this.view, theirs);
      const [ours = assert.fail('opened above')] = opened;
      await assertAnswers(ours, theirs, step.question);
      this.before = theirs;
    } finally {
      for (const database of opened) await database.close();
      await rm(copy, { recursive: true, force: true });
      await rm(`${copy}-read`, { recursive: true, force: true });
    }
  }

  private async secondCopy(copy: string): Promise<string> {
    await cp(copy, `${copy}-read`, { recursive: true });
    return `${copy}-read`;
  }
}

function bulk(family: string, first: number, count: number, valueLength: number): PeerOperation[] {
  return Array.from({ length: count }, (_, i): PeerOperation => {
    const number = (first + i * 7) % 1000;
    const key = Buffer.from(`k${String(number).padStart(5, '0')}`).toString('hex');
    const value = Buffer.from(`${first}:${i}`.padEnd(valueLength, `${number * 977}`));
    return ['put', family, key, value.subarray(0, valueLength).toString('hex')];
  });
}

/** Whether RocksDB did not want what was asked of it: no matter of the reader's. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PeerError && /Invalid argument|Not implemented/.test(error.message);
}
