import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  brokerNeeded,
  brokerPortInCode,
  findApplications,
  findInterpreter,
  launchConfiguration,
  LocalBroker,
  readApplicationCode,
  stateFolderOf,
  variablesOf,
  type Application,
} from '../../src/app/index';
import { PartitionReader, partitionsOf, scanStateFolder } from '../../src/statefolder/index';
import { python } from '../python.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/** A port of this machine that nobody has. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The stores of a state folder that hold entries, by consumer group. */
async function storesWithState(stateFolder: string): Promise<string[]> {
  const folder = await scanStateFolder(stateFolder, { followLinks: false }).catch(() => undefined);
  const found = new Set<string>();
  for (const partition of folder === undefined ? [] : partitionsOf(folder)) {
    if (partition.halfMade) continue;
    const reader = new PartitionReader(partition.path, {});
    try {
      const hasEntries = await reader.read(async (store) => {
        const first = await store.allEntries()[Symbol.asyncIterator]().next();
        return first.done !== true;
      });
      const [group, store] = path.relative(stateFolder, partition.path).split(path.sep);
      if (hasEntries) found.add(`${group}/${store}`);
    } finally {
      await reader.dispose();
    }
  }
  return [...found];
}

describe('apps of different shape', function () {
  this.timeout(180_000);
  let workspace: string;
  let broker: LocalBroker;
  const apps: ChildProcess[] = [];
  /** What became of each app; they run at the same time, on one broker. */
  const runs = new Map<string, ReturnType<typeof run>>();
  let portInCode: number;

  before(async () => {
    // Names as people have them.
    workspace = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state folder Zähler 数-')));
    await cp(path.join(root, 'test/apps'), workspace, { recursive: true });
    const programFolder = path.join(root, 'dist/broker');
    const dataDir = path.join(workspace, 'broker');
    broker = new LocalBroker({ programFolder, dataDir, port: 0 }, () => undefined);

    // The port that it names may be another's on this machine.
    portInCode = await freePort();
    const file = path.join(workspace, 'all-in-code/main.py');
    const code = await readFile(file, 'utf8');
    await writeFile(file, code.replace(/localhost:\d+/, `localhost:${portInCode}`));
    const environment = path.dirname(path.dirname(await python()));
    await symlink(environment, path.join(workspace, 'venv-in-parent/.venv'), 'junction');

    const preferred = [await python()];
    for (const [folder, name, interpreters] of [
      ['variables-without-env', 'machine-watch', preferred],
      ['all-in-code', 'all-in-code', preferred],
      ['monorepo', 'orders-total', preferred],
      ['monorepo', 'energy-window', preferred],
      ['venv-in-parent', 'counter', []],
      ['src-layout', 'src-layout', preferred],
    ] as const) {
      const running = run(folder, name, interpreters);
      running.catch(() => undefined); // its test hears of it
      runs.set(name, running);
    }
  });
  after(async () => {
    for (const app of apps) app.kill('SIGKILL');
    await Promise.allSettled(runs.values());
    await broker.stop();
    await rm(workspace, { recursive: true, force: true });
  });

  /** The one app of a folder of the workspace, by its name. */
  async function appIn(folder: string, name: string): Promise<Application> {
    const found = await findApplications(path.join(workspace, folder));
    const app = found.find((one) => one.name === name);
    assert.ok(app, `${name} in ${found.map((one) => one.name).join(', ')}`);
    return app;
  }

  /** Runs an app as one click does, until its state is on disk; gives its state folder, and what is in it. */
  async function run(folder: string, name: string, preferred: readonly string[]) {
    const app = await appIn(folder, name);
    const workspaceFolder = path.join(workspace, folder);
    const code = await readApplicationCode(app);
    const variables = await variablesOf(app, { workspaceFolder, inherited: process.env, code });
    assert.deepEqual(variables.missing, []);
    const stateFolder = await stateFolderOf(app, variables.values);
    const tell = () => undefined;
    const interpreter = await findInterpreter(app, { workspaceFolder, preferred, tell });
    const address = await broker.acquire();
    const needed = brokerNeeded(code, variables.values);
    const port = brokerPortInCode(code);
    const forward = port === undefined ? undefined : await broker.alsoAt(port);
    try {
      const launch = launchConfiguration(app, {
        interpreter,
        variables,
        code,
        stateFolder,
        broker: { kind: 'local', address },
      });
      const child = spawn(launch.command, [...launch.args], {
        cwd: launch.cwd,
        env: { ...process.env, ...launch.env },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      apps.push(child);
      let log = '';
      child.stderr.on('data', (data) => (log += String(data)));
      let stores: string[] = [];
      for (const deadline = Date.now() + 120_000; stores.length === 0; await delay(100)) {
        assert.ok(child.exitCode === null && Date.now() < deadline, `${name}: no state\n${log}`);
        stores = await storesWithState(stateFolder);
      }
      const exited = once(child, 'exit') as Promise<[number | null]>;
      child.kill('SIGINT');
      assert.deepEqual((await exited)[0], 0, log);
      // What it says of itself is what was read of it.
      const logged = /Initializing state directory at "(.+)"/.exec(log)?.[1] ?? '';
      assert.equal(path.dirname(logged), stateFolder);
      return {
        app,
        stateFolder: path.relative(workspace, stateFolder),
        stores,
        needed,
        variables,
        interpreter,
      };
    } finally {
      await forward?.close();
      await broker.release();
    }
  }

  async function ran(name: string) {
    const result = await runs.get(name);
    assert.ok(result);
    return result;
  }

  it('gives the variables that only app.yaml and quix.yaml name', async () => {
    const { stateFolder, stores, variables } = await ran('machine-watch');
    const { input, output, limit } = variables.added;
    assert.deepEqual([input, output, limit], ['temperatures', 'warnings', '60']);
    assert.equal(stateFolder, path.join('variables-without-env', 'machine-watch', 'state'));
    assert.deepEqual(stores, ['machine-watch/default']);
  });

  it('stands in for the broker that code names, and follows its state_dir', async () => {
    const { stateFolder, stores, needed } = await ran('all-in-code');
    assert.deepEqual(needed, { kind: 'own', address: `localhost:${portInCode}` });
    assert.equal(stateFolder, path.join('all-in-code', 'data', 'state'));
    assert.deepEqual(stores, ['page-visits/default']);
  });

  it('finds the apps of a monorepo, and fills in what its quix.yaml leaves open', async () => {
    const orders = await ran('orders-total');
    const { input, currency } = orders.variables.added;
    assert.deepEqual([input, currency], ['north-orders', 'EUR']);
    assert.equal(orders.stateFolder, path.join('monorepo', 'orders-total', 'state'));
    assert.deepEqual(orders.stores, ['orders-total/default']);
    const energy = await ran('energy-window');
    assert.equal(energy.variables.added['input'], 'north-energy');
    assert.deepEqual(energy.stores, ['energy-window/energy_tumbling_window_10000_sum']);
  });

  it('takes the interpreter of a .venv above the app', async () => {
    const { stateFolder, stores, needed, interpreter } = await ran('counter');
    const inside = path.join('venv-in-parent', '.venv');
    assert.ok(path.relative(workspace, interpreter.command).startsWith(inside));
    assert.deepEqual(needed, { kind: 'own', address: 'localhost:9092' });
    assert.equal(stateFolder, path.join('venv-in-parent', 'services', 'counter', 'state'));
    assert.deepEqual(stores, ['endpoint-calls/default']);
  });

  it('runs an app below src in the folder above it, as its settings module says', async () => {
    const { app, stateFolder, stores, needed } = await ran('src-layout');
    assert.equal(app.mainFile, path.join(workspace, 'src-layout/src/counter/app.py'));
    assert.deepEqual(needed, { kind: 'own', address: 'localhost:9092' });
    assert.equal(stateFolder, path.join('src-layout', 'var', 'state'));
    assert.deepEqual(stores, ['word-counter/default']);
  });
});
