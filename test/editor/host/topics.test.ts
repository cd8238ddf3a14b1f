import assert from 'node:assert/strict';
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { descendantsOf } from '../../../src/app/index';
import { commandIds, messagesScheme, settingIds } from '../../../src/ui/contributions';
import type { Topics } from '../../../src/ui/index';
import type { TopicsRow } from '../../../src/ui/topics/topicRows';
import { freePort } from '../../freePort';
import { python } from './debugApp';
import { labelOf, session, until } from './stateView';
import { base64, TopicMessages } from './topicMessages';

const { Global } = vscode.ConfigurationTarget;
const group = 'topics-group';

/** An app that cannot work on one of its messages. */
const failingApp = `from quixstreams import Application

app = Application(consumer_group="${group}", auto_offset_reset="earliest")
sdf = app.dataframe(app.topic("t-fail"))
sdf.update(lambda value: 1 / value["n"])
app.run()
`;

describe('topics', function () {
  this.timeout(180_000); // the first to need it makes the Python environment
  let folder: string;
  let address: string;
  let apps: TopicMessages;
  let topics: Topics;

  before(async () => {
    const activated = await session();
    topics = (activated as typeof activated & { topics: Topics }).topics;
    folder = path.join(vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '', 'topics-app');
    await mkdir(folder);
    await writeFile(path.join(folder, 'app.yaml'), 'name: topics-app\nrunEntryPoint: main.py\n');
    await writeFile(path.join(folder, 'main.py'), failingApp);
    const environment = path.dirname(path.dirname(await python()));
    await symlink(environment, path.join(folder, '.venv'), 'junction');
    await vscode.commands.executeCommand(commandIds.refresh);
    await until(() => activated.folders.apps.length > 0, 'the app was found');
    const port = await freePort();
    address = `127.0.0.1:${port}`;
    await vscode.workspace.getConfiguration().update(settingIds.localBrokerPort, port, Global);
    // What other suites left on it.
    await answering(
      'showWarningMessage',
      (...asked) => asked.at(-1),
      () => vscode.commands.executeCommand(commandIds.resetLocalBroker),
    );
    await vscode.commands.executeCommand(commandIds.startLocalBroker);
    apps = await TopicMessages.start(address);
    await vscode.commands.executeCommand('stateFolder.topics.focus');
  });
  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await apps.stop();
    await vscode.commands.executeCommand(commandIds.stopLocalBroker);
    await vscode.workspace.getConfiguration().update(settingIds.localBrokerPort, undefined, Global);
    await rm(folder, { recursive: true, force: true });
    const { folders } = await session();
    await vscode.commands.executeCommand(commandIds.refresh);
    await until(() => folders.apps.length === 0, 'the app is gone');
  });
  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  /** The rows as VS Code is given them, and all below them, as lines. */
  async function outline(row?: TopicsRow, indent = ''): Promise<string[]> {
    const lines: string[] = [];
    for (const child of await topics.view.getChildren(row)) {
      const item = topics.view.getTreeItem(child);
      lines.push(`${indent}${labelOf(item)}  ${String(item.description)}`.trimEnd());
      lines.push(...(await outline(child, `${indent} `)));
    }
    return lines;
  }

  async function outlineIs(expected: readonly string[]): Promise<void> {
    let lines: string[] = [];
    const isShown = async () => {
      lines = await outline();
      return lines.join('\n') === expected.join('\n');
    };
    await until(isShown, 'the rows').catch(() => assert.deepEqual(lines, expected));
  }

  async function rowOf(label: string, parent?: TopicsRow): Promise<TopicsRow> {
    const rows = await topics.view.getChildren(parent);
    const row = rows.find((one) => one.label === label);
    assert.ok(row, `no ${label} among ${rows.map((one) => one.label).join()}`);
    return row;
  }

  function active(): vscode.TextDocument {
    const document = vscode.window.activeTextEditor?.document;
    assert.ok(document);
    return document;
  }

  async function lensesOf({ uri }: vscode.TextDocument): Promise<string[]> {
    const command = 'vscode.executeCodeLensProvider';
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(command, uri);
    return lenses.map((lens) => (lens.command?.title ?? '').replace(/[\d-]+ [\d:]+Z/, '{time}'));
  }

  /** Runs a command while a question of it is answered. */
  async function answering<
    Method extends 'showWarningMessage' | 'showErrorMessage' | 'showQuickPick',
  >(
    method: Method,
    answer: (...asked: unknown[]) => unknown,
    run: () => unknown,
  ): Promise<unknown[][]> {
    const real = vscode.window[method];
    const asked: unknown[][] = [];
    const standIn = (...args: unknown[]) => {
      asked.push(args);
      return Promise.resolve(answer(...args));
    };
    Object.assign(vscode.window, { [method]: standIn });
    try {
      await run();
    } finally {
      Object.assign(vscode.window, { [method]: real });
    }
    return asked;
  }

  /** The local broker's process. */
  async function brokerProcess(): Promise<number> {
    const port = address.slice(address.indexOf(':') + 1);
    for (const pid of await descendantsOf(process.pid)) {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      if (command.includes('brokerProcess') && command.split('\0').includes(port)) return pid;
    }
    throw new Error('no broker');
  }

  it('says that the local broker has no topics yet', async () => {
    await outlineIs(['No topics yet. An app makes its topics at its start.']);
    assert.equal(topics.view.description, `${address} · local broker`);
  });

  it('shows topics, partitions, the place of the group, and changelogs apart', async () => {
    await apps.create('t-in', 2);
    await apps.create(`changelog__${group}--t-in--default`, 2);
    await apps.produce(
      't-in',
      ['PC1', 'PC2', 'PC3'].map((key) => ({ key: base64(key), value: base64('{"cpu":1.0}') })),
    );
    await apps.produce('t-in', [{ key: null, value: base64('text'), partition: 1 }]);
    await apps.commit(group, 't-in', [0, 1]);
    const first = 't-in  2 partitions · 4 messages · lag 3';
    await until(async () => (await outline())[0] === first, 'all messages, and the group');
    const [, ...others] = await outline();
    const [ends] = [others.slice(0, 2).map((line) => Number(/– (\d+)/.exec(line)?.[1]))];
    assert.equal((ends[0] ?? 0) + (ends[1] ?? 0), 4);
    await outlineIs([
      first,
      ` [0]  offsets 0 – ${ends[0]} · committed 0 · lag ${ends[0]}`,
      ` [1]  offsets 0 – ${ends[1]} · committed 1 · lag ${(ends[1] ?? 0) - 1}`,
      'Changelogs  1 topic',
      ` changelog__${group}--t-in--default  2 partitions · 0 messages`,
      '  [0]  empty',
      '  [1]  empty',
    ]);
  });

  it('gives each row an id, words for a screen reader, and a tooltip that is not trusted', async () => {
    const row = await rowOf('t-in');
    const item = topics.view.getTreeItem(row);
    assert.equal(item.id, 'topic:t-in');
    assert.equal(item.contextValue, 'topic local');
    assert.equal(item.accessibilityInformation?.label, 't-in, 2 partitions · 4 messages · lag 3');
    const [partition] = await topics.view.getChildren(row);
    assert.ok(partition);
    const spoken = topics.view.getTreeItem(partition).accessibilityInformation?.label;
    assert.match(spoken ?? '', /^partition 0 of t-in, offsets 0 – /);
    const { tooltip } = topics.view.resolveTreeItem(item, row);
    assert.ok(tooltip instanceof vscode.MarkdownString);
    assert.equal(tooltip.isTrusted, undefined);
    assert.match(tooltip.value, /topics-group:&nbsp;`3`/);
  });

  it('follows what is written and committed, with the same row', async () => {
    const row = await rowOf('t-in');
    await apps.produce('t-in', [{ key: base64('PC1'), value: base64('{"cpu":2.0}') }]);
    await until(() => row.description.includes('5 messages · lag 4'), 'the message');
    assert.equal(await rowOf('t-in'), row);
    await apps.commit(group, 't-in', [100, 1]);
    const [first, second] = row.children;
    await until(() => first?.description.includes('committed 100, beyond the end'), 'the place');
    assert.match(second?.description ?? '', /committed 1 · lag \d$/);
  });

  it('shows messages as they are, digit for digit, read-only, the newest last', async () => {
    await apps.create('t-shown', 1);
    const timestamp = Date.parse('2026-11-24T03:32:50.123Z');
    await apps.produce('t-shown', [
      {
        key: base64('a"\u202e\n'),
        value: base64('{"big":12345678901234567890.10,"f":1.0}'),
        headers: [['trace', base64('a1')]],
        timestamp,
      },
      { key: base64('k'), value: null, timestamp },
      { key: base64(Uint8Array.of(0xff)), value: base64('<text>'), timestamp },
      { key: null, value: base64(Uint8Array.of(0, 255)), timestamp },
    ]);
    await until(async () => (await outline()).some((line) => line.startsWith('t-shown')), 'it');
    await vscode.commands.executeCommand(commandIds.showMessages, await rowOf('t-shown'));
    const document = active();
    const head = (offset: number) =>
      `{"partition":0,"offset":${offset},"time":"2026-11-24T03:32:50.123Z",`;
    assert.deepEqual(document.getText().split('\n'), [
      `${head(0)}"key":"a\\"\\u202e\\n","headers":[["trace","a1"]],"value":{"big":12345678901234567890.10,"f":1.0}}`,
      `${head(1)}"key":"k","value":null}`,
      `${head(2)}"key":{"base64":"/w=="},"value":{"text":"<text>"}}`,
      `${head(3)}"key":null,"value":{"base64":"AP8="}}`,
      '',
    ]);
    assert.equal(document.uri.scheme, messagesScheme);
    assert.equal(document.uri.path, '/t-shown.jsonl');
    assert.equal(document.languageId, 'jsonl');
    assert.equal(vscode.workspace.fs.isWritableFileSystem(messagesScheme), false);
    assert.equal(vscode.window.activeTextEditor?.selection.active.line, 3);
    assert.deepEqual(await lensesOf(document), [
      't-shown · 4 messages · read at {time}',
      'Refresh',
    ]);
  });

  it('reads an open document anew, and older messages when asked to', async () => {
    const many = Array.from({ length: 250 }, (_, i) => ({ key: null, value: base64(String(i)) }));
    await apps.create('t-many', 1);
    await apps.produce('t-many', many);
    await until(async () => (await outline()).some((line) => line.startsWith('t-many')), 'it');
    const [partition] = await topics.view.getChildren(await rowOf('t-many'));
    await vscode.commands.executeCommand(commandIds.showMessages, partition);
    const document = active();
    assert.equal(document.uri.path, '/t-many[0].jsonl');
    assert.equal(document.lineCount, 101);
    assert.match(document.lineAt(99).text, /"offset":249,.*"value":249}$/);
    assert.deepEqual((await lensesOf(document)).slice(1), ['Refresh', 'Older']);
    await apps.produce('t-many', [{ key: null, value: base64('"new"') }]);
    await vscode.commands.executeCommand(commandIds.refreshMessages, document.uri);
    await until(() => document.lineAt(99).text.includes('"new"'), 'the new message');
    await vscode.commands.executeCommand(commandIds.showOlderMessages, document.uri);
    await until(() => document.lineCount === 252, 'all messages');
    assert.deepEqual((await lensesOf(document)).slice(1), ['Refresh']);
  });

  it('shows the messages of a message key of the State view', async () => {
    const node = {
      kind: 'messageKey',
      partition: { streamId: 't-in', partition: { number: 0 } },
      messageKey: { prefix: Buffer.from('"PC1"') },
    };
    const found: number[] = [];
    for (const number of [0, 1]) {
      node.partition.partition.number = number;
      await vscode.commands.executeCommand(commandIds.showMessages, node);
      const lines = active().getText().trim().split('\n').filter(Boolean);
      for (const line of lines) assert.match(line, /"key":"PC1"/);
      found.push(lines.length);
    }
    assert.deepEqual(found.sort(), [0, 2]);
  });

  it('opens test messages with the newest of the topic, keeps what was made of them, and sends them', async () => {
    await apps.create('t-test', 2);
    await apps.produce('t-test', [
      { key: base64('PC1'), value: base64('{"cpu":1.50}'), headers: [['h', base64('x')]] },
    ]);
    await until(async () => (await outline()).some((line) => line.startsWith('t-test')), 'it');
    const row = await rowOf('t-test');
    await vscode.commands.executeCommand(commandIds.sendTestMessage, row);
    const document = active();
    const template = '{"key":"PC1","headers":[["h","x"]],"value":{"cpu":1.50}}\n';
    assert.equal(document.getText(), template);
    assert.equal(document.uri.scheme, 'file');
    const edit = new vscode.WorkspaceEdit();
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    const text =
      '{"key":"PC${n%2}","value":{"n":"${n}","cpu":1.10}}\n' +
      '{"key":{"base64":"/w=="},"headers":[["h",null]],"value":{"base64":"AP8="},"partition":1}\n' +
      '{"key":"PC1","value":null}\n';
    edit.replace(document.uri, whole, text);
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand(commandIds.sendMessages);
    assert.equal(document.isDirty, false);
    await until(() => row.description.includes('4 messages'), 'the messages');
    assert.deepEqual(await lensesOf(document), [
      'Send Messages',
      'Send at a Rate...',
      'Replay File...',
      '3 messages sent at {time}',
    ]);
    // PC1 of quixstreams and PC1 of ours are in one partition.
    const ends = row.children.map(({ description }) =>
      Number(/– (\d+)/.exec(description)?.[1] ?? 0),
    );
    const messages = [
      ...(await apps.consume('t-test', 0, 0, ends[0] ?? 0)).map((one) => ({ ...one, at: 0 })),
      ...(await apps.consume('t-test', 1, 0, ends[1] ?? 0)).map((one) => ({ ...one, at: 1 })),
    ];
    const ofPC1 = messages.filter(({ key }) => key === base64('PC1'));
    assert.equal(new Set(ofPC1.map(({ at }) => at)).size, 1);
    assert.deepEqual(
      ofPC1.map(({ value }) => value),
      [base64('{"cpu":1.50}'), base64('{"n":1,"cpu":1.10}'), null],
    );
    const bytes = messages.find(({ key }) => key === '/w==');
    assert.deepEqual(
      { ...bytes, offset: undefined },
      { offset: undefined, key: '/w==', value: 'AP8=', headers: [['h', null]], at: 1 },
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand(commandIds.sendTestMessage, row);
    assert.equal(active().getText(), text);
  });

  it('shows the line that is no message, and sends none', async () => {
    const row = await rowOf('t-test');
    const before = row.description;
    await vscode.commands.executeCommand(commandIds.sendTestMessage, row);
    const document = active();
    const edit = new vscode.WorkspaceEdit();
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    edit.replace(document.uri, whole, '{"key":"a"}\n\n{"partition":2}\n');
    await vscode.workspace.applyEdit(edit);
    await vscode.commands.executeCommand(commandIds.sendMessages);
    const selection = vscode.window.activeTextEditor?.selection;
    assert.deepEqual([selection?.start.line, selection?.end.line], [2, 2]);
    const [first] = await apps.consume('t-test', 0, 0, 1);
    assert.ok(first);
    assert.equal(row.description, before);
  });

  it('replays messages that are shown to where they were', async () => {
    await apps.create('t-again', 1);
    await until(async () => (await outline()).some((line) => line.startsWith('t-again')), 'it');
    await vscode.commands.executeCommand(commandIds.showMessages, await rowOf('t-shown'));
    await vscode.commands.executeCommand(commandIds.sendTestMessage, await rowOf('t-again'));
    await answering(
      'showQuickPick',
      (items) => (items as vscode.QuickPickItem[])[0],
      () => vscode.commands.executeCommand(commandIds.replayFile),
    );
    const sent = await apps.consume('t-again', 0, 0, 4);
    assert.deepEqual(sent, await apps.consume('t-shown', 0, 0, 4));
  });

  it('shows the message that an app failed at, though the broker ended with the app', async () => {
    await apps.create('t-fail', 1);
    const numbers = [2, 1, 0, 3];
    await apps.produce(
      't-fail',
      numbers.map((n) => ({ key: base64('k'), value: base64(`{"n":${n}}`) })),
    );
    await apps.stop(); // it would keep the broker
    await vscode.commands.executeCommand(commandIds.stopLocalBroker);
    await vscode.commands.executeCommand(commandIds.runAppWithState);
    await until(
      async () => {
        await vscode.commands.executeCommand(commandIds.showFailedMessage);
        return vscode.window.activeTextEditor?.document.uri.scheme === messagesScheme;
      },
      'the message that failed',
      40_000,
    );
    assert.equal(active().uri.path, '/t-fail[0]@2.jsonl');
    assert.match(active().getText(), /^\{"partition":0,"offset":2,.*,"value":\{"n":0\}\}\n$/);
    const editor = vscode.window.activeTextEditor;
    assert.equal(`${active().getText(editor?.selection)}\n`, active().getText());
    await until(() => topics.view.description === undefined, 'the broker ended again');
    await vscode.commands.executeCommand(commandIds.startLocalBroker);
    apps = await TopicMessages.start(address);
  });

  it('says when the broker does not answer, and goes on when it does', async function () {
    if (process.platform !== 'linux') this.skip();
    await until(async () => (await outline()).length > 2, 'the topics');
    const row = await rowOf('t-in');
    const broker = await brokerProcess();
    process.kill(broker, 'SIGSTOP');
    try {
      const text = `${address} does not answer`;
      await until(async () => (await outline())[0] === text, 'that it does not answer', 25_000);
      assert.equal(topics.view.description, text);
      assert.equal(await rowOf('t-in'), row);
    } finally {
      process.kill(broker, 'SIGCONT');
    }
    const isThere = async () => (await outline())[0]?.startsWith('t-again') === true;
    await until(isThere, 'it answers again', 40_000);
    assert.equal(topics.view.description, `${address} · local broker`);
  });

  it('asks before it deletes all, and leaves nothing', async () => {
    const asked = await answering(
      'showWarningMessage',
      () => undefined,
      () => vscode.commands.executeCommand(commandIds.resetLocalBroker),
    );
    const [[question, options] = []] = asked;
    assert.match(String(question), /^Delete all topics, messages and offsets/);
    assert.match((options as vscode.MessageOptions).detail ?? '', /State folders stay/);
    await rowOf('t-in');
    await apps.stop(); // its producers are connected
    const failed = await answering(
      'showErrorMessage',
      () => undefined,
      () =>
        answering(
          'showWarningMessage',
          (...args) => args.at(-1),
          () => vscode.commands.executeCommand(commandIds.resetLocalBroker),
        ),
    );
    assert.deepEqual(failed, []);
    apps = await TopicMessages.start(address);
    await outlineIs(['No topics yet. An app makes its topics at its start.']);
  });

  it('is empty when the broker has ended', async () => {
    await vscode.commands.executeCommand(commandIds.stopLocalBroker);
    await outlineIs([]);
    assert.equal(topics.view.description, undefined);
    await vscode.commands.executeCommand(commandIds.startLocalBroker);
    await outlineIs(['No topics yet. An app makes its topics at its start.']);
  });
});
