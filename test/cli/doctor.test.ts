import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fixtures, parsed, programFolder, run, runIn } from './commandLine';

describe('state-folder doctor', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'state-folder-cli-doctor-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));
  const sound = '11-damaged/state/damage/sound';

  it('finds nothing wrong with a sound store', async () => {
    const to = path.join(folder, 'state/g/default');
    await cp(path.join(fixtures, sound), to, { recursive: true });
    const { code, lines, stderr } = await runIn(folder, 'doctor');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(lines[0] ?? '', /state: 1 store · 1 remark$/);
    assert.equal(lines[1], 'Nothing is wrong.');
    assert.ok(lines.some((line) => /^ {2}RocksDB [\d.]+ wrote 1 store\.$/.test(line)));
  });

  it('says what is wrong, where, and what to do', async () => {
    const { code, lines } = await run('doctor', '11-damaged/state');
    assert.equal(code, 1);
    const at = lines.indexOf('error: damage/sst-missing/orders/0 [store-damaged]');
    assert.ok(at > 0);
    assert.match(
      lines[at + 1] ?? '',
      /^ {2}RocksDB refuses to open this store: .*\.sst: missing\./,
    );
    assert.match(lines[at + 2] ?? '', /^ {2}Copy the folder before the app runs/);
  });

  it('prints JSON that is fit for a bug report', async () => {
    const to = path.join(folder, 'project/state/damage');
    await cp(path.join(fixtures, '11-damaged/state/damage'), to, { recursive: true });
    const { code, lines } = await runIn(folder, 'doctor', 'project', '--json');
    assert.equal(code, 1);
    assert.equal(lines.length, 1);
    const [line = ''] = lines;
    assert.ok(!line.includes(folder), 'no path of this machine');
    // Keys and values of this fixture are k00|s00 and the like.
    assert.doesNotMatch(line, /k\d\d|s\d\d"/);
    const { stateFolders } = parsed(line) as {
      stateFolders: { path: string; stores: number; findings: Record<string, unknown>[] }[];
    };
    const [found] = stateFolders;
    assert.deepEqual([stateFolders.length, found?.path, found?.stores], [1, 'state', 28]);
    const missing = found?.findings.find(
      ({ path: at }) => at === 'damage/manifest-missing/orders/0',
    );
    assert.equal(missing?.['code'], 'store-incomplete');
    assert.equal(missing['severity'], 'error');
  });

  it('finds what another user may not read or write', async function () {
    if (process.getuid?.() !== 0) this.skip(); // only root starts programs as somebody else
    for (const store of ['default', 'other']) {
      const to = path.join(folder, `state/g/${store}`);
      await cp(path.join(fixtures, sound), to, { recursive: true });
    }
    await chmod(folder, 0o755);
    await chmod(path.join(folder, 'state/g/other/orders/0/CURRENT'), 0o600);
    const program = await programFolder();
    await chmod(program, 0o755);
    const nobody = { cwd: folder, uid: 65534, gid: 65534, encoding: 'utf8' } as const;
    const args = [path.join(program, 'cli.js'), 'doctor', '--json'];
    const { status, stdout } = spawnSync(process.execPath, args, nobody);
    assert.equal(status, 1);
    const { stateFolders } = parsed(stdout) as {
      stateFolders: { findings: { code: string; path: string; facts: object }[] }[];
    };
    const found = stateFolders[0]?.findings ?? [];
    assert.deepEqual(
      found.filter(({ code }) => code === 'unreadable').map(({ path: at }) => at),
      ['g/other/orders/0'],
    );
    const notOurs = found.filter(({ code }) => code === 'not-writable');
    assert.deepEqual(
      notOurs.map(({ path: at }) => at),
      ['.', 'g/default/orders/0', 'g/other/orders/0'],
    );
    assert.deepEqual(notOurs[0]?.facts, { owner: 0, user: 65534 });
  });

  it('says that there is no state folder', async () => {
    await writeFile(path.join(folder, 'main.py'), '');
    const { code, stderr } = await runIn(folder, 'doctor', '.');
    assert.deepEqual([code, stderr], [0, 'state-folder: no state folder in .\n']);
    assert.equal((await runIn(folder, 'doctor', 'nowhere')).code, 1);
  });
});
