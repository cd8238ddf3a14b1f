import * as vscode from 'vscode';
import {
  changeState,
  deploymentAt,
  disableState,
  enableState,
  isStateOn,
  leastSize,
  messageFor,
  mostSize,
  StateEditError,
  type QuixYaml,
  type StatefulDeployment,
  type TextEdit,
} from '../../app/index';
import { commandIds, type CommandId } from '../contributions';
import { CommandNotice, withoutLinks, type Commands } from '../registerCommand';
import { isQuixYaml, rangeOf, type QuixYamlDocuments } from './quixYamlDocuments';
import { deploymentName, stateWords } from './stateWords';

const { l10n, window, workspace } = vscode;

/** Which deployment of a quix.yaml a button is about. */
export interface DeploymentReference {
  readonly index: number;
  readonly name: string | undefined;
}

interface Target {
  readonly document: vscode.TextDocument;
  readonly file: QuixYaml;
  readonly deployment: StatefulDeployment;
}

/** Enable State, Change State Size..., Disable State: of the deployment that is given, that the cursor is in, or chosen. */
export function registerStateCommands(
  commands: Commands,
  documents: QuixYamlDocuments,
): vscode.Disposable {
  const register = (
    id: CommandId,
    question: string,
    fits: (deployment: StatefulDeployment) => boolean,
    change: (target: Target) => Promise<TextEdit[] | undefined>,
  ) =>
    commands.registerTrusted(id, async (uri, reference) => {
      const document = await documentOf(uri);
      const target = await targetIn(document, documents, asReference(reference), question, fits);
      if (target === undefined) return;
      try {
        await apply(target, await change(target));
      } catch (error) {
        if (error instanceof StateEditError) throw noticeOf(error, document);
        throw error;
      }
    });
  return vscode.Disposable.from(
    register(
      commandIds.enableState,
      l10n.t('Which deployment keeps state?'),
      (deployment) => isStateOn(deployment) !== true,
      ({ file, deployment }) => enableState(file, deployment),
    ),
    register(
      commandIds.changeStateSize,
      l10n.t('The state of which deployment?'),
      (deployment) => isStateOn(deployment) !== false,
      async ({ file, deployment }) => {
        const size = await askSize(deployment);
        if (size === undefined) return undefined;
        const { state } = deployment;
        // Where there is no state at all, whoever gives it a size wants it.
        return state === undefined || state.isNothing
          ? enableState(file, deployment, { size })
          : changeState(file, deployment, { size });
      },
    ),
    register(
      commandIds.disableState,
      l10n.t('The state of which deployment?'),
      (deployment) => isStateOn(deployment) !== false,
      async ({ file, deployment }) => {
        // What would be refused is refused before the question.
        const edits = await disableState(file, deployment);
        if (edits.length === 0 || (await confirmDisabling(deployment))) return edits;
        return undefined;
      },
    ),
  );
}

/** The quix.yaml that is given, or that is being edited. */
async function documentOf(uri: unknown): Promise<vscode.TextDocument> {
  const document =
    uri instanceof vscode.Uri
      ? await workspace.openTextDocument(uri)
      : window.activeTextEditor?.document;
  if (document !== undefined && isQuixYaml(document)) return document;
  throw new CommandNotice({
    text: l10n.t('Open the quix.yaml of your project first.'),
    actions: [],
  });
}

async function targetIn(
  document: vscode.TextDocument,
  documents: QuixYamlDocuments,
  reference: DeploymentReference | undefined,
  placeHolder: string,
  fits: (deployment: StatefulDeployment) => boolean,
): Promise<Target | undefined> {
  const file = await documents.read(document);
  const { deployments } = file;
  const editor = window.activeTextEditor;
  let deployment: StatefulDeployment | undefined;
  if (reference !== undefined) {
    deployment = referred(deployments, reference);
    if (deployment === undefined) {
      throw new CommandNotice({
        text: l10n.t('This deployment is not there any more.'),
        actions: [],
      });
    }
  } else {
    if (editor?.document === document) {
      deployment = deploymentAt(file, document.offsetAt(editor.selection.active));
    }
    if (deployment === undefined) {
      const fitting = deployments.filter(fits);
      const items = (fitting.length > 0 ? fitting : deployments).map((one) => ({
        label: deploymentName(one),
        description: stateWords(one),
        one,
      }));
      if (items.length === 0) {
        const text = l10n.t('There is no deployment in this quix.yaml.');
        throw new CommandNotice({ text, actions: [] });
      }
      deployment = (await window.showQuickPick(items, { placeHolder }))?.one;
    }
  }
  return deployment && { document, file, deployment };
}

