import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PartitionReader } from '../../../src/statefolder/index';
import { freePort } from '../../freePort';
import { python } from '../../python.mjs';
import type { TreeRow } from '../vscode/workbench';
import { temporaryFolder, type TemporaryFolder } from '../vscode/workspace';
import { useSession } from '../outside/useSession';

const fixtures = path.resolve(import.meta.dirname, '../../fixtures');

/** An app that counts; `application` is what its Application is given, `body` stands in its function. */
const source = (application: string, body = 'pass') => `import os
import time

from quixstreams import Application
from quixstreams.sources import Source


class Numbers(Source):
    def run(self):
        number = 0
        while self.running:
            message = self.serialize(key="k", value={"n": number})
            self.produce(key=message.key, value=message.value)
            number += 1
            time.sleep(0.2)


def count(value, state):
    ${body}
    state.set("total", state.get("total", default=0) + 1)


app = Application(${application}auto_offset_reset="earliest", commit_interval=1.0)
name = os.path.basename(os.path.dirname(os.path.abspath(__file__)))
sdf = app.dataframe(app.topic(f"{name}-in"), source=Numbers(f"{name}-in"))
sdf = sdf.apply(count, stateful=True)

if __name__ == "__main__":
    app.run()
`;

/** Apps that fail, a folder each; one Python environment above them. */
async function failingApps(taken: number): Promise<TemporaryFolder> {
  const parent = await temporaryFolder();
  const group = (name: string) => `consumer_group="${name}", `;
  const apps: Record<string, string> = {
    divides: source(group('divides'), '1 / (2 - value["n"])'),
    asks: source(group('asks'), 'os.environ["GREETING_OF_MINE"]'),
    cloud: source(`quix_sdk_token=os.environ.get("MY_TOKEN"), ${group('cloud')}`),
    far: source(`os.getenv("BROKER", "kafka.invalid:9092"), ${group('far')}`),
    fixed: source(`"kafka.invalid:9092", ${group('fixed')}`),
    taken: source(`"localhost:${taken}", ${group('taken')}`),
    damaged: source(group('quixstreams-default')),
    locked: source(group('quixstreams-default')),
    ahead: source(group('ahead')),
    killed: source(group('killed')),
  };
  for (const [name, code] of Object.entries(apps)) {
    await mkdir(path.join(parent.path, name));
    await writeFile(path.join(parent.path, name, 'main.py'), code);
  }
  for (const name of ['damaged', 'locked']) {
    const state = path.join(fixtures, '01-default-wal-open/state');
    await cp(state, path.join(parent.path, name, 'state'), { recursive: true });
  }
  const store = path.join(parent.path, 'damaged/state/quixstreams-default/default/orders/0');
  const [manifest] = (await readdir(store)).filter((file) => file.startsWith('MANIFEST'));
  assert.ok(manifest);
  const bytes = await readFile(path.join(store, manifest));
  bytes.fill(0xff, 8, 40);
  await writeFile(path.join(store, manifest), bytes);
  const environment = path.dirname(path.dirname(await python()));
  await symlink(environment, path.join(parent.path, '.venv'), 'junction');
  return parent;
}

