// The peers that are measured against, and the versions of all.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from '../cache.mjs';

const exec = promisify(execFile);
const version = '10.10.1';
const source = path.join(import.meta.dirname, 'peer.c');

/** RocksDB's version of the C peer. */
export const rocksdbVersion = version;

/**
 * The C peer: peer.c with RocksDB's library out of the jar of its Java binding, which exports the C API.
 * Needs Maven (mvn), unzip and a C compiler (cc) on PATH, Linux on x86-64.
 */
export async function cPeer(): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(source))
    .digest('hex');
  const library = await makeOnce(path.join(cacheFolder, `rocksdbjni-${version}`), async (at) => {
    const artifact = `org.rocksdb:rocksdbjni:${version}:jar:linux64`;
    const options = [`-Dartifact=${artifact}`, `-DoutputDirectory=${at}`];
    await exec('mvn', ['-q', '-B', 'dependency:copy', ...options]);
    const jar = path.join(at, `rocksdbjni-${version}-linux64.jar`);
    await exec('unzip', ['-q', jar, 'librocksdbjni-linux64.so', '-d', at]);
  });
  const folder = await makeOnce(path.join(cacheFolder, `peer-${hash.slice(0, 12)}`), async (at) => {
    const shared = path.join(library, 'librocksdbjni-linux64.so');
    await exec('cc', ['-O2', '-o', path.join(at, 'peer'), source, shared, `-Wl,-rpath,${library}`]);
  });
  return path.join(folder, 'peer');
}