/** The file may have changed since the button was made: then the name tells, where only one has it. */
function referred(
  deployments: readonly StatefulDeployment[],
  { index, name }: DeploymentReference,
): StatefulDeployment | undefined {
  const there = deployments[index];
  if (there !== undefined && there.name === name) return there;
  const named = deployments.filter((one) => one.name === name);
  return named.length === 1 ? named[0] : undefined;
}

function asReference(argument: unknown): DeploymentReference | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { index, name } = argument as Partial<DeploymentReference>;
  return typeof index === 'number' ? { index, name } : undefined;
}

async function askSize(deployment: StatefulDeployment): Promise<number | undefined> {
  const written = deployment.state?.values?.size?.value;
  const answer = await window.showInputBox({
    title: l10n.t('State of {0}', deploymentName(deployment)),
    prompt: l10n.t('Size in whole GB, from {0} to {1}', leastSize, mostSize),
    value: typeof written === 'number' ? String(written) : '',
    validateInput: (text) =>
      sizeOf(text) === undefined
        ? l10n.t('A whole number from {0} to {1}', leastSize, mostSize)
        : undefined,
  });
  return answer === undefined ? undefined : sizeOf(answer);
}

function sizeOf(text: string): number | undefined {
  const size = /^\s*\d{1,3}\s*$/.test(text) ? Number(text) : NaN;
  return size >= leastSize && size <= mostSize ? size : undefined;
}

async function confirmDisabling(deployment: StatefulDeployment): Promise<boolean> {
  const disable = l10n.t('Disable State');
  const detail = [
    l10n.t('From its next deployment on it runs without its volume.'),
    l10n.t(
      'Files that it kept there are lost to it. Quix Cloud does not promise to keep the volume.',
    ),
    l10n.t(
      'State with changelog topics is recovered from them at every start; without them it is lost at every restart.',
    ),
    l10n.t('Only quix.yaml is changed here: size and path stay in it.'),
  ];
  const chosen = await window.showWarningMessage(
    withoutLinks(l10n.t('Disable the state of "{0}"?', deploymentName(deployment))),
    { modal: true, detail: detail.join('\n') },
    disable,
  );
  return chosen === disable;
}

/** One change, which Undo takes back; saving is left to the person. */
async function apply(
  { document, file, deployment }: Target,
  edits: readonly TextEdit[] | undefined,
): Promise<void> {
  if (edits === undefined) return;
  if (edits.length === 0) {
    const text = l10n.t('{0}: {1}', deploymentName(deployment), stateWords(deployment));
    void window.showInformationMessage(withoutLinks(text));
    return;
  }
  // The person may have typed while they were asked.
  if (document.getText() !== file.text) {
    const text = l10n.t('quix.yaml changed meanwhile. Try again.');
    throw new CommandNotice({ text, actions: [] });
  }
  const change = new vscode.WorkspaceEdit();
  for (const edit of edits) change.replace(document.uri, rangeOf(document, edit), edit.text);
  const isShown = window.visibleTextEditors.some((editor) => editor.document === document);
  if (!isShown) await window.showTextDocument(document);
  await workspace.applyEdit(change);
}

function noticeOf(error: StateEditError, document: vscode.TextDocument): CommandNotice {
  const selection = rangeOf(document, { start: error.offset, end: error.offset });
  return new CommandNotice({
    text: messageFor(error, document.fileName).text,
    actions: [
      {
        title: l10n.t('Go to Line'),
        run: () => window.showTextDocument(document, { selection }),
      },
    ],
  });
}