/** Holds a store open, as another app would. */
async function holdOpen(store: string): Promise<ChildProcess> {
  const code =
    'import sys; from rocksdict import Rdict; r = Rdict(sys.argv[1]); print(1, flush=True); sys.stdin.read()';
  const holder = spawn(await python(), ['-c', code, store], { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(holder.stdout ?? holder, 'data');
  return holder;
}

/** Waits until a partition's store holds an offset of its changelog. */
async function firstCheckpoint(partition: string): Promise<void> {
  const reader = new PartitionReader(partition, {});
  const offset = () => reader.read(async (store) => store.changelogOffset).catch(() => undefined);
  try {
    for (const until = Date.now() + 60_000; (await offset()) === undefined; await delay(100)) {
      assert.ok(Date.now() < until);
      await reader.refresh().catch(() => undefined);
    }
  } finally {
    await reader.dispose();
  }
}

describe('what is said when an app does not run', function () {
  this.timeout(180_000);
  let server: net.Server;
  const opened = useSession(async () => {
    server = net.createServer((socket) => socket.end('not Kafka')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as net.AddressInfo;
    return {
      workspace: await failingApps(port),
      options: { settings: { 'stateFolder.localBroker.port': await freePort() }, height: 1000 },
    };
  });

  before(async () => {
    const { workbench } = opened().session;
    await workbench.openContainer('State Folder');
    await workbench.waitForRows('State', (seen) => seen.some(({ label }) => label === 'taken'));
  });
  after(() => server.close());
  // Three are shown at most.
  beforeEach(async () => {
    const { toasts } = opened().session.workbench;
    while ((await toasts.count()) > 0) {
      await toasts.first().hover();
      await toasts.first().locator('[aria-label^="Clear Notification"]').click();
    }
  });

  const run = async (name: string): Promise<void> => {
    const { workbench } = opened().session;
    await workbench.inlineAction(workbench.row('State', name), 'Run App with State');
  };
  /** The toast that begins so: its text; it stays. */
  const toast = async (begins: string): Promise<string> => {
    const shown = opened().session.workbench.toasts.filter({ hasText: begins }).first();
    await shown.waitFor({ timeout: 90_000 });
    return (await shown.locator('.notification-list-item-message').innerText()).trim();
  };
  const press = async (begins: string, button: string): Promise<void> => {
    const shown = opened().session.workbench.toasts.filter({ hasText: begins }).first();
    await shown.waitFor({ timeout: 60_000 });
    await shown.locator('a.monaco-button, .monaco-text-button').getByText(button).click();
    await shown.waitFor({ state: 'detached' });
  };
  const waitForStatus = async (name: string, wanted: RegExp): Promise<void> => {
    await opened().session.workbench.waitForRows(
      'State',
      (seen) => seen.some((row) => row.label === name && wanted.test(row.description)),
      90_000,
    );
  };
  const stop = async (name: string): Promise<void> => {
    const { workbench } = opened().session;
    await workbench.inlineAction(workbench.row('State', name), 'Stop App');
    await waitForStatus(name, /^main\.py/);
  };

  it('names the line of an exception and the message; the buttons go to both', async () => {
    const { workbench } = opened().session;
    await run('divides');
    const text = await toast('"divides" failed');
    assert.match(
      text,
      /^"divides" failed at main\.py:19: ZeroDivisionError: division by zero\. The latest checkpoint is not committed\. It worked on message 2 of divides-in\[0\]\.$/,
    );
    await waitForStatus('divides', /^failed/);
    await press('"divides" failed', 'Go to Line');
    await workbench.waitForEditorText((shown) => shown.includes('1 / (2 - value["n"])'));
    await workbench.command('State Folder: Start Local Broker');
    await workbench.command('State Folder: Show Failed Message');
    await workbench.waitForEditorText((shown) => shown.includes('"offset":2'), 30_000);
  });

  it('asks for a variable that nothing sets, by its name, and then runs', async () => {
    const { workbench, page } = opened().session;
    await run('asks');
    await workbench.quickInput.waitFor();
    assert.match(
      await page.locator('.quick-input-widget').innerText(),
      /The app reads GREETING_OF_MINE, which neither app\.yaml, quix\.yaml nor \.env sets/,
    );
    await workbench.quickInput.fill('hello');
    await page.keyboard.press('Enter');
    await waitForStatus('asks', /^running/);
    await stop('asks');
    await run('asks'); // kept
    await waitForStatus('asks', /^running/);
    await stop('asks');
  });

  it('offers the local broker where the token is missing, and where no broker answers', async () => {
    for (const [name, sentence] of [
      ['cloud', '"cloud" connects to Quix Cloud, but Quix__Sdk__Token is not set.'],
      ['far', 'No Kafka broker answers at kafka.invalid:9092.'],
    ] as const) {
      await run(name);
      assert.equal(await toast(sentence.slice(0, 20)), sentence);
      await press(sentence, 'Use Local Broker');
      await waitForStatus(name, /^running/);
      await stop(name);
    }
  });

  it('says what stands in code and cannot be changed from here', async () => {
    const { workbench } = opened().session;
    await run('fixed');
    await toast('No Kafka broker answers at kafka.invalid:9092.');
    await press('No Kafka broker answers', 'Use Local Broker');
    assert.equal(
      await toast('"fixed" names'),
      '"fixed" names its broker kafka.invalid:9092 in code. Read it from a variable to use another.',
    );
    await press('"fixed" names', 'Open File');
    await workbench.waitForEditorText((shown) => shown.includes('import os'));
    await run('taken');
    const text = await toast('Port ');
    assert.match(text, /^Port \d+, which "taken" names in code, is in use by another program\.$/);
    await press('Port ', 'Open File');
  });

  it('warns of a damaged store before the app destroys it', async () => {
    await run('damaged');
    assert.equal(
      await toast('orders[0] is damaged'),
      'orders[0] is damaged. The app will destroy it and restore it from the changelog.',
    );
    await press('orders[0] is damaged', 'Run Anyway');
    await press('orders[1] is at offset 163', 'Run Anyway');
    await waitForStatus('damaged', /^running/);
    await stop('damaged');
  });

  it('names the process that has a store open', async function () {
    if (process.platform !== 'linux') return this.skip();
    const store = path.join(opened().workspace.path, 'locked/state/quixstreams-default/default');
    const holder = await holdOpen(path.join(store, 'orders/0'));
    try {
      await run('locked');
      assert.equal(
        await toast('orders[0] is in use'),
        `orders[0] is in use by process ${holder.pid}. Stop it first.`,
      );
      await press('orders[0] is in use', 'Run Anyway');
      await press('orders[0] is at offset 163', 'Run Anyway');
      await waitForStatus('locked', /^running/);
    } finally {
      holder.kill();
    }
    await stop('locked');
  });

  it('says what a kill costs, and runs the app again', async () => {
    await run('killed');
    await waitForStatus('killed', /^running/);
    const { path: workspace } = opened().workspace;
    const main = path.join(workspace, 'killed/main.py');
    spawn('pkill', ['-9', '-f', main]);
    assert.equal(
      await toast('"killed" ended'),
      '"killed" ended with exit code 137. The latest checkpoint is not committed.',
    );
    await press('"killed" ended', 'Run App with State');
    await waitForStatus('killed', /^running/);
    await stop('killed');
  });

  it('says that a store is ahead of a broker that was reset', async () => {
    const { workbench } = opened().session;
    await run('ahead');
    await waitForStatus('ahead', /^running/);
    const hasState = (row: TreeRow) => row.label === 'ahead' && row.expanded !== undefined;
    await workbench.waitForRows('State', (seen) => seen.some(hasState), 60_000);
    await firstCheckpoint(
      path.join(opened().workspace.path, 'ahead/state/ahead/default/ahead-in/0'),
    );
    await stop('ahead');
    await workbench.command('State Folder: Reset Local Broker...');
    await workbench.dialog.getByText('Reset Local Broker', { exact: true }).click();
    await workbench.dialog.waitFor({ state: 'detached' });
    await run('ahead');
    assert.match(
      await toast('ahead-in[0] is at offset'),
      /^ahead-in\[0\] is at offset \d+, its changelog ends at 0\. Counts may be wrong\.$/,
    );
    await press('ahead-in[0] is at offset', 'Run Anyway');
    await waitForStatus('ahead', /^running/);
    await stop('ahead');
  });
});
