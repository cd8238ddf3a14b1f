// A Python environment with the real quixstreams, made once and kept in the cache.
// Usage: node test/python.mjs   prints the interpreter's path
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheFolder, makeOnce } from './cache.mjs';

const exec = promisify(execFile);
const requirements = path.join(path.dirname(fileURLToPath(import.meta.url)), 'requirements.txt');
const windows = process.platform === 'win32';

/** The first Python that quixstreams runs on: 3.11 or newer. */
async function findPython() {
  const script = 'import sys; print("%d.%d" % sys.version_info[:2])';
  for (const command of ['python3.13', 'python3.12', 'python3.11', 'python3', 'python']) {
    try {
      const { stdout } = await exec(command, ['-c', script]);
      const [major, minor] = stdout.trim().split('.').map(Number);
      if (major === 3 && minor >= 11) return { command, version: stdout.trim() };
    } catch {
      // not here
    }
  }
  throw new Error('Python 3.11 or newer is needed on PATH (python3).');
}

/** The interpreter of an environment with what test/requirements.txt names. */
export async function python(log = () => {}) {
  return pythonWith(await readFile(requirements, 'utf8'), log);
}

/** The interpreter of an environment with these packages, a line each, as `quixstreams==3.0.0`. */
export async function pythonWith(packages, log = () => {}) {
  const { command, version } = await findPython();
  const wanted = createHash('sha256').update(packages).update(version);
  const name = `python-${version}-${wanted.digest('hex').slice(0, 12)}`;
  const folder = await makeOnce(path.join(cacheFolder, name), async (at) => {
    const lines = packages.split('\n').filter((line) => line.trim() !== '');
    log(`Python ${version}: installing ${lines.join(', ')}`);
    try {
      await exec(command, ['-m', 'venv', at]);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
      await exec(interpreterIn(at), [...pip, ...lines], { maxBuffer: 64 << 20 });
    } catch (error) {
      // venv says on stdout that Debian keeps a part of it in a package of its own.
      const said = error.stderr || error.stdout || error.message;
      throw new Error(`No Python environment: ${said}`, { cause: error });
    }
  });
  return interpreterIn(folder);
}

function interpreterIn(folder) {
  return windows ? path.join(folder, 'Scripts/python.exe') : path.join(folder, 'bin/python');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  python(console.error).then(console.log, (error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
