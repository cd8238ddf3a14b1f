import { createHash } from 'node:crypto';
import {
  openReadOnly,
  RocksDBError,
  WalTailError,
  type Damage,
  type Database,
  type ScanThreads,
} from '../../src/rocksdb/index';
import { Digest } from '../rocksdb/expected';

/** What a column family gave, or the error that it ended with. */
export type FamilyReading =
  { readonly count: number; readonly digest: string } | { readonly error: string };

/** What reading everything came to; of errors and warnings the messages. */
export interface Reading {
  /** Why the store was not opened. */
  readonly error?: string;
  readonly warnings: readonly string[];
  readonly families: Readonly<Record<string, FamilyReading>>;
  /** An error that is none of the reader's: a mistake in its code. */
  readonly mistake?: string;
  readonly contradiction?: Contradiction;
  /** Of families that end with an error: what a scan shows that passes damage over. */
  readonly marked?: Readonly<Record<string, MarkedReading>>;
}

/** Keys in hex, and their values' hashes. */
export type Row = readonly [key: string, value: string];

export interface MarkedReading {
  /** The first ones only where there are very many. */
  readonly rows: readonly Row[];
  readonly whole: boolean;
  /** Keys from the first to the last, both included, may be missing or old. */
  readonly damaged: readonly (readonly [first: string, last: string])[];
}

/** A way of asking that gave something else than the scan. */
export interface Contradiction {
  readonly text: string;
  /** A lookup, and what it gave: the value's hash, null for none. */
  readonly lookup?: {
    readonly family: string;
    readonly key: string;
    readonly value: string | null;
  };
}

/** A value in few characters. */
export const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
/** Of a marked reading. */
export const mostRows = 3000;

/** Reads everything there is, in every way there is. */
export function readAll(directory: string, threads?: ScanThreads): Promise<Reading> {
  return withDatabase(directory, threads, readOpened);
}

/** The first rows of each column family of a sound store; none of one that is refused. */
export async function readRows(directory: string): Promise<Record<string, readonly Row[]>> {
  const families: Record<string, readonly Row[]> = {};
  await withDatabase(directory, undefined, async (database) => {
    for (const name of database.columnFamilies) {
      const marked = await readMarked(database, name).catch(() => undefined);
      if (marked) families[name] = marked.rows;
    }
    return { warnings: [], families: {} };
  });
  return families;
}

/** As `readAll`, in a store that was opened when it was sound: `harm` is called once all was read. */
export function readBeside(
  directory: string,
  threads: ScanThreads | undefined,
  harm: () => void,
): Promise<Reading> {
  return withDatabase(directory, threads, async (database) => {
    await readOpened(database);
    harm();
    const before = await readOpened(database);
    try {
      await database.refresh();
    } catch (error) {
      return { ...before, ...told(error) };
    }
    const after = await readOpened(database);
    const mistake = before.mistake ?? after.mistake;
    return mistake === undefined ? after : { ...after, mistake };
  });
}

async function withDatabase(
  directory: string,
  threads: ScanThreads | undefined,
  use: (database: Database) => Promise<Reading>,
): Promise<Reading> {
  let database: Database;
  try {
    database = await openReadOnly(directory, { threads });
  } catch (error) {
    return { warnings: [], families: {}, ...told(error) };
  }
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

function told(error: unknown): { error: string; mistake?: string } {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof RocksDBError) return { error: message };
  return { error: message, mistake: error instanceof Error ? (error.stack ?? message) : message };
}

async function readOpened(database: Database): Promise<Reading> {
  const families: Record<string, FamilyReading> = {};
  let contradiction: Contradiction | undefined;
  let mistake: string | undefined;
  const marked: Record<string, MarkedReading> = {};
  for (const name of database.columnFamilies) {
    try {
      const { reading, some } = await scan(database, name);
      families[name] = reading;
      contradiction ??= await otherWays(database, name, reading.count, some);
    } catch (error) {
      const { error: message, mistake: found } = told(error);
      families[name] = { error: message };
      mistake ??= found;
      try {
        marked[name] = await readMarked(database, name);
      } catch (again) {
        mistake ??= told(again).mistake; // another file than a table
      }
    }
  }
  // A log's torn end is what a running writer shows for a moment: nobody is told.
  const warnings = database.warnings
    .filter((warning) => !(warning instanceof WalTailError && warning.torn))
    .map(({ message }) => message);
  return {
    warnings,
    families,
    marked,
    ...(contradiction === undefined ? {} : { contradiction }),
    ...(mistake === undefined ? {} : { mistake }),
  };
}

async function scan(database: Database, name: string) {
  const digest = new Digest();
  const some = new Map<string, string>();
  for await (const entry of database.entries(name)) {
    if (digest.count % 97 === 0) {
      some.set(Buffer.from(entry.key).toString('latin1'), hash(entry.value));
    }
    digest.add(entry);
  }
  return { reading: digest.result(), some };
}

async function readMarked(database: Database, name: string): Promise<MarkedReading> {
  const rows: Row[] = [];
  const damaged: [string, string][] = [];
  const onDamage = ({ first, last }: Damage) => void damaged.push([hex(first), hex(last)]);
  for await (const batch of database.batches(name, { onDamage })) {
    for (let i = 0; i < batch.length && rows.length < mostRows; i++) {
      rows.push([hex(batch.key(i)), hash(batch.value(i))]);
    }
  }
  return { rows, whole: rows.length < mostRows, damaged };
}

/** Lookups, counts and batches, which must give what the scan gave: where they do not, what. */
async function otherWays(
  database: Database,
  name: string,
  count: number,
  some: ReadonlyMap<string, string>,
): Promise<Contradiction | undefined> {
  const counted = await database.count(name);
  if (counted !== count) return { text: `${name}: ${counted} counted, ${count} scanned` };
  let inBatches = 0;
  for await (const batch of database.batches(name)) inBatches += batch.length;
  if (inBatches !== count) return { text: `${name}: ${inBatches} in batches, ${count} scanned` };
  const keys = [...some.keys()].map((key) => Buffer.from(key, 'latin1'));
  const many = await database.getMany(name, keys);
  for (const [i, key] of keys.entries()) {
    const expected = some.get(key.toString('latin1'));
    for (const value of [many[i], await database.get(name, key)]) {
      const found = value ? hash(value) : null;
      if (found === expected) continue;
      const lookup = { family: name, key: key.toString('hex'), value: found };
      const text = `${name}: ${lookup.key} ${value ? 'has two values' : 'scanned, but not found'}`;
      return { text, lookup };
    }
    const absent = Buffer.concat([key, Buffer.from([0])]);
    if (!some.has(absent.toString('latin1'))) await database.get(name, absent);
  }
  return undefined;
}
