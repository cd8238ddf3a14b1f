import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PeerError, RocksdictPeer } from '../properties/rocksdictPeer';
import { damage, type Damage } from './damage';
import { hash, type Reading, type Row } from './fullReading';
import { RandomNumbers } from './randomNumbers';
import { ReaderProcess, type Outcome } from './readerProcess';
import { kindOf, type SoundStore } from './soundStores';
import { makeFolder, place, type Change } from './storeFolder';
import {
  difference,
  isSilent,
  misbehaviour,
  patienceMs,
  wrongMark,
  type Measure,
  type Theirs,
} from './verdict';

/** A run that did not go as it should. */
export interface Finding {
  readonly run: number;
  readonly store: string;
  readonly what: readonly string[];
  readonly problem: string;
  /**
   * The damage has right checksums and the problem is another reading of it: RocksDB trusts what it
   * wrote, and what it makes of lies is no rule for others.
   */
  readonly forged: boolean;
  /** Where the store is kept as it was. */
  readonly kept: string | undefined;
}

/** How many runs came to what. */
export interface FuzzFigures {
  runs: number;
  /** Refused or warned, or no family was shown whole. */
  told: number;
  /** Of these, whose damaged tables were passed over, and what was shown and marked was checked. */
  marked: number;
  /** Shown without a word, as RocksDB shows it. */
  same: number;
  /** Not compared: of a store that was open already, or that RocksDB, as rocksdict has it, does not read. */
  notCompared: number;
  /** RocksDB's process died of it, so that there is nothing to compare with. */
  rocksdbCrashed: number;
  /** Of processor time. */
  slowestMs: number;
  /** Over the sound store's. */
  mostMegabytes: number;
}

interface Known {
  readonly measure: Measure;
  /** Whether RocksDB, as rocksdict has it, reads the store as we do when it is sound. */
  readonly compared: boolean;
  readonly rows: Readonly<Record<string, readonly Row[]>>;
}

/** Of how many runs one harms a store that is open already. */
const besideEach = 4;
/** Of how many runs one scans in threads. */
const threadsEach = 8;

/** One process that reads and one that knows better. Runs do not depend on those before them. */
export class Fuzzer {
  readonly figures: FuzzFigures = {
    ...{
      runs: 0,
      told: 0,
      marked: 0,
      same: 0,
      notCompared: 0,
      rocksdbCrashed: 0,
      slowestMs: 0,
      mostMegabytes: 0,
    },
  };
  private readonly folder = mkdtempSync(path.join(os.tmpdir(), 'state-folder-fuzz-'));
  private readonly directory = path.join(this.folder, 'store');
  private readonly reader: ReaderProcess;
  private readonly known = new Map<string, Known>();
  private peer: RocksdictPeer | undefined;

  constructor(
    private readonly stores: readonly SoundStore[],
    private readonly seed: number,
    /** Where stores with findings are kept; undefined: nowhere. */
    private readonly keep: string | undefined,
    /** As `buildReader` makes it. */
    reader: string,
  ) {
    this.reader = new ReaderProcess(reader);
  }

  async run(run: number): Promise<Finding | undefined> {
    const numbers = new RandomNumbers(this.seed, run);
    const store = this.choose(numbers);
    const beside = numbers.below(besideEach) === 0;
    const threads = numbers.below(threadsEach) === 0;
    const done = damage(numbers, store, this.stores);
    const known = await this.know(store);
    this.figures.runs++;
    let outcome = await this.read(store, done, { beside, threads });
    if (misbehaviour(outcome, known.measure) !== undefined) {
      // Once more, and in a new process: it may have been the others on this machine.
      this.reader.stop();
      outcome = await this.read(store, done, { beside, threads });
    }
    const problem =
      misbehaviour(outcome, known.measure) ??
      this.unmarked(outcome, done, known) ??
      (await this.compare(outcome, beside, known));
    this.count(outcome, known);
    if (problem === undefined) return undefined;
    const forged =
      (done.forged && !/^(crash|hang|memory|mistake)/.test(problem)) ||
      (isSwapped(done, '.log: swap for') && problem.includes('not the same')) ||
      (isSwapped(done, '.sst: swap') && problem.startsWith('lookup'));
    const kept = this.keepStore(run, store, done);
    return { run, store: store.name, what: done.what, problem, forged, kept };
  }

  /** Of all stores, or of those of one fixture: most are of one that is about formats. */
  private choose(numbers: RandomNumbers): SoundStore {
    if (numbers.chance(0.5)) return numbers.one(this.stores);
    const fixtureOf = ({ name }: SoundStore) => name.split(path.sep)[0];
    const fixture = numbers.one([...new Set(this.stores.map(fixtureOf))]);
    return numbers.one(this.stores.filter((store) => fixtureOf(store) === fixture));
  }

