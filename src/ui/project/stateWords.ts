import * as vscode from 'vscode';
import {
  defaultStatePath,
  isStateOn,
  leastSize,
  mostSize,
  stateDocs,
  type StatefulDeployment,
  type StateKey,
} from '../../app/index';
import { printable } from '../../quixstreams/index';

const { l10n } = vscode;

/** What Quix's documentation says of `state` and of its keys, as sentences. */
export function factsOf(about: StateKey | 'state'): string[] {
  switch (about) {
    case 'state':
      return [
        l10n.t('A volume of the deployment, for state and for files.'),
        l10n.t('It is kept over restarts, and shared by the replicas of one service.'),
        l10n.t('Other services do not see it, nor is it visible in the UI.'),
        l10n.t('It has at most {0} GB.', mostSize),
      ];
    case 'enabled':
      return [
        l10n.t('Whether the deployment has a volume for its state.'),
        l10n.t('Without one, state and files are lost at each restart.'),
      ];
    case 'size':
      return [
        l10n.t('The size of the volume in whole GB, from {0} to {1}.', leastSize, mostSize),
        l10n.t('All replicas of the service share it.'),
      ];
    case 'path':
      return [
        l10n.t('Where the volume is mounted: an absolute path, {0} by default.', defaultStatePath),
        l10n.t('Code reads it from {0}.', 'Quix__Deployment__State__Path'),
      ];
  }
}

/** The facts with a link to where they come from. */
export function factsMarkdown(about: StateKey | 'state'): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  markdown.appendText(factsOf(about).join(' '));
  return markdown.appendMarkdown(`\n\n[${l10n.t('State management')}](${stateDocs})`);
}

/** `State 5 GB`, `State off` */
export function stateWords(deployment: StatefulDeployment): string {
  const { state } = deployment;
  const on = isStateOn(deployment);
  if (on === false) return l10n.t('State off');
  const enabled = state?.values?.enabled;
  if (on === undefined) return l10n.t('State {0}', shown(enabled?.source ?? '?'));
  const size = state?.values?.size;
  if (size === undefined || size.value === null) return l10n.t('State on');
  return l10n.t('State {0} GB', shown(size.source));
}

/** What a deployment is called. */
export function deploymentName({ name, index }: StatefulDeployment): string {
  return name === undefined ? l10n.t('Deployment {0}', index + 1) : shown(name);
}

const longest = 60;

function shown(text: string): string {
  const line = printable(text);
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
