import path from 'node:path';
import { bytesText, countText, exactTimeText, timeText } from '../../app/index';
import {
  keyText,
  printable,
  valueText,
  type DecodedKey,
  type StateEntry,
  type StateValue,
  type TimestampedEntry,
} from '../../quixstreams/index';
import { isAlive, runWords } from '../run/runStatus';
import type { Translate } from '../translate';
import type { ShownLine } from '../value/valueDecoder';
import { valueOf } from '../value/valueOfEntry';
import { errorWords } from './errorWords';
import { bytesOfFolder } from './folderBytes';
import { amountText, factWords, familyWords } from './factWords';
import { searchedText, withFilter } from './nodeFilters';
import type { ShownEntry, ShownJoinEntry, ShownValue } from './shownValues';
import { storeWords, streamText } from './storeWords';
import { decodedIcon, storedIcon } from './valueIcons';
import { windowDescription, windowLabel, windowValueText } from './windowTexts';
import type {
  AppNode,
  EntryNode,
  FileNode,
  GroupNode,
  JoinEntryNode,
  MoreNode,
  Origin,
  Owner,
  PartitionNode,
  StateFolderNode,
  StateNode,
  WindowNode,
} from './treeNodes';

/** All that a row says, without VS Code's types. */
export interface NodeTexts {
  readonly label: string;
  readonly description: string;
  /** codicon; undefined: the icon theme's file or folder icon */
  readonly icon: string | undefined;
  readonly color: string | undefined;
  /** what a screen reader says */
  readonly spoken: string;
  /** kind and flags */
  readonly contextValue: string;
}

/** Longest value in a row, in characters. */
export const rowValueLength = 60;

/** Rows whose values may be in a format of their own. */
export type DecodedRow = EntryNode | JoinEntryNode;

/** The values of rows. */
export interface ValueTexts {
  /** the value in one line of at most `longest` characters */
  line(row: DecodedRow, longest: number): string;
  /** the same, as it is known now */
  shown(value: StateValue, longest: number): string;
  /** what it was decoded into, where it is not shown as it is stored */
  decoded(row: DecodedRow): ShownLine | undefined;
}

/** As they are stored. */
const storedTexts: ValueTexts = {
  line: (row, longest) => valueText(rowValue(row), longest),
  shown: valueText,
  decoded: () => undefined,
};

/** The value that a row shows. */
export function rowValue(row: ShownEntry | ShownJoinEntry): StateValue {
  if (row.kind === 'entry') return valueOf(row.entry);
  const { record, value } = row.joined;
  return record ? { bytes: record.value, format: 'json' } : value;
}

export class NodeWriter {
  constructor(
    private readonly t: Translate,
    readonly values: ValueTexts = storedTexts,
  ) {}

  /** What a node's row says. Names and values from disk come out escaped. */
  texts(node: StateNode): NodeTexts {
    return withFilter(node, this.#texts(node), this.t);
  }

  #texts(node: StateNode): NodeTexts {
    const t = this.t;
    switch (node.kind) {
      case 'app':
        return this.#app(node);
      case 'stateFolder':
        return this.#row(node, node.label, this.#folderSize(node), 'folder', addedFlag(node.added));
      case 'group':
        return this.#group(node);
      case 'store': {
        const { storeKind: kind, windows, store } = node;
        const words = storeWords({ name: store.name, kind, windows }, t);
        return this.#row(node, printable(node.store.name), words.text, words.icon);
      }
      case 'stream': {
        const count = node.stream.partitions.length;
        const text = count === 1 ? t('1 partition') : t('{0} partitions', countText(count));
        const label = streamText(node.stream.id ?? '', node.named, t);
        return this.#row(node, label, text, 'broadcast');
      }
      case 'partition':
        return this.#partition(node);
      case 'messageKey': {
        const { count, countIsExact, key } = node.messageKey;
        const text = amountText(node.partition.info?.kind, count, countIsExact, t);
        return this.#row(node, keyText(key), text, 'key');
      }
      case 'entry':
        return this.#entry(node);
      case 'window':
        return this.#window(node);
      case 'joinEntry':
        return this.#joinEntry(node);
      case 'columnFamily': {
        const words = familyWords(node.name, t) ?? t('column family');
        return this.#row(node, printable(node.name), words, 'list-unordered');
      }
      case 'internals':
        return this.#row(node, t('Internals'), t("Quix Streams' own"), 'gear');
      case 'metadata': {
        const offset = node.partition.info?.changelogOffset;
        const text = offset === undefined ? '' : t('changelog offset {0}', String(offset));
        return this.#row(node, t('Metadata'), text, 'info');
      }
      case 'file':
        return this.#file(node);
      case 'folder':
        return this.#row(node, printable(node.entry.name), '', undefined);
      case 'more':
        return this.#more(node);
      case 'notice':
        if (!node.warns) return this.#row(node, node.text, '', 'info');
        return this.#row(node, node.text, '', 'warning', '', 'list.warningForeground');
    }
  }

