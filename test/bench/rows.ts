import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { performance } from 'node:perf_hooks';
import path from 'node:path';
import { promisify } from 'node:util';
import { python } from '../python.mjs';
import { contestants, openCommand, type Arena, type Contestant, type Samples } from './arena';
import { Program } from './program';
import { store, type Store } from './stores';

const exec = promisify(execFile);
const megabyte = 1 << 20;

export interface Row {
  /** For `--rows`. */
  readonly id: string;
  readonly name: string;
  readonly unit: 'ms' | 's' | 'MiB';
  /** What ours may be at most, in `unit`. */
  readonly atMost?: number;
  /** How many times as fast as a peer ours is to be. */
  readonly times?: Partial<Record<Contestant, number>>;
  /** What each measured, in `unit`; the medians count. */
  readonly measure: (arena: Arena, stores: Stores) => Promise<Samples>;
}

/** The stores, made when they are first asked for. */
export interface Stores {
  readonly big: () => Promise<Store>;
  readonly zstd: () => Promise<Store>;
  readonly windows: () => Promise<Store>;
  readonly million: () => Promise<Store>;
  /** All of it in write-ahead logs. */
  readonly log: () => Promise<Store>;
}

/** The stores with `keys` keys in the big one. */
export function stores(keys: number, log: (line: string) => void): Stores {
  const million = 1_000_000;
  return {
    big: () => store('lz4', keys, log),
    million: () => store('lz4', million, log),
    zstd: () => store('zstd', million, log),
    windows: () => store('windows', million, log),
    log: () => store('log', keys === million ? million : 8 * million, log),
  };
}

/** A contestant's seconds as the row's unit. */
function scaled(samples: Samples, factor: number): Samples {
  return Object.fromEntries(
    Object.entries(samples).map(([name, values]) => [name, values.map((value) => value * factor)]),
  );
}

const needle = '1234567';
const lookups = 10_000;
/** Of the most files held open: a peer opens all of them else, which does not pay for one page. */
const fewFiles = { c: 'files=20', rocksdict: '20' };

/** Keys, every second one not in the store but between two that are. */
async function lookupFile(arena: Arena, keys: number, round: number): Promise<string> {
  const parts: Buffer[] = [];
  let seed = round + 1;
  for (let i = 0; i < lookups; i++) {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    const id = String(Math.floor((seed / 2 ** 32) * keys)).padStart(8, '0');
    const key = Buffer.from(`customer-${id}${i % 2 ? '' : '0'}|"profile"`);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(key.length);
    parts.push(length, key);
  }
  const file = arena.file(`lookups-${round}`);
  await writeFile(file, Buffer.concat(parts));
  return file;
}

async function lookUp(arena: Arena, { closed, keys }: Store): Promise<Samples> {
  const rounds = 7;
  const files = await Promise.all(
    Array.from({ length: rounds + 1 }, (_, round) => lookupFile(arena, keys, round)),
  );
  const commands = (round: number) => [`lookups ${files[round] ?? ''}`];
  return scaled(
    await arena.contest({ directory: closed, opened: { c: 'mmap=1' }, commands, rounds }),
    1000,
  );
}

/** The time of the process that `command` starts, in ms. */
async function processTime(command: readonly string[]): Promise<number> {
  const [file = '', ...rest] = command;
  const start = performance.now();
  await exec(file, rest);
  return performance.now() - start;
}

async function newProcess(arena: Arena, { closed }: Store): Promise<Samples> {
  const program = await arena.bundle('firstPage');
  const empty = arena.file('empty.js');
  await writeFile(empty, '');
  const over: number[] = [];
  for (let round = 0; round <= 25; round++) {
    const ours = [process.execPath, program, closed];
    const nothing = [process.execPath, empty];
    // Each of both is first in every second round.
    const first = await processTime(round % 2 ? ours : nothing);
    const second = await processTime(round % 2 ? nothing : ours);
    if (round > 0) over.push(round % 2 ? first - second : second - first);
  }
  return { ours: over };
}

async function refresh(arena: Arena, { closed }: Store): Promise<Samples> {
  // As the store lies in the app's folder: base/store/stream/partition.
  const directory = await arena.copy(closed, 'live/default/orders/0');
  const script = path.join(import.meta.dirname, 'checkpoints.py');
  const app = new Program([await python(), script, arena.file('live')]);
  const programs = contestants.map((contestant) => ({
    contestant,
    program: arena.start(contestant),
  }));
  const samples: Record<Contestant, number[]> = { ours: [], c: [], rocksdict: [] };
  try {
    await app.answer();
    for (const { contestant, program } of programs) {
      const open = openCommand(contestant, directory);
      await program.ask(open.replace('readonly', 'secondary'));
    }
    for (let round = 0; round <= 40; round++) {
      const key = String((await app.ask('checkpoint')).key);
      const seen = new Set<string>();
      for (let turn = 0; turn < programs.length; turn++) {
        const side = programs[(turn + round) % programs.length];
        if (!side) continue;
        const { seconds } = await side.program.ask('catchup');
        seen.add(JSON.stringify(await side.program.ask(`get ${key}`)));
        if (round > 0) samples[side.contestant].push(seconds * 1000);
      }
      if (seen.size !== 1) throw new Error(`They differ: ${[...seen].join(' ')}`);
    }
    return samples;
  } finally {
    await Promise.all([app.end(), ...programs.map(({ program }) => program.end())]);
  }
}

async function held(arena: Arena, { closed, running }: Store): Promise<Samples> {
  const held: number[] = [];
  for (const directory of [closed, running]) {
    const program = arena.start('ours');
    try {
      await program.ask(`open ${directory}`);
      for (const verb of ['scan', 'search', 'scan', 'search']) {
        held.push(Number((await program.ask(`held ${verb}`)).p99));
      }
    } finally {
      await program.end();
    }
  }
  return { ours: held };
}

