import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { build } from 'esbuild';
import { get } from '../src/cli/get';
import { Output } from '../src/cli/output';

const root = path.resolve(import.meta.dirname, '..');
const fixtures = path.join(root, 'test/fixtures');

/** By the quixstreams that wrote them, and by rocksdict where that is not today's. */
const oldVersions = [
  ...['09-old-qs-2.3.3-rd0.3.20', '09-old-qs-2.11.1', '09-old-qs-2.11.1-rd0.3.23'],
  ...['09-old-qs-3.0.0', '09-old-qs-3.0.0-rd0.3.23'],
  ...['09-old-qs-3.10.0', '09-old-qs-3.10.0-rd0.3.25'],
];

type Value = string | { len: number; sha256: string };
interface ColumnFamily {
  count: number;
  digest: string;
  entries?: [string, Value][];
}
interface Store {
  path: string;
  kind: string;
  column_families?: Record<string, ColumnFamily>;
  semantic?: Record<string, unknown>[];
  semantic_sample?: [number, Record<string, unknown>][];
  damage?: string;
  open_rocksdict?: string;
}

interface Result {
  code: number | null;
  lines: string[];
  stdout: Buffer;
  stderr: string;
}

async function storesOf(fixture: string): Promise<Store[]> {
  const text = await readFile(path.join(fixtures, fixture, 'expected.json'), 'utf8');
  return (JSON.parse(text) as { stores: Store[] }).stores;
}

const parsed = (line: string) => JSON.parse(line) as Record<string, unknown>;

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