  /** A value in one line, as its row has it. */
  valueText(shown: ShownValue, longest = rowValueLength): string {
    switch (shown.kind) {
      case 'entry':
      case 'joinEntry':
        return this.values.shown(rowValue(shown), longest);
      case 'window':
        return windowValueText(shown, longest, this.t);
    }
  }

  /** `14`, `b'\x00'`, `{"a":1} · expires 2026-11-24 03:33:00Z`: an entry in one line. */
  #entryDescription(row: EntryNode): string {
    const { entry } = row;
    const parts = [this.values.line(row, rowValueLength)];
    if (entry.expired === true) parts.push(this.t('expired'));
    else if (typeof entry.expiresAtMs === 'bigint') {
      parts.push(this.t('expires {0}', timeText(entry.expiresAtMs)));
    }
    return parts.join(' · ');
  }

  /** `f-in[0]`, as the app's log names a partition. */
  partitionLabel(node: PartitionNode): string {
    const { streamId, named, ownName, storeName, partition } = node;
    if (ownName !== undefined) return printable(ownName);
    return `${streamText(streamId ?? storeName, named, this.t)}[${partition.number}]`;
  }

  #app(node: AppNode): NodeTexts {
    const { app, run, uses } = node;
    const words = [runWords(run, this.t), printable(path.basename(app.mainFile))];
    if (
      run.kind !== 'idle' &&
      run.kind !== 'failed' &&
      uses.some(({ given }) => given !== undefined)
    ) {
      words.push(this.t('code overrules settings'));
    }
    const flags = isAlive(run) ? ' running' : run.kind === 'failed' ? ' failed' : '';
    const text = words.filter((word) => word !== '').join(' · ');
    return this.#row(node, printable(app.name), text, 'server-process', flags);
  }

  #group(node: GroupNode): NodeTexts {
    const stores = node.group.stores.length;
    const count = stores === 1 ? this.t('1 store') : this.t('{0} stores', countText(stores));
    const name = printable(node.group.name);
    if (node.joined === undefined) return this.#row(node, name, count, 'organization');
    const bytes = bytesText(bytesOfFolder(node.joined.folder));
    return this.#row(
      node,
      `${node.joined.label}/${name}`,
      `${count} · ${bytes}`,
      'folder',
      addedFlag(node.joined.added),
    );
  }

  #folderSize(node: StateFolderNode): string {
    const stores = node.folder.groups.reduce((sum, group) => sum + group.stores.length, 0);
    const count = stores === 1 ? this.t('1 store') : this.t('{0} stores', countText(stores));
    return `${count} · ${bytesText(bytesOfFolder(node.folder))}`;
  }

  #partition(node: PartitionNode): NodeTexts {
    const label = this.partitionLabel(node);
    const row = (text: string, icon: string, flag: string, color?: string) =>
      this.#row(node, label, text, icon, flag, color);
    if (node.removed) {
      return row(this.t('removed'), 'circle-outline', ' removed', 'disabledForeground');
    }
    if (node.partition.halfMade) return row(this.t('not a store'), 'circle-slash', ' halfMade');
    const facts: string[] = node.ownName === undefined ? [] : this.#ownDatabase(node);
    if (node.error !== undefined) {
      const words = errorWords(node.error, this.t);
      if (node.info === undefined) return row(words.text, words.icon, ' unreadable', words.color);
      facts.push(words.text);
    }
    if (node.live !== undefined) {
      const owner = node.owner === undefined ? [] : [this.#owner(node.owner)];
      facts.unshift(this.t('live'), ...owner);
    }
    const offset = node.info?.changelogOffset;
    if (offset !== undefined) facts.push(this.t('offset {0}', String(offset)));
    if (node.info?.ttlMigration === 'unfinished') facts.push(this.t('TTL migration unfinished'));
    else if (node.info?.ttl !== undefined) facts.push('TTL');
    if (node.live !== undefined && node.origin !== undefined) facts.push(this.#origin(node.origin));
    const text = facts.join(' · ');
    if (node.error !== undefined) {
      const words = errorWords(node.error, this.t);
      return row(text, words.icon, ' unreadable', words.color);
    }
    if (node.live !== undefined) return row(text, 'pulse', ' live', 'charts.green');
    return row(text, node.ownName === undefined ? 'circle-outline' : 'database', '');
  }

  /** What a RocksDB of the app's own is, and its size. */
  #ownDatabase({ storeName, info, partition }: PartitionNode): string[] {
    const kind = info && storeWords({ name: storeName, ...info }, this.t).text;
    return [kind ?? 'RocksDB', bytesText(partition.bytes)];
  }

  #owner(owner: Owner): string {
    return owner.kind === 'replica'
      ? this.t('replica {0}', owner.number)
      : this.t('process {0}', owner.pid);
  }

  #origin(origin: Origin): string {
    return origin.kind === 'kept' ? this.t('kept') : this.t('recovered from changelog');
  }

  #entry(node: EntryNode): NodeTexts {
    const { entry, partition } = node;
    const fact = factWords(entry, partition.info?.windows, rowValueLength, this.t);
    if (fact !== undefined) return this.#row(node, fact.label, fact.text, 'info');
    const description = this.#entryDescription(node);
    const icon = decodedIcon(this.values.decoded(node)) ?? storedIcon(valueOf(entry));
    const texts = this.#row(node, entryLabel(entry), description, icon);
    return this.#spokenWith(texts, entry.messageKey);
  }

  #window(node: WindowNode): NodeTexts {
    const description = windowDescription(node, rowValueLength, this.t);
    const texts = this.#row(node, windowLabel(node.window), description, 'calendar');
    return this.#spokenWith(texts, node.messageKey);
  }

  #joinEntry(node: JoinEntryNode): NodeTexts {
    const { eligible } = node.joined;
    const value = this.values.line(node, rowValueLength);
    const text = eligible ? value : `${value} · ${this.t('older than the oldest kept')}`;
    const texts = this.#row(node, joinEntryLabel(node.joined), text, 'merge');
    return this.#spokenWith(texts, node.messageKey);
  }

  #spokenWith(texts: NodeTexts, messageKey: DecodedKey | undefined): NodeTexts {
    if (messageKey === undefined) return texts;
    const words = this.t('message key {0}', keyText(messageKey));
    return { ...texts, spoken: `${texts.spoken}, ${words}` };
  }

  #file(node: FileNode): NodeTexts {
    const { entry } = node;
    const name = printable(entry.name);
    switch (entry.kind) {
      case 'file':
        return this.#row(node, name, bytesText(entry.bytes), undefined);
      case 'unreadable':
        return this.#row(node, name, this.t('no permission'), 'lock', ' unreadable');
      case 'link': {
        const target =
          entry.target === undefined ? this.t('not followed') : printable(entry.target);
        return this.#row(node, name, `-> ${target}`, 'file-symlink-file', ' link');
      }
      case 'folder':
      case 'database':
        return this.#row(node, name, '', undefined); // these have nodes of their own
    }
  }

  #more(node: MoreNode): NodeTexts {
    const { rows, total, searchedPercent } = node.list;
    const loaded = countText(rows.length);
    const text =
      searchedPercent !== undefined
        ? searchedText(loaded, searchedPercent, this.t)
        : total === undefined
          ? this.t('{0} shown', loaded)
          : total.exact
            ? this.t('{0} of {1}', loaded, countText(total.count))
            : this.t('{0} of about {1}', loaded, countText(total.count));
    return this.#row(node, this.t('Load 100 More'), text, 'ellipsis');
  }

  #row(
    node: StateNode,
    label: string,
    description: string,
    icon: string | undefined,
    flags = '',
    color?: string,
  ): NodeTexts {
    return {
      label,
      description,
      icon,
      color,
      spoken: description === '' ? label : `${label}, ${description}`,
      contextValue: node.kind + flags,
    };
  }
}

/** The state key, strings unquoted; of entries that are no state key, the raw key as a Python literal. */
export function entryLabel(entry: StateEntry): string {
  return keyText(entry.key);
}

/** `2026-11-24 03:32:50Z`, `… #2` for the second value of a time. */
export function joinEntryLabel({ timestamp, nth }: TimestampedEntry): string {
  const time = exactTimeText(timestamp);
  return nth === undefined || nth === 1 ? time : `${time} #${nth}`;
}

const addedFlag = (added: boolean) => (added ? ' added' : '');
