import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Finding } from '../../../src/rocksdb/index';
import { python } from '../../python.mjs';
import { fixtures, storesOf } from '../expected';
import { verified } from './verified';

/** What RocksDB did with a store: test/rocksdb/verify/openWithRocksdb.py. */
interface Opened {
  readonly open: string;
  readonly read: Readonly<Record<string, string>>;
  readonly keys: Readonly<Record<string, readonly string[]>>;
}

type Damage = (directory: string) => Promise<void>;

const sound = path.join(fixtures, '11-damaged/state/damage/sound/orders/0');

/** Flips a bit of a file. */
function flip(file: string, offset: number): Damage {
  return async (directory) => {
    const isLog = file === 'first.log' || file === 'last.log';
    const at = isLog ? await logOf(directory, file) : path.join(directory, file);
    const bytes = await readFile(at);
    bytes[offset < 0 ? bytes.length + offset : offset]! ^= 0x40;
    await writeFile(at, bytes);
  };
}

/** Damages of the parts of 000011.sst, besides those of the fixture, and of whole files. */
const own: Record<string, Damage> = {
  'a later data block': flip('000011.sst', 3500),
  'the last data block': flip('000011.sst', 14_000),
  'the filter': flip('000011.sst', 14_600),
  "the filter's checksum": flip('000011.sst', 14_918),
  "the index's checksum": flip('000011.sst', 15_027),
  'the properties': flip('000011.sst', 15_300),
  'the metaindex': flip('000011.sst', 15_970),
  'the table of another column family': flip('000012.sst', 20),
  'the first record of the log': flip('000013.log', 40),
  'the last record of the log': flip('000013.log', -3),
  'CURRENT and the log missing': async (directory) => {
    await rm(path.join(directory, 'CURRENT'));
    await rm(path.join(directory, '000013.log'));
  },
  'a byte more in a table': async (directory) => {
    await writeFile(path.join(directory, '000014.sst'), 'x', { flag: 'a' });
  },
  'the last edit of the MANIFEST': flip('MANIFEST-000005', -3),
};

/** Damages of a store with two logs, of which `default` needs the second only: writeTwoLogs.py. */
const ofTwoLogs: Record<string, Damage> = {
  'two logs': async () => undefined,
  'a log before what tables hold': flip('first.log', 400),
  'the last log': flip('last.log', 400),
  'the last log missing': async (directory) => rm(await logOf(directory, 'last.log')),
  'the first log cut within a record': async (directory) =>
    truncate(await logOf(directory, 'first.log'), 1010),
  'the first log cut between records': async (directory) =>
    truncate(await logOf(directory, 'first.log'), 1000),
};

async function logOf(directory: string, which: string): Promise<string> {
  const logs = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort();
  assert.equal(logs.length, 2);
  return path.join(directory, logs.at(which === 'first.log' ? 0 : -1) ?? '');
}

/** The worst first. */
const ranks: readonly (readonly Finding['consequence'][])[] = [
  ['refuses', 'lacksFile', 'makesAnew'],
  ['failsOnRead'],
  ['dropsLogEnd', 'opensWithout'],
  ['opens'],
];

function worst(findings: readonly Finding[]): Finding['consequence'] {
  for (const rank of ranks) {
    const found = findings.find(({ consequence }) => rank.includes(consequence));
    if (found) return found.consequence;
  }
  return 'opens';
}

/** Checks that what RocksDB did is what the findings say of it. */
function assertTold(findings: readonly Finding[], { open, read, keys }: Opened, all: Opened): void {
  const told = worst(findings);
  const failed = Object.values(read).find((status) => status !== 'ok');
  if (open.startsWith('Corruption')) return assert.equal(told, 'refuses', open);
  if (open !== 'ok') return assert.equal(told, 'lacksFile', open);
  if (failed !== undefined) return assert.equal(told, 'failsOnRead', failed);
  const total = Object.values(keys).flat().length;
  if (total === 0) return assert.equal(told, 'makesAnew');
  const missing = Object.entries(all.keys).flatMap(([family, known]) => {
    const left = new Set(keys[family]);
    return known.filter((key) => !left.has(key)).map((key) => [family, key] as const);
  });
  if (missing.length === 0) return assert.ok(ranks.flat().indexOf(told) >= 4, told);
  assert.match(told, /^(?:dropsLogEnd|opensWithout)$/);
  // Where it is known what was lost, all of it is told.
  const certain = findings.every(({ sequences }) => sequences?.last !== undefined);
  for (const [family, key] of certain ? missing : []) {
    const ranges = findings.flatMap((finding) => finding.missing);
    const hex = (bytes: Uint8Array | undefined) => bytes && Buffer.from(bytes).toString('hex');
    const covers = ranges.some(({ columnFamily, first, last }) => {
      return columnFamily === family && key >= (hex(first) ?? '') && key <= (hex(last) ?? 'g');
    });
    assert.ok(covers || ranges.length === 0, `${family} ${key}`);
  }
}

describe('what RocksDB does with a damaged store', function () {
  this.timeout(120_000);
  const stores = storesOf('11-damaged').map(({ path: at }) =>
    path.join(fixtures, '11-damaged', at),
  );
  const cases: [string, string, Damage][] = [
    ...stores.map((store): [string, string, Damage] => [
      path.basename(path.dirname(path.dirname(store))),
      store,
      async () => undefined,
    ]),
    ...Object.entries(own).map(([name, damage]): [string, string, Damage] => [name, sound, damage]),
    ...Object.entries(ofTwoLogs).map(([name, damage]): [string, string, Damage] => [
      name,
      'two logs',
      damage,
    ]),
  ];
  const found = new Map<string, readonly Finding[]>();
  const opened = new Map<string, Opened>();
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-verify-'));
    const copies: string[] = [];
    const run = promisify(execFile);
    const script = (name: string) => path.join(import.meta.dirname, name);
    const twoLogs = path.join(folder, 'written');
    await run(await python(), [script('writeTwoLogs.py'), twoLogs]);
    for (const [name, store, damage] of cases) {
      const copy = path.join(folder, name);
      await cp(store === 'two logs' ? twoLogs : store, copy, { recursive: true });
      await damage(copy);
      copies.push(copy);
      const { findings } = await verified(copy);
      found.set(
        name,
        findings.filter(({ kind }) => kind !== 'note'),
      );
    }
    const options = { maxBuffer: 256 << 20 };
    const { stdout } = await run(
      await python(),
      [script('openWithRocksdb.py'), ...copies],
      options,
    );
    for (const [index, line] of stdout.trim().split('\n').entries()) {
      opened.set(cases[index]?.[0] ?? '', JSON.parse(line) as Opened);
    }
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const [name, store] of cases) {
    // A log that is cut at a record's end is a shorter log.
    if (name === 'wal-empty') continue;
    it(`${name} is what is told`, () => {
      const all = opened.get(store === 'two logs' ? store : 'sound');
      const result = opened.get(name);
      assert.ok(result && all);
      const findings = found.get(name) ?? [];
      assertTold(findings, result, all);
    });
  }
});
