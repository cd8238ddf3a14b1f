import path from 'node:path';
import { build } from 'esbuild';
import type { DecodingModules } from '../../../src/quixstreams/index';

/** Bundles what the decoding thread runs, and the formats that it loads, as esbuild.js does. */
export async function buildFormatsThread(folder: string): Promise<DecodingModules> {
  const root = path.resolve(import.meta.dirname, '../../..');
  const formats = path.join(root, 'src/quixstreams/formats');
  await build({
    absWorkingDir: root,
    entryPoints: [path.join(formats, 'formats.ts'), path.join(formats, 'formatsThread.ts')],
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  return {
    thread: path.join(folder, 'formatsThread.cjs'),
    formats: path.join(folder, 'formats.cjs'),
  };
}
