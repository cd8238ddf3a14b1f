import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { commandIds } from '../../../src/ui/contributions';
import { until } from './stateView';

const descriptor = `# Quix Project Descriptor
metadata:
  version: 1.0

deployments:
  - name: Counter # counts
    application: counter
    resources:
      cpu: {{ cpu }}
      replicas: 2
    variables: []
  - name: "{{ prefix }}-totals"
    application: totals
    state:
      enabled: true
      size: 5
  - name: Off
    application: off
    state: { enabled: false, size: 20 }
topics: []
`;

const wrong = `deployments:
  - name: A
    application: a
    state:
      enabled: true
      size: 500
      path: state
  - name: B
    application: b
    state: # state-folder: ignore
      enabled: true
`;

describe('quix.yaml', () => {
  let file: string;
  let document: vscode.TextDocument;
  let editor: vscode.TextEditor;
  let number = 0;

  /** Opens a quix.yaml of its own for each test: what VS Code knows of one is not that of another. */
  async function open(text: string): Promise<void> {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const parent = path.join(folder.uri.fsPath, `project-${++number}`);
    await vscode.workspace.fs.createDirectory(vscode.Uri.file(parent));
    file = path.join(parent, 'quix.yaml');
    await writeFile(file, text);
    document = await vscode.workspace.openTextDocument(file);
    editor = await vscode.window.showTextDocument(document);
    await vscode.extensions.getExtension('state-folder.state-folder')?.activate();
  }

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await rm(path.dirname(file), { recursive: true, force: true });
  });

  function setCursor(text: string): void {
    const at = document.getText().indexOf(text);
    assert.notEqual(at, -1, text);
    const position = document.positionAt(at);
    editor.selection = new vscode.Selection(position, position);
  }

  /** The end of a text's first occurrence. */
  function behind(text: string): vscode.Position {
    const at = document.getText().indexOf(text);
    assert.notEqual(at, -1, text);
    return document.positionAt(at + text.length);
  }

  async function lenses(): Promise<vscode.CodeLens[]> {
    const command = 'vscode.executeCodeLensProvider';
    const all = await vscode.commands.executeCommand<vscode.CodeLens[]>(command, document.uri, 50);
    return all.filter(({ command: action }) => action !== undefined);
  }

  const titles = async () => (await lenses()).map(({ command }) => command?.title);

  async function click(title: string, nth = 0): Promise<void> {
    const found = (await lenses()).filter(({ command }) => command?.title === title)[nth]?.command;
    assert.ok(found, title);
    await vscode.commands.executeCommand(found.command, ...((found.arguments ?? []) as unknown[]));
  }

  /** Runs a command while its question is answered; gives what was asked. */
  async function answering(
    method: 'showWarningMessage' | 'showErrorMessage' | 'showQuickPick' | 'showInputBox',
    answer: (...asked: unknown[]) => unknown,
    run: () => unknown,
  ): Promise<unknown[][]> {
    const real: unknown = vscode.window[method];
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

  const findings = () => vscode.languages.getDiagnostics(document.uri);
  const codeOf = ({ code }: vscode.Diagnostic) => (typeof code === 'object' ? code.value : code);

  it('says above each deployment whether it has state', async () => {
    await open(descriptor);
    assert.deepEqual(await titles(), [
      ...['State off', 'Enable State'],
      ...['State 5 GB', 'Change State Size...', 'Disable State'],
      ...['State off', 'Enable State'],
    ]);
    const [first] = await lenses();
    assert.equal(document.lineAt(first?.range.start.line ?? 0).text, '  - name: Counter # counts');
  });

  it('gets state by a click, which Undo takes back and nothing saves', async () => {
    await open(descriptor);
    setCursor('variables: []');
    const { line } = editor.selection.active;
    await click('Enable State');
    const enabled = descriptor.replace(
      '      replicas: 2\n',
      '      replicas: 2\n    state:\n      enabled: true\n      size: 1\n',
    );
    assert.equal(document.getText(), enabled);
    assert.ok(document.isDirty);
    // The cursor stays in its text.
    assert.equal(editor.selection.active.line, line + 3);
    assert.equal((await titles())[0], 'State 1 GB');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), descriptor);
    await vscode.commands.executeCommand('redo');
    assert.equal(document.getText(), enabled);
  });

  it('gets state where the cursor is, and asks where it is in no deployment', async () => {
    await open(descriptor);
    setCursor('enabled: false');
    await vscode.commands.executeCommand(commandIds.enableState);
    assert.equal(document.getText(), descriptor.replace('enabled: false', 'enabled: true'));
    setCursor('topics');
    const asked = await answering(
      'showQuickPick',
      (items) => (items as { label: string }[]).at(-1),
      () => vscode.commands.executeCommand(commandIds.enableState),
    );
    const items = asked[0]?.[0] as { label: string; description: string }[];
    assert.deepEqual(
      items.map(({ label, description }) => [label, description]),
      [['Counter', 'State off']],
    );
    assert.match(document.getText(), /replicas: 2\n {4}state:\n {6}enabled: true\n {6}size: 1\n/);
  });

  it('gets another size', async () => {
    await open(descriptor);
    let box: vscode.InputBoxOptions | undefined;
    await answering(
      'showInputBox',
      (options) => {
        box = options as vscode.InputBoxOptions;
        assert.equal(box.value, '5');
        return '20';
      },
      () => click('Change State Size...'),
    );
    assert.equal(document.getText(), descriptor.replace('size: 5', 'size: 20'));
    for (const text of ['1', '100', ' 7 '])
      assert.equal(box?.validateInput?.(text), undefined, text);
    for (const text of ['', '0', '101', '2.5', '-1', 'x'])
      assert.ok(box?.validateInput?.(text), text);
  });

  it('loses state only when the person confirms what is lost', async () => {
    await open(descriptor);
    const asked = await answering(
      'showWarningMessage',
      () => undefined,
      () => click('Disable State'),
    );
    assert.equal(document.getText(), descriptor);
    const [[question, options] = []] = asked as [string, vscode.MessageOptions][];
    assert.equal(question, 'Disable the state of "{{ prefix }}-totals"?');
    assert.equal(options?.modal, true);
    assert.match(options?.detail ?? '', /without its volume/);
    await answering(
      'showWarningMessage',
      (...all) => all.at(-1),
      () => click('Disable State'),
    );
    assert.equal(document.getText(), descriptor.replace('enabled: true', 'enabled: false'));
  });

  it('says why state is not changed, and where', async () => {
    const text = 'deployments:\n  - name: A\n    state: {enabled: true, size: {{ gb }}}\n';
    await open(text);
    assert.deepEqual((await titles())[0], 'State {{ gb }} GB');
    const asked = await answering(
      'showErrorMessage',
      (...all) => all.at(-1),
      () =>
        answering(
          'showInputBox',
          () => '7',
          () => click('Change State Size...'),
        ),
    );
    assert.match(String(asked[0]?.[0]), /^The state of "A" is not changed: a placeholder stands/);
    assert.equal(asked[0]?.[1], 'Go to Line');
    assert.equal(document.getText(), text);
    await until(() => editor.selection.active.line === 2, 'the cursor is there');
  });

  it('changes a file with CRLF with its own line breaks', async () => {
    await open(descriptor.replaceAll('\n', '\r\n'));
    await click('Enable State');
    const expected = descriptor.replace(
      '      replicas: 2\n',
      '      replicas: 2\n    state:\n      enabled: true\n      size: 1\n',
    );
    assert.equal(document.getText(), expected.replaceAll('\n', '\r\n'));
  });

  it('offers what state has', async () => {
    await open(descriptor.replace('    variables: []\n', '    sta\n'));
    const offered = async (position: vscode.Position) => {
      const command = 'vscode.executeCompletionItemProvider';
      const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
        command,
        document.uri,
        position,
      );
      return items.filter(({ detail }) => detail !== undefined && detail !== '');
    };
    const [state, ...others] = await offered(behind('    sta'));
    assert.deepEqual(others, []);
    assert.equal(state?.label, 'state');
    assert.match(state.detail ?? '', /volume/);
    const { value } = state.documentation as vscode.MarkdownString;
    assert.match(value, /kept&nbsp;over&nbsp;restarts|kept over restarts/);
    const values = await offered(behind('enabled: '));
    assert.deepEqual(
      values.map(({ label }) => label),
      ['true', 'false'],
    );
    const sizes = await offered(behind('      size: '));
    assert.equal(sizes.at(-1)?.label, '100');

    // Accepted, it stands as Enable State writes it.
    const position = behind('    sta');
    editor.selection = new vscode.Selection(position, position);
    const { insertText, range } = state;
    assert.ok(insertText instanceof vscode.SnippetString && range instanceof vscode.Range);
    await editor.insertSnippet(insertText, range);
    assert.match(
      document.getText(),
      /replicas: 2\n {4}state:\n {6}enabled: true\n {6}size: 1\n {2}- name/,
    );
  });

  it('tells what state is where the mouse is', async () => {
    await open(descriptor);
    const told = async (text: string) => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        behind(text).translate(0, -1),
      );
      return hovers.flatMap(({ contents }) =>
        contents.map((one) =>
          (typeof one === 'string' ? one : one.value).replaceAll('&nbsp;', ' '),
        ),
      );
    };
    const [state = ''] = await told('    state');
    for (const fact of [
      'kept over restarts',
      'shared by the replicas',
      'Other services',
      '100 GB',
    ]) {
      assert.ok(state.includes(fact), fact);
    }
    assert.match(state, /quix\.io\/docs\/deploy\/state-management/);
    assert.match((await told('      size: 5'))[0] ?? '', /whole GB/);
    assert.deepEqual(await told('application: totals'), []);
  });

  it('shows what is wrong, and cures it', async () => {
    await open(wrong);
    await until(() => findings().length === 2, 'it was found');
    assert.deepEqual(findings().map(codeOf), ['state-size-too-large', 'state-path-not-absolute']);
    const [large] = findings();
    assert.equal(large?.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(document.getText(large.range), '500');
    assert.equal(typeof large.code === 'object' && large.code.target.authority, 'quix.io');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      document.uri,
      large.range,
      vscode.CodeActionKind.QuickFix.value,
    );
    const fixes = actions.filter(({ edit }) => edit !== undefined);
    assert.deepEqual(
      fixes.map(({ title }) => title),
      ['Write "size: 100"'],
    );
    assert.ok(fixes[0]?.edit);
    await vscode.workspace.applyEdit(fixes[0].edit);
    assert.equal(document.getText(), wrong.replace('500', '100'));
    await until(() => findings().length === 1, 'it is cured');
    await vscode.commands.executeCommand('undo');
    await until(() => findings().length === 2, 'it is wrong again');
  });

  it('leaves other files alone', async () => {
    await open(descriptor);
    const other = path.join(path.dirname(file), 'other.yaml');
    await writeFile(other, wrong);
    document = await vscode.workspace.openTextDocument(other);
    editor = await vscode.window.showTextDocument(document);
    assert.deepEqual(await lenses(), []);
    const asked = await answering(
      'showErrorMessage',
      () => undefined,
      () => vscode.commands.executeCommand(commandIds.enableState),
    );
    assert.equal(asked[0]?.[0], 'Open the quix.yaml of your project first.');
    assert.deepEqual(findings(), []);
  });
});
