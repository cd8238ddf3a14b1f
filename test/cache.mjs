// Where the tests keep what is costly to make, outside the checkout, and how two processes share it.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * The folder for things that outlive a checkout: the Python environment, a VS Code from npm. A VS Code under test has a
 * cache of its own, and tells its tests of this one: STATE_FOLDER_CACHE.
 */
export const cacheFolder =
  process.env.STATE_FOLDER_CACHE ||
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'state-folder');

/** Whether there is a file or folder at `file`. */
export async function exists(file) {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function running(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Makes `folder` with `make(folder)` unless an earlier process did; its stamp is written last, so a
 * half-made folder is made again. Of several processes one makes it and the others wait.
 */
export async function makeOnce(folder, make) {
  const stamp = path.join(folder, '.complete');
  const lock = `${folder}.lock`;
  await mkdir(path.dirname(folder), { recursive: true });
  while (!(await exists(stamp))) {
    try {
      await writeFile(lock, String(process.pid), { flag: 'wx' });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const holder = Number(await readFile(lock, 'utf8').catch(() => ''));
      if (holder > 0 && !running(holder)) await rm(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 500));
      continue;
    }
    try {
      if (await exists(stamp)) break;
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder, { recursive: true });
      await make(folder);
      await writeFile(stamp, new Date().toISOString());
    } finally {
      await rm(lock, { force: true });
    }
  }
  return folder;
}
