import { bytesText, countText, exactTimeText, timeText } from '../../app/index';
import * as vscode from 'vscode';
import { keyText, printable } from '../../quixstreams/index';
import { facts } from '../facts';
import { usedFacts } from '../run/usedFacts';
import type { NodeWriter } from './nodeTexts';
import { pathOf, type Origin, type PartitionNode, type StateNode } from './treeNodes';
import { hexText, valueTooltip } from './valueTooltips';
import { commandIds, valueScheme } from '../contributions';
import { pathSegment } from '../value/valueUri';
import { languageOf } from '../value/formatWords';
import { rowDocumentUri } from '../value/valueDocumentUri';

const { l10n } = vscode;

/** Rows as VS Code's tree items. */
export class TreeItems {
  constructor(
    private readonly writer: NodeWriter,
    private readonly sentence: (error: unknown, node: PartitionNode) => string,
  ) {}

  item(node: StateNode): vscode.TreeItem {
    const texts = this.writer.texts(node);
    const item = new vscode.TreeItem(texts.label, collapsibleState(node));
    item.id = node.id;
    item.description = texts.description;
    item.contextValue = texts.contextValue;
    item.accessibilityInformation = { label: texts.spoken };
    const uri = rowUri(node);
    if (uri !== undefined) item.resourceUri = uri;
    if (texts.icon !== undefined) {
      const color = texts.color === undefined ? undefined : new vscode.ThemeColor(texts.color);
      item.iconPath = new vscode.ThemeIcon(texts.icon, color);
    } else {
      item.iconPath = node.kind === 'folder' ? vscode.ThemeIcon.Folder : vscode.ThemeIcon.File;
    }
    const command = this.#commandOf(node, texts.label);
    if (command !== undefined) item.command = command;
    return item;
  }

  /**
   * Untrusted Markdown: values stand in code blocks, all else is escaped.
   * @param disagrees whether the index of TTL says something else than an entry
   */
  tooltip(node: StateNode, disagrees = false): vscode.MarkdownString | string {
    switch (node.kind) {
      case 'entry':
      case 'window':
      case 'joinEntry':
        return valueTooltip(
          node,
          this.writer.partitionLabel(node.partition),
          disagrees,
          this.writer.values,
        );
      case 'partition':
        return this.#partitionTooltip(node);
      case 'messageKey': {
        const { prefix, key } = node.messageKey;
        return facts([
          [l10n.t('Message key'), keyText(key)],
          [l10n.t('Bytes'), hexText(prefix)],
        ]);
      }
      case 'app':
        return facts([
          [l10n.t('Folder'), printable(node.app.folder)],
          [l10n.t('Runs'), printable(node.app.mainFile)],
          ...usedFacts(node.uses),
        ]);
      case 'stream':
        return facts([
          [l10n.t('Path'), printable(node.stream.path)],
          ...(node.named === undefined ? [] : [onDisk(node.stream.id)]),
        ]);
      case 'internals':
        return l10n.t('Column families in which Quix Streams keeps what it needs itself.');
      case 'notice':
        return node.text;
      case 'more':
        return l10n.t('Tree find knows loaded rows only.');
      default: {
        const path = pathOf(node);
        return path === undefined ? '' : printable(path);
      }
    }
  }

