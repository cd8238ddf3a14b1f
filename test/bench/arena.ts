import { cp, link, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'esbuild';
import { cacheFolder } from '../cache.mjs';
import { python } from '../python.mjs';
import { cPeer } from './library';
import { Program, type Answer } from './program';
import { walBytes } from './stores';

export const contestants = ['ours', 'c', 'rocksdict'] as const;
export type Contestant = (typeof contestants)[number];

/** What each contestant measured, a number a round. */
export type Samples = Partial<Record<Contestant, readonly number[]>>;

/** How much memory a contestant took beyond what its empty process had, and the logs' bytes. */
export interface MemoryUsed {
  readonly contestant: Contestant;
  readonly bytes: number;
}

export interface Contest {
  readonly directory: string;
  /** How a peer is at its best here, after the directory. */
  readonly opened?: Partial<Record<Contestant, string>>;
  /** Whether each round opens and closes, and opening counts. */
  readonly opening?: boolean;
  /** What is asked in a round. */
  readonly commands: (round: number) => readonly string[];
  readonly rounds: number;
  readonly among?: readonly Contestant[];
}

const scanThread = path.join(import.meta.dirname, '../../src/rocksdb/threads/scanThread.ts');
const runFolder = 'bench-run-';

/** Settings with which a peer is at its best, found by trying. */
const settings: Partial<Record<Contestant, Record<string, string>>> = {
  c: {
    scan: ' readahead=2097152',
    count: ' readahead=2097152',
    search: ' readahead=2097152',
    lookups: ' batched=10000',
  },
};

/** Starts the programs that are measured, gives them stores, and asks them in turn. */
export class Arena {
  readonly memory: MemoryUsed[] = [];

  private constructor(
    /** For copies of stores and the programs. */
    private readonly folder: string,
    private readonly commands: Record<Contestant, readonly string[]>,
  ) {}

  static async create(): Promise<Arena> {
    // Beside the stores, for links to their files.
    const folder = path.join(cacheFolder, `${runFolder}${process.pid}`);
    await removeLeftOvers();
    await mkdir(folder, { recursive: true });
    const reader = await bundled(folder, path.join(import.meta.dirname, 'reader.ts'));
    const thread = await bundled(folder, scanThread);
    const peer = path.join(import.meta.dirname, 'peer.py');
    return new Arena(folder, {
      ours: [process.execPath, reader, thread],
      c: [await cPeer()],
      rocksdict: [await python(), peer],
    });
  }

  dispose(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  start(contestant: Contestant): Program {
    return new Program(this.commands[contestant]);
  }

  commandOf(contestant: Contestant): readonly string[] {
    return this.commands[contestant];
  }

  /** A program of this folder, bundled. */
  bundle(name: string): Promise<string> {
    return bundled(this.folder, path.join(import.meta.dirname, `${name}.ts`));
  }

  /** A file for a program to read. */
  file(name: string): string {
    return path.join(this.folder, name);
  }

  /** A copy of a database; its tables are links, for nobody changes them. */
  async copy(directory: string, name: string): Promise<string> {
    const copy = path.join(this.folder, name);
    await rm(copy, { recursive: true, force: true });
    await mkdir(copy, { recursive: true });
    for (const file of await readdir(directory)) {
      const [from, to] = [path.join(directory, file), path.join(copy, file)];
      await (file.endsWith('.sst') ? link(from, to) : cp(from, to));
    }
    return copy;
  }

  /**
   * Asks all contestants the same, in turn, `rounds` times and once before that for warmth; gives the seconds
   * that each took.
   * @throws where they do not find the same
   */
  async contest(contest: Contest): Promise<Samples> {
    const { directory, commands, rounds, among = contestants } = contest;
    const samples: Partial<Record<Contestant, number[]>> = {};
    const sides = await Promise.all(
      among.map(async (contestant) => {
        const program = this.start(contestant);
        const at = contestant === 'ours' ? directory : await this.copy(directory, contestant);
        const open = openCommand(contestant, at, contest.opened?.[contestant]);
        return { contestant, program, open, base: (await program.ask('memory')).bytes };
      }),
    );
    try {
      if (!contest.opening) for (const { program, open } of sides) await program.ask(open);
      for (let round = 0; round <= rounds; round++) {
        const found = new Map<string, Contestant>();
        for (let turn = 0; turn < sides.length; turn++) {
          const side = sides[(turn + round) % sides.length];
          if (!side) continue;
          const { contestant, program } = side;
          const asked = contest.opening ? [side.open, ...commands(round)] : commands(round);
          const answers: Answer[] = [];
          for (const command of asked) {
            answers.push(await program.ask(withSettings(contestant, command)));
          }
          if (contest.opening) await program.ask('close');
          found.set(JSON.stringify(answers.map(({ count, bytes }) => [count, bytes])), contestant);
          const seconds = answers.reduce((sum, answer) => sum + answer.seconds, 0);
          if (round > 0) (samples[contestant] ??= []).push(seconds);
        }
        if (found.size !== 1) throw new Error(`They differ: ${JSON.stringify([...found])}`);
      }
      const wal = await walBytes(directory);
      for (const { contestant, program, base } of sides) {
        const { bytes } = await program.ask('memory');
        this.memory.push({ contestant, bytes: bytes - base - wal });
      }
      return samples;
    } finally {
      await Promise.all(sides.map(({ program }) => program.end()));
    }
  }
}

/** Folders of runs that were ended before they could remove them. */
async function removeLeftOvers(): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  for (const name of await readdir(cacheFolder)) {
    if (!name.startsWith(runFolder) || isRunning(Number(name.slice(runFolder.length)))) continue;
    await rm(path.join(cacheFolder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

export function openCommand(contestant: Contestant, directory: string, settings = ''): string {
  return `open ${contestant === 'ours' ? '' : 'readonly '}${directory} ${settings}`.trimEnd();
}

function withSettings(contestant: Contestant, command: string): string {
  const [verb = ''] = command.split(' ');
  return command + (settings[contestant]?.[verb] ?? '');
}

/** A program as one file, as what is shipped. */
async function bundled(folder: string, source: string): Promise<string> {
  const outfile = path.join(folder, `${path.basename(source, '.ts')}.js`);
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'warning',
  });
  return outfile;
}
