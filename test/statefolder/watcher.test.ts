import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { appendFile, cp, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises';
import { symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { StateFolderWatcher, type FolderEvent, type WatchMode } from '../../src/statefolder/index';
import { copyFixture, inTemporaryFolder, until } from './temporaryFolder';

/** A watcher, and what it told. */
class Watched {
  readonly events: FolderEvent[] = [];
  readonly watcher: StateFolderWatcher;

  constructor(folders: readonly string[], mode: WatchMode = 'events') {
    this.watcher = new StateFolderWatcher(folders, mode);
    this.watcher.onDidChange((event) => this.events.push(event));
  }

  partition(partition: string): Promise<unknown> {
    const isIt = (event: FolderEvent) => event.kind === 'partition' && event.path === partition;
    return until(`a change of ${partition}`, () => this.events.find(isIt));
  }

  structure(): Promise<unknown> {
    const isIt = (event: FolderEvent) => event.kind === 'structure';
    return until('a change of the structure', () => this.events.find(isIt));
  }

  /** Waits until nothing was told for a while, and forgets what was. */
  async quiet(): Promise<void> {
    let known = -1;
    while (known !== this.events.length) {
      known = this.events.length;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    this.events.length = 0;
  }
}

async function watching(
  folders: readonly string[],
  use: (watched: Watched) => Promise<void>,
  mode?: WatchMode,
): Promise<void> {
  const watched = new Watched(folders, mode);
  try {
    await watched.watcher.start();
    await use(watched);
  } finally {
    watched.watcher.dispose();
  }
}

/** A state folder with one store whose log lacks its second half, and that half. */
async function halfWritten(
  state: string,
): Promise<{ partition: string; log: string; rest: Buffer }> {
  await copyFixture('01-default-wal-open', state);
  const names = (await readdir(state, { recursive: true })).sort();
  const log = path.join(state, names.find((name) => name.endsWith('.log')) ?? '');
  const bytes = await readFile(log);
  const half = bytes.length >> 1;
  await truncate(log, half);
  return { partition: path.dirname(log), log, rest: bytes.subarray(half) };
}

async function folders(at: string): Promise<string[]> {
  const entries = await readdir(at, { recursive: true, withFileTypes: true });
  const below = entries.filter((entry) => entry.isDirectory());
  return [at, ...below.map((entry) => path.join(entry.parentPath, entry.name))];
}

/** The inodes that this process has inotify watches on. */
function watchedInodes(): number[] {
  return readdirSync('/proc/self/fdinfo').flatMap((descriptor) => {
    let text = '';
    try {
      text = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8');
    } catch {
      // that of the directory that was just read
    }
    return [...text.matchAll(/^inotify .*?\bino:([0-9a-f]+)/gm)].map(([, ino]) =>
      parseInt(ino ?? '', 16),
    );
  });
}

describe('StateFolderWatcher', () => {
  it('tells of every append to a log, and of no structure then', () =>
    inTemporaryFolder(async (at) => {
      const { partition, log, rest } = await halfWritten(path.join(at, 'state'));
      await watching([at], async (watched) => {
        for (const part of [rest.subarray(0, 100), rest.subarray(100)]) {
          await watched.quiet();
          await appendFile(log, part);
          await watched.partition(partition);
        }
        await watched.quiet();
        await appendFile(path.join(partition, 'LOG'), 'RocksDB writes its own log all the time\n');
        await writeFile(path.join(partition, '000099.dbtmp'), '');
        await appendFile(log, 'x');
        await watched.partition(partition);
        await new Promise((resolve) => setTimeout(resolve, 300));
        assert.deepEqual(
          watched.events.filter(({ kind }) => kind === 'structure'),
          [],
        );
      });
    }));

  it('tells of a store that is made, in a folder that is made, in one that is made', () =>
    inTemporaryFolder(async (at) => {
      await copyFixture('01-default-wal-open', path.join(at, '.git/fixture'));
      await watching([at], async (watched) => {
        await cp(path.join(at, '.git/fixture'), path.join(at, 'new/state'), { recursive: true });
        await watched.structure();
        const { log, partition, rest } = await halfWritten(path.join(at, 'newer/state'));
        await watched.quiet();
        await appendFile(log, rest);
        await watched.partition(partition);
      });
    }));

  it("tells of the app's own files: made, changed, removed", () =>
    inTemporaryFolder(async (at) => {
      const model = path.join(at, 'state/models/model1.dat');
      await mkdir(path.dirname(model), { recursive: true });
      await watching([at], async (watched) => {
        const changes = [
          () => writeFile(model, 'weights'),
          () => appendFile(model, 'more'),
          () => rename(model, `${model}.old`),
          () => rm(`${model}.old`),
          () => mkdir(path.join(at, 'state/empty-group')),
          () => rm(path.join(at, 'state/empty-group'), { recursive: true }),
        ];
        for (const change of changes) {
          await watched.quiet();
          await change();
          await watched.structure();
        }
      });
    }));

  it('hears only of state folders and of what makes an app, once it knows them', () =>
    inTemporaryFolder(async (at) => {
      await mkdir(path.join(at, 'state/models'), { recursive: true });
      await watching([at], async (watched) => {
        watched.watcher.watchStateFolders([path.join(at, 'state')]);
        await writeFile(path.join(at, 'app.log'), '');
        await appendFile(path.join(at, 'app.log'), 'a line');
        await new Promise((resolve) => setTimeout(resolve, 1300));
        assert.deepEqual(watched.events, []);
        for (const file of ['main.py', 'app.yaml', '.env', 'state/model.dat', 'state/models/x']) {
          await writeFile(path.join(at, file), '');
          await watched.structure();
          await watched.quiet();
        }
      });
    }));

  it('goes on after the state folder is deleted and made again, however fast', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      let { partition, log, rest } = await halfWritten(state);
      await cp(state, path.join(at, '.git/state'), { recursive: true });
      await watching([at], async (watched) => {
        for (const pauseMs of [0, 0, 1, 5, 20, 120, 300]) {
          await rm(state, { recursive: true });
          if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
          ({ partition, log, rest } = await halfWritten(state));
          await watched.quiet();
          await appendFile(log, rest);
          await watched.partition(partition);
        }
        // one partition alone, as an app does that finds it damaged
        await rm(partition, { recursive: true });
        await cp(path.join(at, '.git/state', path.relative(state, partition)), partition, {
          recursive: true,
        });
        await watched.quiet();
        await appendFile(log, rest);
        await watched.partition(partition);
      });
    }));

  it('goes on after a watched folder itself is deleted and made again', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'state');
      await halfWritten(state);
      await watching([state], async (watched) => {
        for (const pauseMs of [0, 1, 50, 700]) {
          await rm(state, { recursive: true });
          if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
          const { partition, log, rest } = await halfWritten(state);
          await watched.structure();
          await watched.quiet();
          await appendFile(log, rest);
          await watched.partition(partition);
        }
      });
    }));

  it('waits for a folder that is not there yet', () =>
    inTemporaryFolder(async (at) => {
      const state = path.join(at, 'volume/state');
      await watching([state], async (watched) => {
        const { partition, log, rest } = await halfWritten(state);
        await watched.structure();
        await watched.quiet();
        await appendFile(log, rest);
        await watched.partition(partition);
      });
    }));

  it('watches what a linked folder leads to, under its own name', () =>
    inTemporaryFolder(async (at) => {
      const { partition, log, rest } = await halfWritten(path.join(at, 'real/state'));
      const link = path.join(at, 'link');
      await symlink('real', link);
      await watching([link], async (watched) => {
        await appendFile(log, rest);
        await watched.partition(path.join(link, path.relative(path.join(at, 'real'), partition)));
      });
    }));

  it('watches folders with odd names', () =>
    inTemporaryFolder(async (at) => {
      for (const name of ['group~', 'a b', '*?[x]', 'ünï\u202ecode', '.hidden', 'back\\slash']) {
        const { partition, log, rest } = await halfWritten(path.join(at, 'workspace', name));
        await watching([path.join(at, 'workspace')], async (watched) => {
          await appendFile(log, rest);
          await watched.partition(partition);
        });
      }
    }));

  it('watches folders alone, none of a tool’s, and nothing once it is disposed', function () {
    if (process.platform !== 'linux') return this.skip();
    return inTemporaryFolder(async (at) => {
      await copyFixture('10-layout', path.join(at, 'state'));
      await copyFixture('10-layout', path.join(at, 'node_modules/state'));
      await mkdir(path.join(at, 'deep/.venv/lib'), { recursive: true });
      await symlink('/etc', path.join(at, 'state/etc'));
      const before = watchedInodes();
      await watching([at], async () => {
        const wanted: number[] = [];
        for (const folder of await folders(at)) {
          if (!/node_modules|\.venv/.test(folder)) wanted.push((await stat(folder)).ino);
        }
        const now = watchedInodes().filter((inode) => !before.includes(inode));
        assert.deepEqual(now.sort(), wanted.sort());
      });
      await until('no watch', () => watchedInodes().length === before.length);
    });
  });

  it('tells of visible partitions where no events come', () =>
    inTemporaryFolder(async (at) => {
      const { partition, log, rest } = await halfWritten(path.join(at, 'state'));
      await mkdir(path.join(at, 'elsewhere'));
      const visible = [{ path: partition, walDirectory: partition }];
      // nothing is watched at all; or events of another place alone
      for (const [folder, mode] of [
        [at, 'poll'],
        [path.join(at, 'elsewhere'), 'events'],
      ] as const) {
        await watching(
          [folder],
          async (watched) => {
            watched.watcher.watchVisible(visible);
            for (const part of [rest.subarray(0, 50), rest.subarray(50, 90)]) {
              await new Promise((resolve) => setTimeout(resolve, 100));
              watched.events.length = 0;
              await appendFile(log, part);
              await watched.partition(partition);
            }
            watched.watcher.watchVisible([]);
            watched.events.length = 0;
            await appendFile(log, 'x');
            await new Promise((resolve) => setTimeout(resolve, 700));
            assert.deepEqual(
              watched.events.filter(({ kind }) => kind === 'partition'),
              [],
            );
          },
          mode,
        );
      }
    }));

  it('looks for changes of the structure where no events come', () =>
    inTemporaryFolder((at) =>
      watching([at], async (watched) => void (await watched.structure()), 'poll'),
    ));

  it('tells of a visible partition whose logs lie elsewhere, watched or not', () =>
    inTemporaryFolder(async (at) => {
      const { partition, log, rest } = await halfWritten(path.join(at, 'state'));
      for (const walDirectory of [path.join(at, 'wal'), path.join(at, '.git/wal')]) {
        await mkdir(walDirectory, { recursive: true });
        const moved = path.join(walDirectory, path.basename(log));
        await cp(log, moved);
        await watching([at], async (watched) => {
          watched.watcher.watchVisible([{ path: partition, walDirectory }]);
          await watched.quiet();
          await appendFile(moved, rest);
          await watched.partition(partition);
        });
      }
    }));

  it('tells nothing after dispose, and ends where it is disposed while it starts', () =>
    inTemporaryFolder(async (at) => {
      const { log, partition } = await halfWritten(path.join(at, 'state'));
      const watched = new Watched([at]);
      const started = watched.watcher.start();
      watched.watcher.dispose();
      await started;
      const other = new Watched([at]);
      await other.watcher.start();
      other.watcher.watchVisible([{ path: partition, walDirectory: partition }]);
      await appendFile(log, 'x');
      other.watcher.dispose();
      other.events.length = 0;
      await rm(path.join(at, 'state'), { recursive: true });
      await new Promise((resolve) => setTimeout(resolve, 700));
      assert.deepEqual([...watched.events, ...other.events], []);
    }));

  it('keeps no process from ending', () =>
    inTemporaryFolder(async (at) => {
      const { partition } = await halfWritten(path.join(at, 'state'));
      const program = `
        import { StateFolderWatcher } from ${JSON.stringify(path.resolve(import.meta.dirname, '../../src/statefolder/index.ts'))};
        const visible = ${JSON.stringify([{ path: partition, walDirectory: partition }])};
        for (const mode of ['events', 'poll']) {
          const watcher = new StateFolderWatcher(${JSON.stringify([at, path.join(at, 'missing')])}, mode);
          await watcher.start();
          watcher.watchVisible(visible);
          watcher.dispose();
        }
        console.log('disposed');`;
      const file = path.join(at, 'program.mts');
      await writeFile(file, program);
      const child = spawn(process.execPath, ['--import', 'tsx', file], {
        cwd: path.resolve(import.meta.dirname, '../..'),
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let printed = '';
      child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
      const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
      const code = await new Promise((resolve) => child.once('close', resolve));
      clearTimeout(timer);
      assert.deepEqual([code, printed], [0, 'disposed\n']);
    }));
});
