// The command line tool, bundled once and run as people run it.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { codeModuleOptions } from '../app/code/codeModule';

export const root = path.resolve(import.meta.dirname, '../..');
export const fixtures = path.join(root, 'test/fixtures');

interface ColumnFamily {
  count: number;
  digest: string;
}
/** A store as a fixture's expected.json has it. */
export interface ExpectedStore {
  path: string;
  column_families?: Record<string, ColumnFamily>;
  semantic?: Record<string, unknown>[];
  semantic_sample?: [number, Record<string, unknown>][];
  damage?: string;
}

/** What a run of the tool printed. */
export interface Printed {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}
export interface Result extends Printed {
  lines: string[];
}

export async function storesOf(fixture: string): Promise<ExpectedStore[]> {
  const text = await readFile(path.join(fixtures, fixture, 'expected.json'), 'utf8');
  return (JSON.parse(text) as { stores: ExpectedStore[] }).stores;
}

export const parsed = (line: string) => JSON.parse(line) as Record<string, unknown>;

let bundled: Promise<string> | undefined;

/** The folder with the tool's files, made when it is first asked for. */
export function programFolder(): Promise<string> {
  bundled ??= bundle();
  return bundled;
}

async function bundle(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'state-folder-cli-'));
  await build({
    ...codeModuleOptions,
    entryPoints: {
      cli: 'src/cli.ts',
      code: 'src/app/code/codeReader.ts',
      formats: 'src/quixstreams/formats/formats.ts',
      scanThread: 'src/rocksdb/threads/scanThread.ts',
    },
    outdir: folder,
  });
  return folder;
}

after(async () => {
  if (bundled) await rm(await bundled, { recursive: true, force: true });
});

/** Starts the tool in `cwd`. */
export async function start(cwd: string, ...args: string[]) {
  const program = path.join(await programFolder(), 'cli.js');
  return spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs the tool in the folder of the fixtures; what it prints may be bytes. */
export function runBytes(...args: string[]): Promise<Printed> {
  return printed(fixtures, args);
}

/** Runs the tool in `cwd`, which prints whole lines. */
export async function runIn(cwd: string, ...args: string[]): Promise<Result> {
  const result = await printed(cwd, args);
  const lines = result.stdout.toString().split('\n');
  assert.equal(lines.pop(), '', 'the last line ends');
  return { ...result, lines };
}

/** Runs the tool in the folder of the fixtures, printing whole lines. */
export function run(...args: string[]): Promise<Result> {
  return runIn(fixtures, ...args);
}

async function printed(cwd: string, args: string[]): Promise<Printed> {
  const child = await start(cwd, ...args);
  const out: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => out.push(data));
  child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout: Buffer.concat(out), stderr };
}