async function abort(arena: Arena, { closed }: Store): Promise<Samples> {
  const program = arena.start('ours');
  const samples: number[] = [];
  try {
    await program.ask(`open ${closed}`);
    for (let round = 0; round < 15; round++) {
      const scan = await program.ask('abort scan');
      const search = await program.ask('abort search');
      samples.push(Math.max(scan.seconds, search.seconds) * 1000);
    }
  } finally {
    await program.end();
  }
  return { ours: samples };
}

async function openPartition(arena: Arena, { running }: Store): Promise<Samples> {
  const program = await arena.bundle('openPartition');
  const held: number[] = [];
  for (let round = 0; round < 9; round++) {
    const { stdout } = await exec(process.execPath, [program, running]);
    held.push(Number((JSON.parse(stdout) as { held: number }).held));
  }
  return { ours: held };
}

/** What the rows before took most. */
function mostMemory(arena: Arena): Samples {
  const most: Partial<Record<Contestant, number[]>> = {};
  for (const { contestant, bytes } of arena.memory) {
    const before = most[contestant]?.[0] ?? -Infinity;
    most[contestant] = [Math.max(before, bytes / megabyte)];
  }
  return most;
}

async function memoryOfLog(arena: Arena, { running }: Store): Promise<Samples> {
  const before = arena.memory.length;
  await arena.contest({
    directory: running,
    commands: () => ['first', 'scan', 'count', `search ${needle}`],
    rounds: 0,
    among: ['ours'], // a peer takes minutes to open it
  });
  const used = arena.memory.slice(before);
  return Object.fromEntries(used.map(({ contestant, bytes }) => [contestant, [bytes / megabyte]]));
}

function openFirst(directory: string, rounds: number) {
  const commands = () => ['first'];
  return { directory, opening: true, opened: fewFiles, commands, rounds };
}

function whole(directory: string, command: string) {
  return { directory, commands: () => [command], rounds: 5 };
}

/** In the order in which they are measured: memory last, for it looks back. */
export const rows: readonly Row[] = [
  {
    id: 'open',
    name: 'open + first 100 entries, closed, warm process',
    unit: 'ms',
    atMost: 2,
    times: { rocksdict: 2 },
    measure: async (arena, { big }) =>
      scaled(await arena.contest(openFirst((await big()).closed, 40)), 1000),
  },
  {
    id: 'process',
    name: 'open + first 100 in a new process, over an empty one',
    unit: 'ms',
    atMost: 10,
    measure: async (arena, { big }) => newProcess(arena, await big()),
  },
  {
    id: 'open-running',
    name: 'open + first 100 while the app runs, 130 MB of WAL',
    unit: 'ms',
    times: { c: 15, rocksdict: 40 },
    measure: async (arena, { big }) =>
      scaled(await arena.contest(openFirst((await big()).running, 7)), 1000),
  },
  {
    id: 'refresh',
    name: 'refresh after a checkpoint of 100 keys',
    unit: 'ms',
    times: { c: 5, rocksdict: 5 },
    measure: async (arena, { million }) => refresh(arena, await million()),
  },
  {
    id: 'scan',
    name: 'full scan, closed',
    unit: 's',
    times: { c: 2 },
    measure: async (arena, { big }) => arena.contest(whole((await big()).closed, 'scan')),
  },
  {
    id: 'scan-running',
    name: 'full scan while the app runs',
    unit: 's',
    times: { c: 2 },
    measure: async (arena, { big }) => arena.contest(whole((await big()).running, 'scan')),
  },
  {
    id: 'search',
    name: 'substring in keys and values',
    unit: 's',
    times: { c: 4 },
    measure: async (arena, { big }) =>
      arena.contest(whole((await big()).closed, `search ${needle}`)),
  },
  {
    id: 'lookups',
    name: '10,000 lookups, half of them absent',
    unit: 'ms',
    times: { c: 0.7 },
    measure: async (arena, { big }) => lookUp(arena, await big()),
  },
  {
    id: 'count',
    name: 'count',
    unit: 's',
    times: { c: 3 },
    measure: async (arena, { big }) => arena.contest(whole((await big()).closed, 'count')),
  },
  {
    id: 'zstd',
    name: 'full scan, zstd, 1M keys',
    unit: 's',
    times: { c: 1 },
    measure: async (arena, { zstd }) => arena.contest(whole((await zstd()).closed, 'scan')),
  },
  {
    id: 'windows',
    name: 'full scan, 1M windows',
    unit: 's',
    measure: async (arena, { windows }) => arena.contest(whole((await windows()).closed, 'scan')),
  },
  {
    id: 'memory-log',
    name: 'peak memory over the WAL’s bytes, 1 GB of WAL',
    unit: 'MiB',
    atMost: 64,
    measure: async (arena, { log }) => memoryOfLog(arena, await log()),
  },
  {
    id: 'memory',
    name: 'peak memory over the WAL’s bytes, most of all rows',
    unit: 'MiB',
    atMost: 64,
    measure: (arena) => Promise.resolve(mostMemory(arena)),
  },
  {
    id: 'held',
    name: 'main thread held during scan and search, p99',
    unit: 'ms',
    atMost: 20,
    measure: async (arena, { big }) => held(arena, await big()),
  },
  {
    id: 'abort',
    name: 'end of a scan or search after its abort',
    unit: 'ms',
    atMost: 50,
    measure: async (arena, { big }) => abort(arena, await big()),
  },
  {
    id: 'partition',
    name: 'longest hold of the thread when the tree opens a partition while the app runs',
    unit: 'ms',
    atMost: 16,
    measure: async (arena, { big }) => openPartition(arena, await big()),
  },
];
