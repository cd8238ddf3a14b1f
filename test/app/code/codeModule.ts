import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build, type BuildOptions } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../../..');

/** How esbuild.js bundles the parser with its WebAssembly. */
export const codeModuleOptions = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  mainFields: ['module', 'main'],
  loader: { '.wasm': 'binary' },
  define: { 'import.meta.url': '__filename' },
  logLevel: 'silent',
} as const satisfies BuildOptions;

/** Bundles the parser, as dist/code.js is. */
export async function buildCodeModule() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-code-'));
  const outfile = path.join(folder, 'code.js');
  await build({ ...codeModuleOptions, entryPoints: ['src/app/code/codeReader.ts'], outfile });
  return { modulePath: outfile, remove: () => rm(folder, { recursive: true, force: true }) };
}
