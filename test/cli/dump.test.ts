import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  fixtures,
  parsed,
  run,
  start,
  storesOf,
  type ExpectedStore,
  type Result,
} from './commandLine';

/** By the quixstreams that wrote them, and by rocksdict where that is not today's. */
const oldVersions = [
  ...['09-old-qs-2.3.3-rd0.3.20', '09-old-qs-2.11.1', '09-old-qs-2.11.1-rd0.3.23'],
  ...['09-old-qs-3.0.0', '09-old-qs-3.0.0-rd0.3.23'],
  ...['09-old-qs-3.10.0', '09-old-qs-3.10.0-rd0.3.25'],
];

/** The digest that expected.json has of a column family. */
function digestOf(entries: [string, string][]): string {
  const hash = createHash('sha256');
  for (const part of entries.flat()) {
    const bytes = Buffer.from(part, 'hex');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest('hex');
}

/** What a line of `dump` must say of an entry, as far as the stored bytes tell it. */
function assertRecord(line: string, expected: Record<string, unknown>, stored: string) {
  const record = parsed(line);
  const { value, ...rest } = expected;
  const { value: shown, ...fields } = record;
  delete rest.backfilled; // what the fixture's writer knew
  assert.deepEqual(fields, rest);
  if (!/^(kv|window|collected|timestamped)$/.test(String(record.type))) {
    return assert.deepEqual(shown, value);
  }
  const payload = typeof record.payload === 'string' ? record.payload : stored;
  const text = Buffer.from(payload, 'hex').toString();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return assert.deepEqual(shown, { bytes: payload });
  }
  assert.deepEqual(shown, json);
  // Digit for digit; escapes are the only thing that may differ.
  if (/^[\x20-\x7e]*$/.test(text)) assert.ok(line.includes(`"value":${text}`), line);
}

