// The stores that are read, each made once and kept in the tests' cache.
import { execFile } from 'node:child_process';
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from '../cache.mjs';
import { python } from '../python.mjs';

const script = path.join(import.meta.dirname, 'makeStore.py');
const partition = 'default/orders/0';

type Kind = 'lz4' | 'zstd' | 'windows' | 'windows-of-one' | 'log';

export interface Store {
  readonly keys: number;
  /** After its app closed it. */
  readonly closed: string;
  /** As it was while its app had it open, with all of its write-ahead logs; there for `lz4` and `log`. */
  readonly running: string;
}

/** A store of `keys` keys, from the cache or made now: about 12 s for a million. */
export async function store(
  kind: Kind,
  keys: number,
  log: (line: string) => void = () => undefined,
): Promise<Store> {
  const folder = await makeOnce(path.join(cacheFolder, `bench-${kind}-${keys}`), async (at) => {
    log(`Making a store: ${kind}, ${keys.toLocaleString('en')} keys`);
    const [closed, running] = [path.join(at, 'closed'), path.join(at, 'running')];
    await mkdir(closed);
    const asRunning = kind === 'lz4' ? [running] : [];
    await promisify(execFile)(await python(), [script, kind, String(keys), closed, ...asRunning]);
  });
  const closed = path.join(folder, 'closed', partition);
  const running = path.join(folder, 'running', partition);
  return { keys, closed, running: kind === 'log' ? closed : running };
}

/** Bytes of the write-ahead logs in a database's directory. */
export async function walBytes(directory: string): Promise<number> {
  const logs = (await readdir(directory)).filter((name) => name.endsWith('.log'));
  const sizes = await Promise.all(
    logs.map(async (name) => (await stat(path.join(directory, name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