  async stop(): Promise<void> {
    this.reader.stop();
    await this.peer?.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  private read(
    store: SoundStore,
    { changed }: Damage,
    { beside, threads }: { beside: boolean; threads: boolean },
  ): Promise<Outcome> {
    const changes = [...changed].map(([name, bytes]): Change => [
      name,
      bytes?.toString('base64') ?? null,
    ]);
    makeFolder(this.directory, store.files);
    if (!beside) place(this.directory, changes);
    const { directory } = this;
    const request = { directory, threads, ...(beside ? { harm: changes } : {}) };
    return this.reader.read(request, patienceMs);
  }

  /** A sound store, read by both once. */
  private async know(store: SoundStore): Promise<Known> {
    let known = this.known.get(store.name);
    if (known) return known;
    makeFolder(this.directory, store.files);
    // The first time code is loaded.
    await this.reader.read({ directory: this.directory }, 60_000);
    const request = { directory: this.directory, rows: true };
    const outcome = await this.reader.read(request, 60_000);
    if (outcome.kind !== 'read') throw new Error(`${store.name}, sound: ${outcome.kind}`);
    const { reading, ms, megabytes, rows = {} } = outcome;
    const theirs = await this.theirs();
    // Stores of newer versions are not all for this one.
    const compared =
      theirs !== undefined && isSilent(reading) && difference(reading, theirs) === undefined;
    known = { measure: { ms, megabytes }, compared, rows };
    this.known.set(store.name, known);
    return known;
  }

  private async compare(
    outcome: Outcome,
    beside: boolean,
    known: Known,
  ): Promise<string | undefined> {
    if (outcome.kind !== 'read' || !isSilent(outcome.reading)) {
      this.figures.told++;
      return undefined;
    }
    // What was read before the harm may still be shown: it was right.
    if (beside || !known.compared) {
      this.figures.notCompared++;
      return undefined;
    }
    const theirs = await this.theirs();
    if (!theirs) {
      this.figures.rocksdbCrashed++;
      return undefined;
    }
    const problem = difference(outcome.reading, theirs) ?? (await this.contradiction(outcome));
    if (problem === undefined) this.figures.same++;
    return problem;
  }

  /** What is not told as damaged, though it is: where only tables have bytes that were not theirs. */
  private unmarked(outcome: Outcome, { changed, what, forged }: Damage, { rows }: Known) {
    const tables = [...changed.keys()].every((name) => kindOf(name) === 'table');
    const theirs = !what.some((one) => one.includes(': swap '));
    if (outcome.kind !== 'read' || forged || !tables || !theirs) return undefined;
    const all = Object.entries(outcome.reading.marked ?? {});
    if (all.some(([, { damaged }]) => damaged.length > 0)) this.figures.marked++;
    for (const [name, marked] of all) {
      const sound = rows[name];
      const problem = sound && wrongMark(marked, sound);
      if (problem !== undefined) return `marks: ${name}: ${problem}`;
    }
    return undefined;
  }

  /** A lookup that gives something else than the scan, where RocksDB's does not. */
  private async contradiction({ reading }: { reading: Reading }): Promise<string | undefined> {
    const { contradiction } = reading;
    if (!contradiction?.lookup) return contradiction?.text;
    const { family, key, value } = contradiction.lookup;
    const theirs = await this.ask((peer, copy) => peer.lookUp(copy, family, key));
    const same = theirs && 'answer' in theirs && hashOf(theirs.answer) === value;
    return same ? undefined : `lookup: ${contradiction.text}`;
  }

  /** RocksDB's reading; undefined when its process dies of it. */
  private async theirs(): Promise<Theirs | undefined> {
    const asked = await this.ask((peer, copy) => peer.read(copy));
    return asked && ('answer' in asked ? { read: asked.answer } : asked);
  }

  /** Asks RocksDB about a copy, which it changes. */
  private async ask<T>(
    question: (peer: RocksdictPeer, copy: string) => Promise<T>,
  ): Promise<{ answer: T } | { refusal: string } | undefined> {
    const copy = path.join(this.folder, 'copy');
    rmSync(copy, { recursive: true, force: true });
    cpSync(this.directory, copy, { recursive: true });
    this.peer ??= await RocksdictPeer.start();
    try {
      return { answer: await question(this.peer, copy) };
    } catch (error) {
      if (error instanceof PeerError) return { refusal: error.message.replaceAll(copy, '') };
      this.peer = undefined;
      return undefined;
    }
  }

  private count(outcome: Outcome, { measure }: Known): void {
    if (outcome.kind !== 'read') return;
    const { figures } = this;
    figures.slowestMs = Math.max(figures.slowestMs, outcome.ms);
    const more = outcome.megabytes - measure.megabytes;
    figures.mostMegabytes = Math.max(figures.mostMegabytes, more);
  }

  private keepStore(run: number, store: SoundStore, { changed }: Damage): string | undefined {
    if (this.keep === undefined) return undefined;
    const kept = path.join(this.keep, `seed-${this.seed}-run-${run}`);
    makeFolder(kept, store.files);
    place(
      kept,
      [...changed].map(([name, bytes]): Change => [name, bytes?.toString('base64') ?? null]),
    );
    return kept;
  }
}

/**
 * Another store's log, or tables that have changed their names: where sequences are not in the order of
 * files, RocksDB's own scans and lookups do not agree either.
 */
function isSwapped({ what }: Damage, how: string): boolean {
  return what.some((one) => one.includes(how));
}

function hashOf(value: string | null): string | null {
  return value === null ? null : hash(Buffer.from(value, 'hex'));
}
