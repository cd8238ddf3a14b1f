import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../freePort';
import { python } from '../../python.mjs';
import { temporaryFolder, type TemporaryFolder } from '../vscode/workspace';
import { LockWatch } from './lockWatch';
import { useSession } from '../outside/useSession';

const runItem = 'state-folder.state-folder.stateFolder.run';
const name = 'readings-counter';
const replicas = 3;
const partitions = 4;
const rows = Array.from({ length: partitions }, (_, i) => `readings[${i}]`);
/** A row may say this long who had the partition before. */
const rowMs = 2000;
/** The group's session time-out, and a rebalance, in which members come back with their next heartbeat. */
const sessionMs = 6000;
const rebalanceMs = 12_000;

/** Prints its process with each message, so that every terminal shows whose it is. */
const app = `"""Counts the readings of each device."""

import os

from quixstreams import Application, State
from quixstreams.models import TopicConfig

app = Application(
    consumer_group="${name}",
    auto_offset_reset="earliest",
    commit_interval=1.0,
    consumer_extra_config={"session.timeout.ms": ${sessionMs}},
)
topic = app.topic("readings", config=TopicConfig(num_partitions=${partitions}, replication_factor=1))


def count(value: dict, state: State) -> int:
    total = state.get("total", default=0) + 1
    state.set("total", total)
    return total


sdf = app.dataframe(topic).apply(count, stateful=True)
sdf.update(lambda total: print("process", os.getpid()))

if __name__ == "__main__":
    app.run()
`;

/** Sends a message to each partition, again and again, until its stdin ends. */
const producer = `import sys, threading
from confluent_kafka import Producer
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
producer = Producer({"bootstrap.servers": sys.argv[1]})
while not ended.wait(0.2):
    for partition in range(${partitions}):
        producer.produce("readings", key=f"device {partition}", value="{}", partition=partition)
    producer.poll(0)
`;

async function replicasWorkspace(port: number): Promise<TemporaryFolder> {
  const parent = await temporaryFolder();
  const workspace = path.join(parent.path, name);
  await mkdir(path.join(workspace, '.vscode'), { recursive: true });
  await writeFile(path.join(workspace, 'main.py'), app);
  const configuration = {
    type: 'quix-streams',
    request: 'launch',
    name: 'Three replicas',
    program: '${workspaceFolder}/main.py',
    replicas,
  };
  await writeFile(
    path.join(workspace, '.vscode/launch.json'),
    JSON.stringify({ version: '0.2.0', configurations: [configuration] }),
  );
  // A setting of the machine: those of a browser's user do not count on a server, those of the folder do.
  await writeFile(
    path.join(workspace, '.vscode/settings.json'),
    JSON.stringify({ 'stateFolder.localBroker.port': port }),
  );
  const environment = path.dirname(path.dirname(await python()));
  await symlink(environment, path.join(workspace, '.venv'), 'junction');
  return { path: workspace, remove: () => parent.remove() };
}

/** The process above another one. */
function parentOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

const isOver = (pid: number) => !existsSync(`/proc/${pid}`);