  #commandOf(node: StateNode, label: string): vscode.Command | undefined {
    switch (node.kind) {
      case 'entry':
      case 'joinEntry': {
        const decoded = this.writer.values.decoded(node);
        return open(label, rowDocumentUri(node, decoded && languageOf(decoded.facts)));
      }
      case 'window':
        return open(label, rowDocumentUri(node));
      case 'file':
        if (node.entry.kind !== 'file') return undefined;
        return open(label, vscode.Uri.file(node.entry.path));
      case 'more':
        return { command: commandIds.loadMore, title: label, arguments: [node] };
      default:
        return undefined;
    }
  }

  #partitionTooltip(node: PartitionNode): vscode.MarkdownString {
    const { info, error, live, origin } = node;
    const rows: [string, string][] = [[l10n.t('Path'), printable(node.path)]];
    if (node.named !== undefined) rows.push(onDisk(node.streamId));
    if (live !== undefined) {
      const why = {
        run: l10n.t('this window runs its app'),
        lock: l10n.t('process {0} holds its lock', live.kind === 'lock' ? live.pid : ''),
        growing: l10n.t('its log grew in the last 15 seconds'),
      };
      rows.push([l10n.t('Live'), why[live.kind]]);
    }
    if (live !== undefined && origin !== undefined) rows.push(originRow(origin));
    if (info !== undefined) {
      if (info.lastCheckpointMs !== undefined) {
        rows.push([l10n.t('Last checkpoint'), timeText(Math.floor(info.lastCheckpointMs))]);
      }
      if (info.changelogOffset !== undefined) {
        rows.push([l10n.t('Changelog offset'), String(info.changelogOffset)]);
      }
      if (info.ttl?.highWaterMs !== undefined) {
        rows.push([l10n.t('Event time of the partition'), exactTimeText(info.ttl.highWaterMs)]);
      }
      rows.push(
        [l10n.t('Column families'), info.columnFamilies.map(printable).join(', ')],
        [l10n.t('Tables'), countText(info.tables)],
        [l10n.t('Write-ahead log'), bytesText(info.walBytes)],
      );
      if (info.rocksdbVersion !== undefined) rows.push(['RocksDB', printable(info.rocksdbVersion)]);
    }
    rows.push([l10n.t('Size'), bytesText(node.partition.bytes)]);
    const tooltip = facts(rows);
    if (node.partition.halfMade) {
      tooltip.appendMarkdown('\n\n');
      tooltip.appendText(l10n.t('It has no CURRENT file: it is being made, or half deleted.'));
    } else {
      tooltip.appendMarkdown('\n\n');
      tooltip.appendText(l10n.t('Values appear at checkpoints (commit_interval, 5 s by default).'));
    }
    if (info?.ttlMigration === 'unfinished') {
      tooltip.appendMarkdown('\n\n');
      tooltip.appendText(
        l10n.t('TTL was turned on over older values, and not all of them have an expiry yet.'),
      );
    }
    if (error !== undefined) {
      tooltip.appendMarkdown('\n\n');
      tooltip.appendText(this.sentence(error, node));
    }
    return tooltip;
  }
}

/** A name that its row has in words. */
function onDisk(streamId: string | undefined): [string, string] {
  return [l10n.t('On disk'), printable(streamId ?? '')];
}

function originRow(origin: Origin): [string, string] {
  const text = (offset: bigint | undefined) =>
    offset === undefined ? l10n.t('none') : String(offset);
  return origin.kind === 'kept'
    ? [l10n.t('Kept'), l10n.t('found on disk at changelog offset {0}', text(origin.before))]
    : [
        l10n.t('Recovered from changelog'),
        l10n.t('offset {0} before, {1} after', text(origin.before), text(origin.after)),
      ];
}

/** The URI of a row: carries its marks, and is below its parent's, so that marks propagate. */
export function rowUri(node: StateNode): vscode.Uri | undefined {
  switch (node.kind) {
    case 'entry':
    case 'window':
    case 'joinEntry': {
      // Not the document's own: VS Code marks that one as read-only where it is open.
      const uri = rowDocumentUri(node);
      return uri.with({ query: `${uri.query}&row` });
    }
    case 'messageKey': {
      const partition = stateUri(node.partition.path);
      const name = pathSegment(keyText(node.messageKey.key));
      return partition.with({ path: `${partition.path}/${name}` });
    }
    case 'more':
    case 'notice':
    case 'metadata':
    case 'internals':
    case 'columnFamily':
    case 'app':
      return undefined;
    default: {
      const path = pathOf(node);
      return path === undefined ? undefined : stateUri(path);
    }
  }
}

function stateUri(path: string): vscode.Uri {
  return vscode.Uri.file(path).with({ scheme: valueScheme });
}

function collapsibleState(node: StateNode): vscode.TreeItemCollapsibleState {
  const { None, Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  switch (node.kind) {
    case 'entry':
    case 'window':
    case 'joinEntry':
    case 'file':
    case 'more':
    case 'notice':
      return None;
    case 'partition':
      if (node.partition.halfMade || node.removed) return None;
      break;
    case 'app':
      if (node.folders.length === 0) return None;
      break;
    default:
  }
  return node.opensAtFirst ? Expanded : Collapsed;
}

/** `vscode.open` itself: a click previews, a double click pins, Ctrl opens aside. */
function open(title: string, uri: vscode.Uri): vscode.Command {
  return { command: 'vscode.open', title, arguments: [uri] };
}
