import assert from 'node:assert/strict';
import {
  CorruptionError,
  WalTailError,
  type Database,
  type Entry,
  type EntryBatch,
} from '../../src/rocksdb/index';
import type { PeerScan } from './rocksdictPeer';
import type { Question } from './steps';

/** Key and value, hex. */
type Row = readonly [key: string, value: string];

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** Where two lists of rows differ first: a whole list of large values tells nobody anything. */
function assertSameRows(ours: readonly Row[], theirs: readonly Row[], what: string): void {
  const length = Math.max(ours.length, theirs.length);
  for (let i = 0; i < length; i++) {
    const [our, their] = [ours[i], theirs[i]];
    if (our?.[0] === their?.[0] && our?.[1] === their?.[1]) continue;
    const short = (row: Row | undefined) =>
      row ? `${row[0]} = ${row[1].length / 2} bytes ${row[1].slice(0, 80)}` : 'nothing';
    assert.fail(`${what}, row ${i}: ${short(our)} instead of ${short(their)}`);
  }
}

async function rowsOf(entries: AsyncIterable<Entry>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { key, value } of entries) rows.push([hex(key), hex(value)]);
  return rows;
}

async function rowsIn(batches: AsyncIterable<EntryBatch>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of batches) {
    for (let i = 0; i < batch.length; i++) rows.push([hex(batch.key(i)), hex(batch.value(i))]);
  }
  return rows;
}

/** Beside a writer or after its death a log may end within a record, and nothing else may be amiss. */
export function assertNoWarnings({ warnings }: Database): void {
  const amiss = warnings.filter((warning) => !(warning instanceof WalTailError && warning.torn));
  assert.deepEqual(amiss, []);
}

/** Holds all column families of a view against what RocksDB reads. */
export async function assertSame(database: Database, theirs: PeerScan): Promise<void> {
  assertNoWarnings(database);
  assert.deepEqual([...database.columnFamilies].sort(), Object.keys(theirs).sort());
  for (const [family, rows] of Object.entries(theirs)) {
    assertSameRows(await rowsOf(database.entries(family)), rows, family);
  }
}

/** Bounds, lookups, counts, searches and a scan given up, against what RocksDB reads. */
export async function assertAnswers(
  database: Database,
  theirs: PeerScan,
  question: Question,
): Promise<void> {
  for (const [family, rows] of Object.entries(theirs)) {
    await assertBounds(database, family, rows, question);
    await assertLookups(database, family, rows, question);
    await assertSearches(database, family, rows, question);
    await assertGivenUp(database, family, rows, question);
  }
}

async function assertBounds(
  database: Database,
  family: string,
  rows: readonly Row[],
  { from, to }: Question,
): Promise<void> {
  const [start, end] = [from && hex(from), to && hex(to)];
  const within = rows.filter(
    ([key]) => (start === undefined || key >= start) && (end === undefined || key < end),
  );
  const bounds = { ...(from && { from }), ...(to && { to }) };
  const what = `${family} from ${start} to ${end}`;
  assertSameRows(await rowsOf(database.entries(family, bounds)), within, what);
  assertSameRows(await rowsIn(database.batches(family, bounds)), within, `${what}, batches`);
  assert.equal(await database.count(family, bounds), within.length, `${what}, counted`);
}

async function assertLookups(
  database: Database,
  family: string,
  rows: readonly Row[],
  { keys }: Question,
): Promise<void> {
  const values = new Map(rows);
  const some = rows.filter((_, i) => i % Math.ceil(rows.length / 20) === 0).map(([key]) => key);
  const asked = [...keys.map(hex), ...some, ...some.map((one) => `${one}00`)];
  const many = await database.getMany(
    family,
    asked.map((key) => Buffer.from(key, 'hex')),
  );
  for (const [i, key] of asked.entries()) {
    const value = await database.get(family, Buffer.from(key, 'hex'));
    for (const found of [value, many[i]]) {
      assert.equal(found && hex(found), values.get(key), `${family}: get ${key}`);
    }
  }
}

/** Keys, and what is in the middle of some value. */
async function assertSearches(
  database: Database,
  family: string,
  rows: readonly Row[],
  { keys, abortAfter }: Question,
): Promise<void> {
  const value = Buffer.from(rows[abortAfter % Math.max(1, rows.length)]?.[1] ?? '', 'hex');
  const middle = value.subarray(value.length >> 1, (value.length >> 1) + 1 + abortAfter);
  for (const needle of [...keys.slice(0, 2), middle]) {
    if (needle.length === 0) continue;
    const has = (text: string) => Buffer.from(text, 'hex').includes(needle);
    const expected = rows.filter((row) => row.some(has));
    const found = await rowsIn(database.search(family, needle));
    assertSameRows(found, expected, `${family}: search ${hex(needle)}`);
  }
}

async function assertGivenUp(
  database: Database,
  family: string,
  rows: readonly Row[],
  { abortAfter }: Question,
): Promise<void> {
  const given = new AbortController();
  const scan = database.entries(family, { signal: given.signal });
  const seen: Row[] = [];
  let stopped = false;
  try {
    for await (const { key, value } of scan) {
      if (seen.length === abortAfter) given.abort(new CorruptionError('', 'given up'));
      seen.push([hex(key), hex(value)]);
    }
  } catch (error) {
    assert.equal(error, given.signal.reason);
    stopped = true;
  }
  assertSameRows(seen, rows.slice(0, seen.length), `${family}, given up after ${abortAfter}`);
  if (!stopped) assert.equal(seen.length, rows.length);
}