describe('state-folder', function () {
  this.timeout(60_000);
  let folder: string;
  let program: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'state-folder-cli-'));
    program = path.join(folder, 'cli.js');
    await build({
      absWorkingDir: root,
      entryPoints: {
        cli: 'src/cli.ts',
        formats: 'src/quixstreams/formats/formats.ts',
        scanThread: 'src/rocksdb/threads/scanThread.ts',
      },
      outdir: folder,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<Result> => runIn(fixtures, ...args);

  async function runIn(cwd: string, ...args: string[]): Promise<Result> {
    const child = spawn(process.execPath, [program, ...args], { cwd });
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => out.push(data));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    const [code] = (await once(child, 'close')) as [number | null];
    const stdout = Buffer.concat(out);
    const lines = stdout.toString().split('\n');
    assert.equal(lines.pop(), '', 'the last line ends');
    return { code, lines, stdout, stderr };
  }

  const rawDumps = new Map<string, Promise<Result>>();

  function dumpRaw(directory: string): Promise<Result> {
    const before = rawDumps.get(directory);
    if (before) return before;
    const result = run('dump', '--raw', directory);
    rawDumps.set(directory, result);
    return result;
  }

  const withoutWalDir = (store: Store) => !store.path.includes('with-wal-dir');

  for (const fixture of [
    ...['01-default-wal-open', '02a-default-50cp-closed', '02b-default-mixed-open'],
    ...['02c-default-nochangelog-open', '03a-default-20k-closed', '03b-default-20k-levels-open'],
    ...['04-compression', '05-ttl', '06a-windowed-open', '06b-windowed-closed', '07-timestamped'],
    ...['08a-odd-content-open', '08b-huge-and-many', '08c-huge-wal-open', ...oldVersions],
    ...['10-layout', '12-real-app'],
  ]) {
    it(`dump --raw of ${fixture} is what RocksDB reads`, async () => {
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
    it(`dump of ${fixture} is what Quix Streams means`, async () => {
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

  it('dump shows pickles as bytes', async () => {
    const store = '08a-odd-content-open/state/odd/pickle/orders/0';
    const { code, lines } = await run('dump', store);
    assert.equal(code, 0);
    const record = lines.map(parsed).find(({ raw_key }) => raw_key === '7261777c80044b072e');
    assert.deepEqual(record?.message_key, { bytes: '726177' });
    assert.deepEqual(record.key, { bytes: '80044b072e' });
    assert.deepEqual(Object.keys(record.value as object), ['bytes']);
  });

  it('dump has a meaning for every entry of every kind of store of a real app', async () => {
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
      const child = spawn(process.execPath, [program, 'dump', ...raw, store], { cwd: fixtures });
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

  describe('get', () => {
    const real = '12-real-app/state/freddy-example-prod-features/default/f-in/0';

    it('prints the very bytes of a value', async () => {
      for (const key of ['PC1|"total"', 'PC1|total', '0x5043317c22746f74616c22']) {
        const { code, stdout, stderr } = await runBytes('get', real, key);
        assert.deepEqual([code, stdout.toString(), stderr], [0, '14', ''], key);
      }
      const { stdout } = await runBytes('get', real, 'PC1|raw');
      assert.deepEqual([...stdout], [0, 1, 255, 98, 105, 110]);
      const ttl = '05-ttl/state/quixstreams-default/ttl-new/orders/0';
      assert.equal((await runBytes('get', ttl, 's0|never')).stdout.toString(), '{"i":0}');
    });

    it('finds windows by key and start, values of joins by key and time, and typed keys', async () => {
      const app = '12-real-app/state/freddy-example-prod-features';
      const joined = '07-timestamped/state/join-app/join/payments/0';
      const cases: [store: string, key: string, value: string][] = [
        [
          `${app}/tumbling_window_10000/f-in/0`,
          'PC1|2026-11-24T03:32:50Z',
          '{"avg/Mean":[247.5,5],"n/Count":5}',
        ],
        [
          `${app}/tumbling_window_10000/f-in/0`,
          'PC1|1795491170000|1795491180000',
          '{"avg/Mean":[247.5,5],"n/Count":5}',
        ],
        [
          '06b-windowed-closed/state/windows-app/tumbling_window_10000_sum/orders/0',
          'Zürich|1790000000000',
          '427',
        ],
        [
          '06b-windowed-closed/state/windows-app/hopping_count_window_collect/orders/0',
          '0x617c226d6574616461746122',
          '{"windows":[{"count":4,"start":1790000060754,"end":1790000069251,"aggregations":null,' +
            '"collection_start_id":36},{"count":2,"start":1790000067320,"end":1790000069251,' +
            '"aggregations":null,"collection_start_id":38}]}',
        ],
        [joined, 'k2|1790000010500', '{"i":15,"side":"payments"}'],
        [joined, 'k|3|1790000010500', '{"i":15,"side":"payments"}'],
        [joined, 'k2|1790000011200|63', '{"i":16,"dup":1}'],
        ['15-kinds/state/closed.dict', '70000', '"s"'],
        ['15-kinds/state/closed.dict', '-1', 'b'],
        ['15-kinds/state/closed.dict', '128', 'true'],
        ['15-kinds/state/closed.dict', '-9223372036854775808', '2.0'],
        ['15-kinds/state/closed.dict', '-1.5', ''],
        ['15-kinds/state/closed.dict', 'True', '1.5'],
        ['15-kinds/state/closed.dict', 'Zürich', 'NaN'],
        ['15-kinds/state/closed.dict', '"Zürich"', 'NaN'],
      ];
      for (const [store, key, value] of cases) {
        const { code, stdout, stderr } = await runBytes('get', '--', store, key);
        assert.deepEqual([code, stdout.toString(), stderr], [0, value, ''], `${store} ${key}`);
      }
      const collects = `${app}/hopping_window_10000_5000_collect/f-in/0`;
      const { stdout } = await runBytes('get', collects, 'PC1|1795491175000');
      assert.match(stdout.toString(), /^\[\d+\.\d(,\d+\.\d)*\]$/);
      const { items } = { items: JSON.parse(stdout.toString()) as number[] };
      assert.ok(items.length > 1);
      // What was buffered, by the message keys of a lookup buffer as `dump` has them.
      const buffer = '15-kinds/state/app/lookup-buffer/orders/0';
      const keys = new Map<unknown, string>();
      for (const line of (await run('dump', buffer)).lines) {
        const { type, message_key: key, received, counter } = parsed(line);
        if (type === 'buffered')
          keys.set(key, `${String(key)}|${String(received)}|${String(counter)}`);
      }
      for (const messageKey of ['a|b', 'device-1', null]) {
        const { code, stdout } = await runBytes('get', buffer, keys.get(messageKey) ?? '');
        assert.equal(code, 0);
        const { v, r } = parsed(stdout.toString());
        assert.ok(v && keys.get(messageKey)?.includes(String(r)));
      }
      const two = await runBytes('get', joined, 'k2|1790000011200');
      assert.deepEqual(two.code, 1);
      assert.match(two.stderr, /may be '0x226b3222\w+' or '0x226b3222\w+': give one of them/);
    });

    it('says when there is no such key, or when it may be one of several', async () => {
      const none = await runBytes('get', real, 'PC1|nothing');
      assert.equal(none.code, 1);
      assert.match(none.stderr, /^state-folder: no key PC1\|nothing in .*\n$/);
      const pipes = '08a-odd-content-open/state/odd/pipes/orders/0';
      const several = await runBytes('get', pipes, 'a|k');
      assert.equal(several.code, 1);
      assert.match(several.stderr, /'a\|"k"' or '"a"\|"k"'/);
    });

    it('reads a value in a format', async () => {
      const pickles = '08a-odd-content-open/state/odd/pickle/orders/0';
      const key = '0x7261777c80049507000000000000008c03736574942e';
      for (const format of ['pickle', 'auto']) {
        const { code, stdout, stderr } = await runBytes('get', pickles, key, '--as', format);
        assert.deepEqual([code, stdout.toString(), stderr], [0, '{1}\n', ''], format);
      }
      const bytes = await runBytes('get', real, 'PC1|raw', '--as', 'bytes');
      assert.equal(bytes.stdout.toString(), "b'\\x00\\x01\\xffbin'\n");
      const none = await runBytes('get', real, 'PC1|raw', '--as', 'pickle');
      assert.deepEqual([none.code, none.stdout.length], [1, 0]);
      assert.match(none.stderr, /^state-folder: the value cannot be read as pickle: [^\n]+\n$/);
    });

    it('escapes for a terminal', async () => {
      const shown = async (store: string, key: string) => {
        const stream = new PassThrough();
        const output = new Output(stream);
        const reported: string[] = [];
        const report = (line: string) => reported.push(line);
        const formatsModule = path.join(folder, 'formats.js');
        const printing = { as: undefined, toTerminal: true, formatsModule };
        await get(path.join(fixtures, store), key, printing, output, report);
        await output.flush();
        assert.deepEqual(reported, []);
        return (stream.read() as Buffer).toString();
      };
      assert.equal(await shown(real, 'PC1|raw'), "b'\\x00\\x01\\xffbin'\n");
      assert.equal(await shown(real, 'PC1|total'), '14\n');
      const unicode = '08a-odd-content-open/state/odd/unicode/orders/0';
      assert.equal(await shown(unicode, '"same"|"\u202eRTL"'), '"\\u202eRTL"\n');
    });

    /** A value has no line end of its own. */
    async function runBytes(...args: string[]) {
      const child = spawn(process.execPath, [program, ...args], { cwd: fixtures });
      const out: Buffer[] = [];
      let stderr = '';
      child.stdout.on('data', (data: Buffer) => out.push(data));
      child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
      const [code] = (await once(child, 'close')) as [number | null];
      return { code, stdout: Buffer.concat(out), stderr };
    }
  });

  describe('ls', () => {
    it('shows the folder of a real app as a tree', async () => {
      const { code, lines, stderr } = await run('ls', '12-real-app');
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(lines[0] ?? '', /^12-real-app\/state {2}9 stores · 1\.4 MB$/);
      assert.equal(lines[1], '└─ freddy-example-prod-features');
      assert.equal(lines[2], '   ├─ default');
      assert.match(lines[4] ?? '', /0 {2}keys · changelog offset 14 · \S+ KB$/);
      assert.match(lines.join('\n'), /f-ttl\n.* 0 {2}keys · TTL · changelog offset 48/);
      assert.match(lines.join('\n'), /asof\n.*f-meta\n.* 0 {2}join/);
      assert.match(lines.join('\n'), /tumbling_count_window_reduce\n.*f-in\n.* 0 {2}windows/);
    });

    it('shows what else lies there, and stores that are half there', async () => {
      const { code, lines, stderr } = await run('ls', '10-layout');
      assert.equal(code, 0);
      assert.match(stderr, /^state-folder: warning: .*\/app\/10-layout\/wal.*\n$/);
      const text = lines.join('\n');
      assert.match(text, /half-deleted\n.*0 {2}not a store/);
      assert.match(text, /models\/\n.*deep\//);
      assert.match(text, /model1\.dat {2}\d/);
    });

    it('says which partitions are damaged, and goes on', async () => {
      const { code, lines, stderr } = await run('ls', '11-damaged');
      assert.equal(code, 1);
      assert.match(lines.join('\n'), /manifest-bitflip\n.*orders\n.* 0 {2}damaged/);
      assert.match(lines.join('\n'), /sound\n.*orders\n.* 0 {2}keys · changelog offset 599/);
      assert.match(stderr, /state-folder: damaged: .*manifest-bitflip.*MANIFEST-000005/);
    });

    it('of a partition says what it is', async () => {
      const { lines } = await run(
        'ls',
        '12-real-app/state/freddy-example-prod-features/default/f-in/0',
      );
      assert.equal(lines.length, 1);
      assert.match(lines[0] ?? '', /f-in\/0 {2}keys · changelog offset 14$/);
    });
  });

  it('dump goes on behind a damaged block, and names it and the keys that may be missing', async () => {
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

  describe('verify', () => {
    it('says of a sound store how much of it there is', async () => {
      const store = '11-damaged/state/damage/sound/orders/0';
      const { code, lines, stderr } = await run('verify', store);
      assert.deepEqual([code, stderr], [0, '']);
      const counts = '4 tables with 23 blocks and 422 entries, 1 write-ahead log with 9 records';
      assert.deepEqual(lines, [`ok  ${store}  ${counts}`]);
    });

    it('tells of each store below a folder, what is damaged and what RocksDB does', async () => {
      const { code, lines, stderr } = await run('verify', '11-damaged');
      assert.deepEqual([code, stderr], [1, '']);
      const stores = lines.filter((line) => !line.startsWith(' '));
      assert.equal(stores.length, 28);
      const sound = stores.filter((line) => line.startsWith('ok  '));
      assert.deepEqual(
        sound.map((line) => line.split('/')[3]),
        [
          ...['identity-missing', 'options-missing', 'sound', 'stray-files', 'wal-empty'],
          'wal-zeros-appended',
        ],
      );
      const at = lines.findIndex((line) => line.includes('/wal-bitflip-middle/'));
      assert.deepEqual(lines.slice(at + 1, at + 6), [
        '  damaged: 000013.log at byte 6404: record checksum mismatch',
        '    Keys that may be missing or old: from "k25"|"s00" to "k29"|"s19"',
        '    Keys of __metadata__ that may be missing or old: from __changelog_offset__ to __changelog_offset__',
        '    Operations that are missing: 105, sequences 526 to 630',
        '    RocksDB opens the store without what the write-ahead logs hold from there on.',
      ]);
    });

    it('looks for stores in state where no folder is named', async () => {
      const { code, lines } = await runIn(path.join(fixtures, '12-real-app'), 'verify');
      assert.equal(code, 0);
      assert.equal(lines.length, 12);
      for (const line of lines) assert.match(line, /^ok {2}state\/freddy-example-prod-features\//);
    });

    it('says what is no store, and what is not there', async () => {
      const empty = await run('verify', 'logs');
      assert.deepEqual([empty.code, empty.stderr], [1, 'state-folder: no store in logs\n']);
      const missing = await run('verify', '/does/not/exist');
      assert.equal(missing.code, 1);
      assert.match(missing.stderr, /^state-folder: .*\/does\/not\/exist.*\n$/);
    });
  });

  describe('inspect', () => {
    const store = '03b-default-20k-levels-open/state/quixstreams-default/default/orders/0';

    it('tells levels, tables, logs and who keeps them', async () => {
      const { code, lines, stderr } = await run('inspect', store);
      assert.deepEqual([code, stderr], [0, '']);
      const text = lines.join('\n');
      assert.match(
        text,
        /^RocksDB 9\.8\.4 · .* · MANIFEST-000005 \(3\.1 KB\) · OPTIONS-000009 · /m,
      );
      assert.match(
        text,
        /^ {2}default +L1 +000036\.sst +5\.3 KB +277 .* 0 +6 LZ4 XXH3 bloomfilter +2026-/m,
      );
      assert.match(text, /^ {2}default +L\d +000029\.sst +75\.1 KB/m);
      assert.match(text, /^ {2}000037\.log +15\.5 KB +\S+ \S+Z +all$/m);
      assert.match(text, /^ {2}wal_recovery_mode=kPointInTimeRecovery$/m);
    });

    it('gives JSON with --json', async () => {
      const { code, lines } = await run('inspect', store, '--json');
      assert.equal(code, 0);
      assert.equal(lines.length, 1);
      const found = parsed(lines[0] ?? '');
      const tables = found['tables'] as Record<string, unknown>[];
      assert.equal(tables.length, 9);
      assert.deepEqual(
        [tables[0]?.['columnFamily'], tables[0]?.['level'], tables[0]?.['name']],
        ['default', 0, '000038.sst'],
      );
      assert.match(String(tables[0]?.['smallest']), /^[0-9a-f]+$/);
      const [log] = found['logs'] as Record<string, unknown>[];
      assert.deepEqual(log?.['keptBy'], ['default', '__metadata__']);
    });

    it('shows what is damaged among the rest', async () => {
      const damaged = '11-damaged/state/damage/sst-footer-flip/orders/0';
      const { code, lines, stderr } = await run('inspect', damaged);
      assert.equal(code, 1);
      assert.match(lines.join('\n'), /000011\.sst .*Damaged: footer checksum mismatch$/m);
      assert.match(stderr, /^state-folder: damaged: .*000011\.sst.*\n$/);
    });
  });

  it('exits with 2 when it is not called right, and with 1 when there is nothing', async () => {
    for (const args of [
      ...[[], ['frob'], ['dump'], ['dump', '.', 'x'], ['get', '.'], ['dump', '.', '--limit', 'x']],
      ...[
        ['ls', '--raw'],
        ['inspect'],
        ['verify', '.', 'x'],
        ['verify', '.', '--json'],
        ['get', '.', 'k', '--as', 'xml'],
        ['dump', '.', '--as', 'json'],
        ['dump', '.', '--nothing'],
      ],
    ]) {
      const { code, stderr, lines } = await run(...args);
      assert.equal(code, 2, args.join(' '));
      assert.match(stderr, /^state-folder: [^\n]+--help\)\n$/);
      assert.deepEqual(lines, []);
    }
    for (const directory of ['/does/not/exist', '.']) {
      const { code, stderr } = await run('dump', directory);
      assert.equal(code, 1);
      assert.match(stderr, /^state-folder: [^\n]+\n$/);
    }
  });

  it('tells its version and how to call it', async () => {
    const { version } = parsed(await readFile(path.join(root, 'package.json'), 'utf8'));
    assert.deepEqual((await run('--version')).lines, [version]);
    assert.match((await run('--help')).stdout.toString(), /dump DIR \[--raw\] \[--limit N\]/);
  });
});
