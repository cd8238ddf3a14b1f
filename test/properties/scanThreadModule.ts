import path from 'node:path';
import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '../..');

/** Makes the module that scan threads run, as it is packaged, in `folder`; gives its path. */
export async function buildScanThread(folder: string): Promise<string> {
  const outfile = path.join(folder, 'scanThread.cjs');
  await build({
    entryPoints: [path.join(root, 'src/rocksdb/threads/scanThread.ts')],
    bundle: true,
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  return outfile;
}
