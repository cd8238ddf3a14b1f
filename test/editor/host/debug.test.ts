import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { LocalBroker } from '../../../src/app/index';
import { commandIds, debugType, settingIds } from '../../../src/ui/contributions';
import { freePort } from '../../freePort';
import { DebugApp, python } from './debugApp';
import { DebugWatch } from './debugWatch';
import { addFolder, root, rowAt, until } from './stateView';

const everyMessage = 'state.set("total"';

describe('debugging', function () {
  this.timeout(120_000);
  let app: DebugApp;

  before(async () => {
    const port = await freePort();
    await vscode.workspace
      .getConfiguration()
      .update(settingIds.localBrokerPort, port, vscode.ConfigurationTarget.Global);
    app = await DebugApp.make('counter');
  });
  afterEach(async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.debug.stopDebugging();
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace
      .getConfiguration()
      .update(settingIds.localBrokerPort, undefined, vscode.ConfigurationTarget.Global);
    await app.remove();
  });

  const configuration = () => ({
    type: debugType,
    request: 'launch',
    name: 'counter',
    program: app.mainFile,
  });

  /** Nothing was processed twice and nothing passed over: offsets and state were committed together. */
  async function assertNoGap(): Promise<void> {
    const processed = await app.processed();
    assert.deepEqual(
      processed.map(({ offset }) => offset),
      processed.map((_, i) => i),
    );
    const counts = new Map<string, number>();
    for (const { device, total } of processed) {
      counts.set(device, (counts.get(device) ?? 0) + 1);
      assert.equal(total, counts.get(device));
    }
  }

  it('F5 with nothing debugs the app of the open file, with state, on the local broker', async () => {
    await vscode.window.showTextDocument(vscode.Uri.file(app.mainFile));
    const line = await app.breakAt('app.run()');
    const watch = await DebugWatch.start({});
    const { type, configuration: resolved } = watch.session;
    assert.equal(type, debugType);
    assert.equal(resolved.program, app.mainFile);
    const stopped = await watch.stops();
    assert.deepEqual([stopped.file, stopped.line], [app.mainFile, line]);
    const enabled = 'os.environ["Quix__Deployment__State__Enabled"]';
    assert.equal(await stopped.evaluate(enabled), "'true'");
    assert.match(await stopped.evaluate('os.environ["Quix__Broker__Address"]'), /127\.0\.0\.1:\d+/);
    await watch.stop();
  });

  it('stops in a stateful function when its condition holds, evaluates, steps, and goes on', async () => {
    const line = await app.breakAt(everyMessage, 'total == 2');
    const watch = await DebugWatch.start(configuration());
    const stopped = await watch.stops();
    assert.deepEqual(
      [stopped.file, stopped.line, stopped.reason],
      [app.mainFile, line, 'breakpoint'],
    );
    assert.equal(await stopped.evaluate('total'), '2');
    assert.equal(await stopped.evaluate('state.get("total")'), '1');
    await watch.stepOver();
    const stepped = await watch.stops();
    assert.deepEqual([stepped.line, stepped.reason], [line + 1, 'step']);
    assert.equal(await stepped.evaluate('state.get("total")'), '2');
    const before = (await app.processed()).length;
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await watch.continue();
    await until(async () => (await app.processed()).length > before + 2, 'it goes on', 30_000);
    await watch.stop();
    assert.equal(watch.exitCode, 0);
    await assertNoGap();
  });

  it('Stop at a breakpoint ends the app as Ctrl+C does, with its checkpoint', async () => {
    const begun = (await app.processed()).length;
    await app.breakAt(everyMessage, 'total >= 3');
    const watch = await DebugWatch.start(configuration());
    await watch.stops();
    await watch.stop();
    assert.equal(watch.exitCode, 0);
    const processed = await app.processed();
    assert.ok(processed.length > begun);
    await assertNoGap();

    const nothing = path.join(app.folder, 'nothing');
    const added = await addFolder(app.stateFolder, nothing);
    for (const { device, total } of new Map(processed.map((one) => [one.device, one])).values()) {
      const row = await rowAt(app.stateFolder, 'default', 'counter-in[0]', device, 'total');
      assert.equal(row.description, String(total), device);
    }
    await added.remove();
  });

  it('Stop before the app runs ends it, too', async () => {
    await app.breakAt('app = Application(');
    const watch = await DebugWatch.start(configuration());
    await watch.stops();
    await watch.stop();
    assert.notEqual(watch.exitCode, undefined);
  });

  it('hears what the app prints through debugpy where the shell does not tell', async () => {
    const integration = 'terminal.integrated.shellIntegration.enabled';
    const { Global } = vscode.ConfigurationTarget;
    await vscode.workspace.getConfiguration().update(integration, false, Global);
    try {
      await app.breakAt(everyMessage);
      const watch = await DebugWatch.start(configuration());
      await watch.stops();
      await until(() => watch.printed.includes('[quixstreams]'), 'the log is heard');
      await watch.stop();
    } finally {
      await vscode.workspace.getConfiguration().update(integration, undefined, Global);
    }
  });

  it('debugs the apps of a compound, each where it stops', async () => {
    const other = await DebugApp.make('other');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const settings = path.join(folder.uri.fsPath, '.vscode');
    await mkdir(settings);
    const of = ({ name, mainFile }: DebugApp) => ({ ...configuration(), name, program: mainFile });
    await writeFile(
      path.join(settings, 'launch.json'),
      JSON.stringify({
        configurations: [of(app), of(other)],
        compounds: [{ name: 'both', configurations: ['counter', 'other'] }],
      }),
    );
    try {
      const lines = [await app.breakAt(everyMessage), await other.breakAt(everyMessage)];
      await until(
        () => vscode.workspace.getConfiguration('launch', folder).get<[]>('compounds')?.length,
        'VS Code knows the compound',
      );
      const watches = await DebugWatch.startAll(2, folder, 'both');
      const stopped = await Promise.all(watches.map((watch) => watch.stops()));
      assert.deepEqual(
        stopped.map(({ file, line }) => [file, line]).sort(),
        [app, other].map(({ mainFile }, i) => [mainFile, lines[i]]).sort(),
      );
      vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
      await Promise.all(watches.map((watch) => watch.stop()));
      assert.deepEqual(
        watches.map(({ exitCode }) => exitCode),
        [0, 0],
      );
    } finally {
      await rm(settings, { recursive: true });
      await other.remove();
    }
  });

  it("the debugger's Restart begins it again, on a broker that is there", async () => {
    const other = await DebugApp.make('again');
    const processed = async (more: number) => {
      const before = (await other.processed()).length;
      const enough = async () => (await other.processed()).length > before + more;
      await until(enough, 'messages are processed', 60_000);
    };
    const watch = await DebugWatch.start({ ...configuration(), program: other.mainFile });
    await processed(1);
    await vscode.commands.executeCommand('workbench.action.debug.restart');
    await until(() => watch.exitCode !== undefined, 'the first process ends', 30_000);
    await processed(1);
    await watch.stop();
    // The process that was killed leaves the session of its source behind.
    await vscode.debug.stopDebugging();
    await until(() => vscode.debug.activeDebugSession === undefined, 'all is stopped', 30_000);
    await other.remove();
  });

  it('Run Without Debugging runs it in terminals, as many as it has replicas', async () => {
    const before = new Set(vscode.window.terminals);
    const wanted = { ...configuration(), replicas: 2 };
    await vscode.debug.startDebugging(undefined, wanted, { noDebug: true });
    const opened = await until(() => {
      const terminals = vscode.window.terminals.filter((terminal) => !before.has(terminal));
      return terminals.length === 2 ? terminals : undefined;
    }, 'two terminals are open');
    assert.deepEqual(opened.map(({ name }) => name).sort(), ['counter (1)', 'counter (2)']);
    assert.equal(vscode.debug.activeDebugSession, undefined);
    const processed = (await app.processed()).length;
    await until(async () => (await app.processed()).length > processed, 'they run', 60_000);
    await vscode.commands.executeCommand(commandIds.stopApp);
    for (const terminal of opened) terminal.dispose();
    await assertNoGap();
  });

  describe('an app that was started elsewhere', () => {
    let broker: LocalBroker;
    let child: ChildProcess;
    let exited: Promise<number | null>;

    beforeEach(async () => {
      const dataDir = path.join(app.folder, 'broker');
      const options = { programFolder: path.join(root(), 'dist/broker'), dataDir, port: 0 };
      broker = new LocalBroker(options, () => undefined);
    });
    afterEach(async () => {
      child.kill('SIGKILL');
      await broker.stop();
    });

    /** Starts it, and waits until it has begun. */
    async function start(...args: string[]): Promise<void> {
      child = spawn(await python(), [...args, app.mainFile], {
        cwd: app.folder,
        env: {
          ...process.env,
          Quix__Broker__Address: await broker.acquire(),
          Quix__Deployment__State__Path: path.join(app.folder, 'attached'),
          PROCESSED: path.join(app.folder, 'attached.txt'),
        },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      exited = new Promise((resolve) => child.once('exit', resolve));
      const said: string[] = [];
      child.stderr?.on('data', (data: Buffer) => said.push(data.toString()));
      await until(() => said.join('').includes('[quixstreams]'), 'it has begun', 30_000);
    }

    /** Attaches, stops in the stateful function, and lets it go on. */
    async function debug(where: object): Promise<void> {
      const line = await app.breakAt(everyMessage);
      const attach = { type: debugType, request: 'attach', name: 'counter: attach', ...where };
      const watch = await DebugWatch.start(attach);
      assert.equal(watch.session.type, debugType);
      const stopped = await watch.stops();
      assert.equal(stopped.line, line);
      assert.match(await stopped.evaluate('state.get("total", default=0)'), /^\d+$/);
      vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
      await watch.continue();
      await watch.stop();
      assert.deepEqual([child.exitCode, child.signalCode], [null, null]);
      child.kill('SIGINT');
      assert.equal(await exited, 0);
    }

    it('is attached to where debugpy listens, and lives on', async () => {
      const port = await freePort();
      await start('-m', 'debugpy', '--listen', `127.0.0.1:${port}`);
      await debug({ connect: { host: '127.0.0.1', port } });
    });

    it('is attached to by its process id, and lives on', async function () {
      // On Linux debugpy goes into a process by gdb.
      if (process.platform === 'linux' && spawnSync('gdb', ['--version']).error) this.skip();
      await start();
      await vscode.window.showTextDocument(vscode.Uri.file(app.mainFile));
      await debug({ processId: child.pid });
    });
  });
});