describe('state-folder dump', function () {
  this.timeout(60_000);

  const rawDumps = new Map<string, Promise<Result>>();

  function dumpRaw(directory: string): Promise<Result> {
    const before = rawDumps.get(directory);
    if (before) return before;
    const result = run('dump', '--raw', directory);
    rawDumps.set(directory, result);
    return result;
  }

  const withoutWalDir = (store: ExpectedStore) => !store.path.includes('with-wal-dir');

  for (const fixture of [
    ...['01-default-wal-open', '02a-default-50cp-closed', '02b-default-mixed-open'],
    ...['02c-default-nochangelog-open', '03a-default-20k-closed', '03b-default-20k-levels-open'],
    ...['04-compression', '05-ttl', '06a-windowed-open', '06b-windowed-closed', '07-timestamped'],
    ...['08a-odd-content-open', '08b-huge-and-many', '08c-huge-wal-open', ...oldVersions],
    ...['10-layout', '12-real-app'],
  ]) {
    it(`--raw of ${fixture} is what RocksDB reads`, async () => {
      for (const store of (await storesOf(fixture)).filter(withoutWalDir)) {
        const result = await dumpRaw(path.join(fixture, store.path));
        assert.deepEqual([result.code, result.stderr], [0, ''], store.path);
        const families = Object.entries(store.column_families ?? {});
        const found = new Map<string, [string, string][]>(families.map(([name]) => [name, []]));
        for (const line of result.lines) {
          const { cf, key, value } = parsed(line) as Record<string, string>;
          assert.equal(line, `{"cf":"${cf}","key":"${key}","value":"${value}"}`);
          found.get(cf ?? '')?.push([key ?? '', value ?? '']);
        }
        for (const [name, { count, digest }] of families) {
          assert.equal(found.get(name)?.length, count, store.path);
          assert.equal(digestOf(found.get(name) ?? []), digest, store.path);
        }
        assert.equal(result.lines.length, [...found.values()].flat().length);
      }
    });
  }

  for (const fixture of [
    ...['01-default-wal-open', '02a-default-50cp-closed', '02b-default-mixed-open'],
    ...['02c-default-nochangelog-open', '03a-default-20k-closed', '03b-default-20k-levels-open'],
    ...['04-compression', '05-ttl', '06a-windowed-open', '06b-windowed-closed', '07-timestamped'],
    ...['08a-odd-content-open', '08b-huge-and-many', '08c-huge-wal-open', ...oldVersions],
    '10-layout',
  ]) {
    it(`of ${fixture} is what Quix Streams means`, async () => {
      const stores = (await storesOf(fixture)).filter(withoutWalDir);
      const byPath = new Map(stores.map((store) => [store.path, store]));
      for (const store of stores) {
        if (store.path.includes('/pickle/')) continue;
        const directory = path.join(fixture, store.path);
        const result = await run('dump', directory);
        assert.deepEqual([result.code, result.stderr], [0, ''], store.path);
        const raw = await dumpRaw(directory);
        // Of stores that their library closed later, what it says of them open counts.
        const open = byPath.get(store.path.replace(/^closed\//, '')) ?? store;
        const expected =
          open.semantic_sample ??
          (open.semantic ?? []).map((record, index) => [index, record] as const);
        assert.ok(expected.length > 0);
        if (open.semantic) assert.equal(result.lines.length, open.semantic.length, store.path);
        for (const [index, record] of expected) {
          const stored = parsed(raw.lines[index] ?? '{}') as Record<string, string>;
          assertRecord(result.lines[index] ?? '{}', record, stored.value ?? '');
        }
      }
    });
  }

  it('shows pickles as bytes', async () => {
    const store = '08a-odd-content-open/state/odd/pickle/orders/0';
    const { code, lines } = await run('dump', store);
    assert.equal(code, 0);
    const record = lines.map(parsed).find(({ raw_key }) => raw_key === '7261777c80044b072e');
    assert.deepEqual(record?.message_key, { bytes: '726177' });
    assert.deepEqual(record.key, { bytes: '80044b072e' });
    assert.deepEqual(Object.keys(record.value as object), ['bytes']);
  });

  it('has a meaning for every entry of every kind of store of a real app', async () => {
    const types = new Map<string, Set<string>>();
    for (const store of await storesOf('12-real-app')) {
      const { code, lines } = await run('dump', path.join('12-real-app', store.path));
      assert.equal(code, 0);
      const name = store.path.split('/').at(-3) ?? '';
      const found = types.get(name) ?? new Set();
      for (const { cf, type } of lines.map(parsed)) {
        if (cf !== '__metadata__') found.add(String(type));
      }
      types.set(name, found);
    }
    const windows = ['per_prefix', 'window'];
    assert.deepEqual(
      [...types].map(([name, found]) => [name, [...found].sort()]),
      [
        ['asof', ['per_prefix', 'timestamped']],
        ['default', ['kv', 'ttl_index', 'metadata'].sort()],
        ['hopping_count_window_collect', ['collected', 'kv', 'per_prefix']],
        ['hopping_window_10000_5000_collect', ['collected', ...windows]],
        ['interval', ['per_prefix', 'timestamped']],
        ['session_window_3000_sum', windows],
        ['sliding_window_10000_max', windows],
        ['tumbling_count_window_reduce', ['kv']],
        ['tumbling_window_10000', windows],
      ],
    );
  });

  it('follows wal_dir, and warns when it is not there', async () => {
    const store = '10-layout/state/my-app-v2/default/with-wal-dir/0';
    const folder = await mkdtemp(path.join(tmpdir(), 'state-folder-wal-dir-'));
    const moved = path.join(folder, 'with-wal-dir');
    await cp(path.join(fixtures, store), moved, { recursive: true });
    const expected = (await storesOf('10-layout')).find(({ path }) => store.endsWith(path));
    const missing = await run('dump', moved);
    assert.deepEqual([missing.code, missing.lines.length], [0, 0]);
    assert.match(
      missing.stderr,
      /^state-folder: warning: .*with-wal-dir.*\/app\/10-layout\/wal.*\n$/,
    );
    const wal = path.join(fixtures, '10-layout/wal');
    for (const name of await readdir(moved)) {
      if (!name.startsWith('OPTIONS-')) continue;
      const file = path.join(moved, name);
      const options = await readFile(file, 'utf8');
      await writeFile(
        file,
        options.replace(/wal_dir=.*/, () => `wal_dir=${wal}`),
      );
    }
    const followed = await run('dump', moved);
    assert.deepEqual([followed.code, followed.stderr], [0, '']);
    assert.equal(followed.lines.length, expected?.semantic?.length);
    await rm(folder, { recursive: true });
  });

  it('of damaged stores shows what RocksDB shows with a warning, or says what is damaged', async () => {
    const sound = await run('dump', '--raw', '11-damaged/state/damage/sound/orders/0');
    for (const store of await storesOf('11-damaged')) {
      const { code, lines, stderr } = await run(
        'dump',
        '--raw',
        path.join('11-damaged', store.path),
      );
      const name = store.damage ?? 'sound';
      if (store.column_families) {
        assert.equal(code, 0, name);
        const count = Object.values(store.column_families).reduce((sum, cf) => sum + cf.count, 0);
        assert.equal(lines.length, count, name);
        if (/^wal-(tail|half|garbage|bitflip|missing)/.test(name)) {
          assert.match(stderr, /^state-folder: warning: .*000013\.log.*\n$/, name);
        }
      } else {
        assert.equal(code, 1, name);
        assert.match(stderr, /^state-folder: [^\n]*(\.sst|MANIFEST-|CURRENT)[^\n]*\n$/, name);
        assert.ok(stderr.includes(store.path), stderr);
        const all = new Set(sound.lines);
        for (const line of lines) assert.ok(all.has(line), `${name} ${line}`);
        // What is behind a damaged block or table is there.
        const rest = { 'sst-first-block-flip': 548, 'sst-footer-flip': 341, 'sst-index-flip': 341 };
        const left = Object.entries(rest).find(([damage]) => damage === name)?.[1];
        if (left !== undefined) assert.equal(lines.length, left, name);
      }
    }
  });

  it('stops after --limit entries', async () => {
    const store = '01-default-wal-open/state/quixstreams-default/default/orders/0';
    const { lines } = await run('dump', store);
    assert.deepEqual((await run('dump', store, '--limit', '3')).lines, lines.slice(0, 3));
    assert.deepEqual((await run('dump', store, '--limit', '0')).lines, []);
    const raw = await run('dump', store, '--raw', '--limit', '38');
    assert.equal(raw.lines.length, 38);
  });

  it('ends quietly when its pipe closes', async () => {
    const store = '08b-huge-and-many/state/odd/many/orders/0';
    for (const raw of [[], ['--raw']]) {
      const child = await start(fixtures, 'dump', ...raw, store);
      let stderr = '';
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
      await once(child.stdout, 'data');
      child.stdout.destroy();
      const [code] = (await once(child, 'close')) as [number | null];
      assert.deepEqual([code, stderr], [0, '']);
    }
  });

  it('prints no character that a terminal obeys', async () => {
    for (const args of [['dump'], ['dump', '--raw']]) {
      const { stdout } = await run(...args, '08a-odd-content-open/state/odd/unicode/orders/0');
      assert.doesNotMatch(stdout.toString(), /(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
      if (args.length === 1) assert.match(stdout.toString(), /"key":"\\u202eRTL"/);
    }
  });

  it('goes on behind a damaged block, and names it and the keys that may be missing', async () => {
    const store = '11-damaged/state/damage/sst-first-block-flip/orders/0';
    for (const options of [[], ['--raw']]) {
      const { code, lines, stderr } = await run('dump', store, ...options);
      assert.deepEqual([code, lines.length], [1, 548]);
      const file = path.join(fixtures, store, '000011.sst');
      assert.equal(
        stderr,
        `state-folder: damaged: ${file} at byte 0: block checksum mismatch; ` +
          'keys from "k00"|"s00" to "k02"|"s13 may be missing or old\n',
      );
    }
  });
});
