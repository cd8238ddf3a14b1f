// The example app with the extension in a VS Code, from nothing but Node, Python, a C++ compiler and make.
//   npm run demo              for a person
//   npm run demo -- --once    without one; says what it saw and how soon, exit code 1 where it did not
//   node demo.mjs --prepare   only makes the example workspace (for F5)
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { python } from '../python.mjs';
import { makeExampleFolder } from './exampleFolder.mjs';
import { installVSCode } from './vscode/install.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const windows = process.platform === 'win32';
const once = process.argv.includes('--once');
const prepareOnly = process.argv.includes('--prepare');

/** Says what is done, and in the end how long it took; `work` gets a function that says more. */
function stepper(total) {
  let number = 0;
  return async (title, work) => {
    const started = Date.now();
    process.stdout.write(`[${++number}/${total}] ${title} ...`);
    const result = await work((line) => process.stdout.write(`\n      ${line}`));
    console.log(` ${((Date.now() - started) / 1000).toFixed(1)} s`);
    return result;
  };
}

/** Runs a command in the checkout; each line that it prints on stdout goes to `log`. */
function run(command, args, log = () => {}) {
  const child = spawn(command, args, {
    cwd: root,
    shell: windows,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (data) => (output += data));
  child.stdout.on('data', (data) => {
    output += data;
    for (const line of String(data).split('\n')) if (line.trim() !== '') log(line.trim());
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else
        reject(
          new Error(`${command} ${args.join(' ')} ended with ${code}\n${output.slice(-4000)}`),
        );
    });
  });
}

/** Whether node_modules holds what package-lock.json names. */
async function packagesAreThere() {
  try {
    const read = async (file) => JSON.parse(await readFile(path.join(root, file), 'utf8')).packages;
    const wanted = await read('package-lock.json');
    const there = await read('node_modules/.package-lock.json');
    return Object.entries(wanted).every(
      ([at, { version, optional }]) =>
        at === '' || there[at]?.version === version || (optional && there[at] === undefined),
    );
  } catch {
    return false; // none yet
  }
}

/** The person's own VS Code, where there is a desktop to show it on. */
function ownCode() {
  const desktop =
    process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  if (once || !desktop || process.getuid?.() === 0) return undefined;
  const name = windows ? 'code.cmd' : 'code';
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/** Loads a module of this folder that is written in TypeScript; the packages must be there. */
async function load(file) {
  const tsx = await import('tsx/cjs/api');
  return tsx.require(file, import.meta.url);
}

async function main() {
  const code = ownCode();
  const step = stepper(prepareOnly ? 3 : code ? 4 : once ? 15 : 5);
  await step('Packages: npm ci', async (log) => {
    if (await packagesAreThere()) log('node_modules is what package-lock.json names');
    else await run('npm', ['ci', '--no-fund', '--no-audit']);
  });
  await step('Build: extension, command line tool, broker', async (log) => {
    await run(process.execPath, ['esbuild.js'], log);
    await run(process.execPath, ['src/app/broker/build.mjs'], log);
  });
  const folder = once
    ? await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-demo-')))
    : path.join(root, '.demo');
  const workspace = path.join(folder, 'cpu-load-counter');
  await step('Python environment with quixstreams', async (log) =>
    makeExampleFolder(workspace, await python(log)),
  );
  if (prepareOnly) return;
  if (code) {
    await step(`VS Code: ${code}`, () =>
      run(code, ['--new-window', `--extensionDevelopmentPath=${root}`, workspace]),
    );
    console.log('\nClick the State Folder icon in the activity bar, then Run App with State.');
    return;
  }
  await step('VS Code from npm packages', (log) => installVSCode('newest', log));
  if (!once) {
    const { serveDemo } = await load('./serveDemo.ts');
    const url = await step('Starting it', () => serveDemo(workspace));
    console.log(`\nOpen ${url}`);
    console.log(
      'Click the State Folder icon in the activity bar, then Run App with State. Ctrl+C ends all.',
    );
    return;
  }
  try {
    const { runDemoOnce } = await load('./demoOnce.ts');
    console.log(await runDemoOnce(workspace, step));
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

main().catch((error) => {
  console.error(`\n${error.message ?? error}`);
  process.exitCode = 1;
});
