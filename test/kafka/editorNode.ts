import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from '../cache.mjs';

const exec = promisify(execFile);
/** Of VS Code 1.103, the oldest that the extension runs in. */
const version = '22.17.0';

/** The Node of the oldest editor, from npm, kept in the cache. */
export async function editorNode(): Promise<string> {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const folder = await makeOnce(path.join(cacheFolder, `node-${version}`), async (at) => {
    const install = ['install', '--prefix', at, '--no-audit', '--no-fund', `${name}@${version}`];
    await exec('npm', install, { shell: process.platform === 'win32', maxBuffer: 16 << 20 });
  });
  const program = platform === 'win' ? 'node.exe' : 'node';
  return path.join(folder, 'node_modules', name, 'bin', program);
}