(process.platform === 'linux' ? describe : describe.skip)('replicas of an app', function () {
  this.timeout(180_000);
  let port: number;
  let watch: LockWatch | undefined;
  let sender: ChildProcess | undefined;
  let added: ChildProcess | undefined;
  // before the session's own, which closes the page
  after(async () => {
    sender?.stdin?.end();
    added?.kill('SIGKILL');
    await watch?.stop();
  });

  const opened = useSession(async () => ({
    workspace: await replicasWorkspace((port = await freePort())),
    options: { height: 1100 },
  }));
  /** The processes of replicas 1, 2, 3, as their terminals say. */
  const pids: number[] = [];

  const address = () => `127.0.0.1:${port}`;
  const watched = () => {
    assert.ok(watch, 'the replicas run');
    return watch;
  };
  /** Whether each partition has an owner, and these processes are the owners. */
  const ownAll =
    (...owners: number[]) =>
    (holders: ReadonlyMap<string, number>) => {
      const found = new Set(holders.values());
      return (
        holders.size === partitions &&
        found.size === owners.length &&
        owners.every((pid) => found.has(pid))
      );
    };
  const statusBar = () => opened().session.workbench.statusItem(runItem);

  /** What a replica's terminal shows. */
  async function terminalOf(replica: number, wanted: RegExp): Promise<RegExpExecArray> {
    const { page, terminalRows } = opened().session.workbench;
    const tab = page.locator('.terminal-tabs-entry', { hasText: `${name} (${replica})` });
    await tab.click();
    for (const deadline = Date.now() + 30_000; ; await delay(50)) {
      const shown = await terminalRows.locator('visible=true').allTextContents();
      const text = shown.join('\n').replaceAll('\u00a0', ' ');
      const found = wanted.exec(text);
      if (found) return found;
      if (Date.now() > deadline) throw new Error(`terminal ${replica} shows ${text}`);
    }
  }

  /** Every owner that had a partition for longer than a row may take was in its row in time; prints how soon. */
  function assertRowsFollowed(what: string, since: number): void {
    const changes = watched().changes.filter(({ at }) => at >= since);
    const late = changes.filter(({ rowMs: took, heldMs }) => (took ?? heldMs ?? Infinity) > rowMs);
    assert.deepEqual(late, []);
    const told = changes.filter(({ rowMs: took, owner }) => took !== undefined && owner !== '');
    assert.ok(told.length > 0, 'something changed');
    const said = told.map(
      ({ partition, owner, rowMs: took }) => `${partition} ${owner} ${took?.toFixed(0)} ms`,
    );
    console.log(`        ${what}: ${said.join(', ')}`);
  }

  it('are said by the status bar and the view, a terminal each', async () => {
    const { workbench, page } = opened().session;
    await workbench.openContainer('State Folder');
    await workbench.welcomeButton('Run App with State').click();
    const status = `${name}: running · ${replicas} replicas`;
    await statusBar().filter({ hasText: status }).waitFor({ timeout: 90_000 });
    const description = workbench.pane('State').locator('.pane-header .description');
    assert.equal(await description.textContent(), `${name} · running · ${replicas} replicas`);
    assert.equal(await page.locator('.terminal-tabs-entry', { hasText: name }).count(), replicas);
  });

  it('are each the owner that /proc/locks tells, in the rows', async () => {
    const { session, workspace } = opened();
    sender = spawn(await python(), ['-c', producer, address()], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    for (let replica = 1; replica <= replicas; replica++) {
      const [, pid] = await terminalOf(replica, /^process (\d+)\s*$/m);
      pids.push(Number(pid));
    }
    assert.equal(new Set(pids.map(parentOf)).size, replicas, 'a shell each');
    await session.workbench.openDownTo('State', 'readings[3]', 30_000);
    const folder = path.join(workspace.path, 'state', name, 'default/readings');
    const folders = new Map(rows.map((row, i) => [row, path.join(folder, String(i))]));
    watch = new LockWatch(session.workbench, folders, (pid) => {
      const replica = pids.indexOf(pid) + 1;
      return replica > 0 ? `replica ${replica}` : `process ${pid}`;
    });
    watch.start();
    await watch.until('all three own partitions', ownAll(...pids), 30_000);
    await session.workbench.waitForRows('State', (seen) =>
      rows.every((row) =>
        seen.some(
          ({ label, description }) =>
            label === row && /^live · replica [123] · offset \d+/.test(description),
        ),
      ),
    );
  });

  it('leave their partitions to the others when one is killed', async () => {
    const [first] = pids;
    assert.ok(first);
    const killed = performance.now();
    process.kill(first, 'SIGKILL');
    await watched().until('the others own all', ownAll(...pids.slice(1)), sessionMs + rebalanceMs);
    console.log(`        taken over after ${((performance.now() - killed) / 1000).toFixed(1)} s`);
    assertRowsFollowed('after a kill', killed);
    await statusBar().filter({ hasText: 'running · 2 replicas' }).waitFor();
  });

  it('share them with a process that is no replica of ours', async () => {
    const { workspace } = opened();
    const started = performance.now();
    added = spawn(await python(), [path.join(workspace.path, 'main.py')], {
      env: {
        ...process.env,
        Quix__Broker__Address: address(),
        Quix__Deployment__State__Path: path.join(workspace.path, 'state'),
      },
      stdio: 'ignore',
    });
    const { pid } = added;
    assert.ok(pid);
    await watched().until('the added one owns partitions', ownAll(...pids.slice(1), pid), 30_000);
    assertRowsFollowed('with one added', started);
    const own = rows.filter((row) => watched().holders.get(row) === pid);
    await opened().session.workbench.waitForRows('State', (seen) =>
      own.every((row) =>
        seen.some(
          ({ label, description }) =>
            label === row && description.startsWith(`live · process ${pid} · `),
        ),
      ),
    );
  });

  it('end with Stop App, as Ctrl+C ends them; the other process goes on, live', async () => {
    const { workbench } = opened().session;
    await watched().stop();
    assert.ok(added);
    await workbench.command('State Folder: Stop App');
    await statusBar().waitFor({ state: 'detached', timeout: 30_000 });
    assert.deepEqual(pids.map(isOver), [true, true, true]);
    for (const replica of [2, 3]) {
      await terminalOf(replica, /\^C[^]*Stopping the application/);
    }
    const left = await workbench.waitForRows(
      'State',
      (seen) =>
        rows.every((row) =>
          seen.some(({ label, description }) => label === row && description.startsWith('live')),
        ),
      sessionMs + rebalanceMs,
    );
    // With one owner only, rows need not tell which.
    assert.ok(!left.some(({ description }) => description.includes('replica')));
    assert.equal(added.exitCode, null);
    const exited = once(added, 'exit');
    added.kill('SIGINT');
    assert.deepEqual(await exited, [0, null]);
    await workbench.waitForRows(
      'State',
      (seen) => !seen.some(({ description }) => description.startsWith('live')),
    );
  });
});
