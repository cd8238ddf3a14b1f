// Runs everything that `npm test` promises, or the parts that are named:
//   node test/run.mjs [check] [build] [unit] [live] [app] [package] [editor] [long]
// `long` runs only when it is named: what takes too long for each change.
// Each step has a time limit. The last line is `N passed, N failed`, with `, N skipped` where some were.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const windows = process.platform === 'win32';

/** A command that counts as one test: it passes when it ends with 0. */
const command = (part, name, seconds, ...argv) => ({ part, name, seconds, argv });
/** A mocha run: it counts what mocha counts; none at all is a failure. */
const suite = (part, name, seconds, argv, env = {}) => ({
  ...command(part, name, seconds, ...argv),
  env,
  counts: true,
});
const mocha = (...args) => ['mocha', '--reporter', './test/countsReporter.mjs', ...args];
const only = (glob, ...args) => mocha('--config', 'test/alone.mocharc.json', ...args, glob);

const outside = 'test/editor/outside/**/*.test.ts';
const steps = [
  command('check', 'lint', 180, 'npm', 'run', '--silent', 'lint'),
  command('check', 'types', 180, 'npm', 'run', '--silent', 'typecheck'),
  command('build', 'build', 420, 'npm', 'run', '--silent', 'build'),
  suite('unit', 'layers', 420, mocha()),
  command('live', 'Python environment', 300, 'node', 'test/python.mjs'),
  suite('live', 'beside a live writer', 420, only('test/live/**/*.test.ts')),
  suite(
    'app',
    'a real app on the local broker',
    480,
    only('test/app/**/*.integration.ts', '--timeout', '120000'),
  ),
  { ...command('package', 'package', 120, 'npm', 'run', '--silent', 'package'), refuse: /\bWARN/ },
  command('editor', "VS Code's packages", 300, 'node', 'test/editor/vscode/install.mjs'),
  suite('editor', 'in the host, newest VS Code', 540, ['tsx', 'test/editor/runHost.ts', 'newest']),
  suite('editor', 'from outside, newest VS Code', 780, only(outside, '--timeout', '60000')),
  suite('editor', 'in the host, oldest VS Code', 240, [
    ...['tsx', 'test/editor/runHost.ts', 'oldest'],
    ...['activation', 'live', 'tree', 'values'],
  ]),
  suite(
    'editor',
    'from outside, oldest VS Code',
    180,
    only('test/editor/outside/smoke.test.ts', '--timeout', '60000'),
    { STATE_FOLDER_VSCODE: 'oldest' },
  ),
  suite('long', 'all in the host, oldest VS Code', 540, [
    ...['tsx', 'test/editor/runHost.ts', 'oldest'],
  ]),
  suite(
    'long',
    'from outside, what takes long',
    900,
    only('test/editor/long/**/*.test.ts', '--timeout', '60000'),
  ),
];

/** Needs of a part that is run alone. */
const needs = { app: ['build'], editor: ['build', 'package'], long: ['build', 'package'] };

/** Runs a step; gives its exit code, 124 after its time limit, and what it printed. */
function run(step, env) {
  const local = path.join(root, 'node_modules/.bin');
  const child = spawn(step.argv[0], step.argv.slice(1), {
    cwd: root,
    env: { ...process.env, ...env, PATH: local + path.delimiter + process.env.PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !windows,
    shell: windows,
  });
  const end = (signal) => {
    try {
      if (windows) child.kill(signal);
      else process.kill(-child.pid, signal);
    } catch {
      // ended already
    }
  };
  let output = '';
  for (const [from, to] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ]) {
    from.on('data', (data) => {
      output += data;
      to.write(data);
    });
  }
  return new Promise((resolve) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      console.error(`\nNot done after ${step.seconds} s: ended.`);
      end('SIGTERM');
      setTimeout(() => end('SIGKILL'), 10_000).unref();
    }, step.seconds * 1000);
    const interrupt = () => end('SIGTERM');
    process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
    const done = (code) => {
      clearTimeout(timer);
      process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
      resolve({ code: late ? 124 : code, output });
    };
    child.on('error', (error) => {
      console.error(error.message);
      done(127);
    });
    child.on('exit', (code) => {
      end('SIGKILL'); // what it left behind in its group
      setTimeout(() => done(code ?? 1), 50);
    });
  });
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined; // it ended before mocha did
  }
}

async function runStep(step, folder, number) {
  console.log(`\n━━ ${step.part}: ${step.name} ━━`);
  const started = Date.now();
  const file = path.join(folder, `${number}.json`);
  const { code, output } = await run(step, { ...step.env, MOCHA_COUNTS: file });
  const seconds = (Date.now() - started) / 1000;
  const refused = step.refuse?.test(output) === true;
  let counts = code === 0 && !refused ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  if (step.counts) {
    const counted = readCounts(file) ?? { passed: 0, failed: 0, pending: 0 };
    const unsound = code !== 0 || counted.passed + counted.failed === 0;
    counts = unsound && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  }
  return {
    step,
    seconds,
    code,
    refused,
    passed: counts.passed,
    failed: counts.failed,
    skipped: counts.pending ?? 0,
    failures: counts.failures ?? [],
  };
}

async function main() {
  const wanted = process.argv.slice(2);
  const parts = new Set(steps.map((step) => step.part));
  const unknown = wanted.filter((part) => !parts.has(part));
  if (unknown.length > 0) {
    console.error(`There is no part ${unknown.join(', ')}; there are ${[...parts].join(', ')}.`);
    process.exit(2);
  }
  const chosen = new Set(
    wanted.length === 0
      ? [...parts].filter((part) => part !== 'long')
      : wanted.flatMap((part) => [...(needs[part] ?? []), part]),
  );
  const folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-counts-'));
  const results = [];
  const started = Date.now();
  for (const [number, step] of steps.entries()) {
    if (chosen.has(step.part)) results.push(await runStep(step, folder, number));
  }
  await rm(folder, { recursive: true, force: true });

  console.log(`\n━━ result after ${((Date.now() - started) / 60_000).toFixed(1)} minutes ━━`);
  console.log(
    `${'passed'.padStart(8)}${'failed'.padStart(8)}${'skipped'.padStart(9)}${'s'.padStart(7)}  step`,
  );
  for (const { step, seconds, code, refused, passed, failed, skipped } of results) {
    const why = refused
      ? ', it warned'
      : code === 124
        ? ', not done in time'
        : code !== 0
          ? `, exit code ${code}`
          : '';
    const numbers = `${String(passed).padStart(8)}${String(failed).padStart(8)}${String(skipped).padStart(9)}`;
    console.log(`${numbers}${seconds.toFixed(0).padStart(7)}  ${step.part}: ${step.name}${why}`);
  }
  for (const [title, message] of results.flatMap(({ failures }) => failures)) {
    console.log(`\nfailed: ${title}\n  ${message.slice(0, 500)}`);
  }
  const sum = (of) => results.reduce((total, result) => total + result[of], 0);
  const skipped = sum('skipped') > 0 ? `, ${sum('skipped')} skipped` : '';
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed${skipped}`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

await main();
