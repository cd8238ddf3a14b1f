import assert from 'node:assert/strict';
import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { diskUsage } from '../../src/app/files/diskUsage';
import { usageText } from '../../src/app/files/usageText';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
const options = () => ({ follow: true, signal: new AbortController().signal });

async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(
    async ({ parentPath, name }) => (await stat(path.join(parentPath, name))).size,
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

describe('diskUsage', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-usage-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  for (const fixture of ['10-layout', '11-damaged', '12-real-app']) {
    it(`counts every byte of ${fixture} once, by place and by kind`, async () => {
      const state = path.join(fixtures, fixture, 'state');
      const usage = await diskUsage(state, options());
      assert.equal(usage.bytes, await bytesBelow(state));
      const own = usage.files.reduce((sum, { bytes }) => sum + bytes, 0);
      const kinds = Object.values<number>({ ...usage.databases }).reduce(
        (sum, bytes) => sum + bytes,
        own,
      );
      assert.equal(kinds, usage.bytes);
      const top = usage.rows.filter(({ depth }) => depth === 0);
      const loose = (await readdir(state, { withFileTypes: true })).filter((one) => one.isFile());
      const sizes = loose.map(
        ({ name }) => usage.files.find((file) => file.name === name)?.bytes ?? 0,
      );
      const sum = [...top.map(({ bytes }) => bytes), ...sizes].reduce((a, b) => a + b, 0);
      assert.equal(sum, usage.bytes);
    });
  }

  it('tells what counts from what was left behind', async () => {
    await cp(path.join(fixtures, '11-damaged/state/damage/sound'), path.join(folder, 'g/default'), {
      recursive: true,
    });
    const partition = path.join(folder, 'g/default/orders/0');
    const before = await diskUsage(folder, options());
    assert.ok(before.databases.tables > 0 && before.databases.logs > 0);
    assert.equal(before.databases.unused, 0);
    await writeFile(path.join(partition, '000002.sst'), Buffer.alloc(1000)); // of an earlier time
    await writeFile(path.join(partition, '000003.log'), Buffer.alloc(200));
    await writeFile(path.join(partition, 'MANIFEST-000001'), Buffer.alloc(30));
    const after = await diskUsage(folder, options());
    assert.deepEqual(after.databases, { ...before.databases, unused: 1230 });
  });

  it('says which store could not be asked, and counts its files all the same', async () => {
    const state = path.join(fixtures, '11-damaged/state/damage/current-points-nowhere');
    await cp(state, path.join(folder, 'g/default'), { recursive: true });
    const usage = await diskUsage(folder, options());
    assert.equal(usage.bytes, await bytesBelow(folder));
    assert.equal(usage.problems.length, 1);
    assert.match(usageText(usage).at(-1) ?? '', /orders\/0/);
  });

  it('is told as text, the largest files of the app apart', async () => {
    const usage = await diskUsage(path.join(fixtures, '10-layout/state'), options());
    const lines = usageText(usage);
    assert.match(lines[0] ?? '', /10-layout\/state: 723 KB$/);
    assert.ok(lines.includes('Of 100 GB that Quix Cloud keeps: < 1 %'));
    assert.ok(lines.some((line) => /^ {6}orders\[10\] +43\.\d KB +6 % {2}█$/.test(line)));
    const largest = lines.indexOf(lines.find((line) => line.startsWith('Largest files')) ?? '');
    assert.match(lines[largest + 1] ?? '', /^model1\.dat +3\.0 KB/);
  });

  it('ends when it is aborted', async () => {
    const reason = new Error('enough');
    const aborted = { follow: true, signal: AbortSignal.abort(reason) };
    await assert.rejects(diskUsage(path.join(fixtures, '10-layout/state'), aborted), reason);
  });
});
