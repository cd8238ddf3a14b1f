import * as vscode from 'vscode';
import { keyText, printable } from '../../quixstreams/index';
import type { Translate } from '../translate';
import { KeyWords } from './goToKeyWords';
import type { FoundKey, KeySearch, PartitionCounts } from './keySearch';
import type { PartitionNode } from './treeNodes';

/** How long nothing is typed before it is looked for. */
const pauseMs = 120;
/** Message keys that are offered. */
const mostOffered = 50;

/** Where somebody wants to go: to a message key, or to the partition where it is expected. */
export type KeyTarget = FoundKey | { readonly partition: PartitionNode };

interface KeyItem extends vscode.QuickPickItem {
  readonly target: KeyTarget;
}

export interface GoToKeyHost {
  readonly search: KeySearch;
  /** what the tree calls a partition: `f-in[0]` */
  readonly labelOf: (node: PartitionNode) => string;
  /** asked of the broker meanwhile */
  readonly counts: Promise<PartitionCounts>;
}

/** Asks for a message key, which is looked for while it is typed. */
export function askForKey({
  search,
  labelOf,
  counts,
}: GoToKeyHost): Promise<KeyTarget | undefined> {
  const { l10n } = vscode;
  const t: Translate = (message, ...args) => l10n.t(message, ...args);
  const words = new KeyWords(search, labelOf, t);
  const pick = vscode.window.createQuickPick<KeyItem>();
  pick.title = l10n.t('Go to Key');
  pick.placeholder = l10n.t("A message key, or its beginning; b'...' for bytes");
  let abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let known: PartitionCounts = new Map();
  let found: { readonly text: string; readonly keys: readonly FoundKey[] } | undefined;
  const show = () => {
    if (found !== undefined) pick.items = itemsOf(words, found.text, found.keys, known);
  };
  const look = async () => {
    abort.abort();
    abort = new AbortController();
    const { signal } = abort;
    const text = pick.value;
    pick.busy = true;
    try {
      const keys = await search.find(text, mostOffered, signal);
      if (signal.aborted) return;
      found = { text, keys };
      show();
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      if (!signal.aborted) pick.busy = false;
    }
  };
  void counts.then((them) => {
    known = them;
    show();
  });
  return new Promise((resolve, reject) => {
    const start = () => {
      look().catch(reject);
    };
    pick.onDidChangeValue(() => {
      clearTimeout(timer);
      timer = setTimeout(start, pauseMs);
    });
    pick.onDidAccept(() => {
      const [chosen] = pick.selectedItems;
      if (chosen === undefined) return;
      resolve(chosen.target);
      pick.hide();
    });
    pick.onDidHide(() => {
      clearTimeout(timer);
      abort.abort();
      pick.dispose();
      resolve(undefined);
    });
    pick.show();
    start();
  });
}

function itemsOf(
  words: KeyWords,
  text: string,
  keys: readonly FoundKey[],
  counts: PartitionCounts,
): KeyItem[] {
  const items = keys.map((target): KeyItem => ({
    label: keyText(target.messageKey.key),
    description: words.placeText(target.partition),
    detail: words.foundText(target, counts),
    alwaysShow: true,
    target,
  }));
  const isThere = keys.some(({ messageKey }) => keyText(messageKey.key) === text);
  if (isThere || text === '') return items;
  const notFound = words.missing(text, counts).map(({ target, store, detail }): KeyItem => ({
    label: vscode.l10n.t('{0} is not there', printable(text)),
    description: store,
    detail,
    alwaysShow: true,
    target: { partition: target },
  }));
  return [...items, ...notFound];
}
