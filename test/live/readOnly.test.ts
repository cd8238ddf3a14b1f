import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { buildScanThread } from '../properties/scanThreadModule';
import { startLiveWriter, type LiveWriter } from './liveWriter';

const exec = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');

/** Opens, scans, searches in threads, asks, verifies, inspects and refreshes for three seconds. */
const reader = `
  import { inspectDatabase, openReadOnly, ScanThreads, verifyDatabase } from './src/rocksdb/index';
  // strace makes it many times slower: the writer may outrun it, which is no matter here.
  const unlessGone = (error) => {
    if (error.code !== 'gone') throw error;
  };
  async function main() {
    const [, , directory, module] = process.argv;
    const threads = new ScanThreads(module, 2);
    const database = await openReadOnly(directory, { threads });
    for (const end = Date.now() + 3000; Date.now() < end; ) {
      for (const family of database.columnFamilies) {
        const keys = [];
        for await (const { key } of database.entries(family)) keys.push(key);
        for await (const batch of database.search(family, Buffer.from('pad'))) batch.key(0);
        await database.count(family);
        await database.getMany(family, keys);
        for (const key of keys.slice(0, 100)) await database.get(family, key);
      }
      await verifyDatabase(directory, () => undefined).catch(unlessGone);
      await inspectDatabase(directory).catch(unlessGone);
      await database.refresh().catch(unlessGone);
    }
    await database.close();
    await threads.dispose();
  }
  void main();
`;

/** Calls that change a file or a directory, whatever their arguments. */
const changes =
  /^(creat|mkdir|mkdirat|mknod|mknodat|rename|renameat|renameat2|link|linkat|symlink|symlinkat|unlink|unlinkat|rmdir|truncate|ftruncate|fallocate|chmod|fchmod|fchmodat|chown|fchown|lchown|fchownat|utime|utimes|utimensat|setxattr|fsetxattr|write|pwrite64|writev|pwritev|pwritev2|sendfile|copy_file_range|flock)$/;

describe('the reader, as the kernel sees it', function () {
  this.timeout(120_000);
  let writer: LiveWriter;

  before(async function () {
    if (process.platform !== 'linux') {
      console.log('      strace is for Linux only');
      this.skip();
    }
    // strace makes the reader many times slower: a writer in a hurry would outrun it.
    writer = await startLiveWriter(60, 10);
  });
  after(() => writer?.remove());

  it('opens files for reading only, and changes, creates and locks nothing', async () => {
    const program = path.join(path.dirname(writer.directory), '../../../../reader.cjs');
    await build({
      stdin: { contents: reader, resolveDir: root, loader: 'ts' },
      bundle: true,
      platform: 'node',
      outfile: program,
      logLevel: 'error',
    });
    const module = await buildScanThread(path.dirname(program));
    const trace = `${program}.trace`;
    // -y prints the path behind every descriptor, so that writes into the store would be seen as such.
    const traced = ['-f', '-y', '-s', '0', '-o', trace, '-e', 'trace=%file,%desc'];
    await exec('strace', [...traced, process.execPath, program, writer.directory, module], {
      maxBuffer: 64 << 20,
    });
    const lines = (await readFile(trace, 'utf8')).split('\n');
    const inStore = lines.filter((line) => line.includes(writer.directory));
    const opened = inStore.filter((line) => /\bopen(at2?)?\(/.test(line));
    assert.ok(
      opened.some((line) => line.includes('.sst')),
      'tables were opened',
    );
    assert.ok(
      opened.some((line) => line.includes('.log')),
      'logs were opened',
    );
    const bad = inStore.filter((line) => {
      const call = /^\d+\s+(?:<\.\.\. )?(\w+)/.exec(line)?.[1] ?? '';
      const opensToWrite = /O_(WRONLY|RDWR|CREAT|TRUNC|APPEND)/.test(line);
      const locks = call === 'fcntl' && /F_(OFD_)?SETLK/.test(line);
      return (
        changes.test(call) || opensToWrite || locks || line.includes(`${writer.directory}/LOCK`)
      );
    });
    assert.deepEqual(bad, []);
  });
});
