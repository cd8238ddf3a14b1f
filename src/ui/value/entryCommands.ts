import * as vscode from 'vscode';
import { keyText, pythonBytes, type DecodedKey } from '../../quixstreams/index';
import { commandIds } from '../contributions';
import type { Commands } from '../registerCommand';
import type { SharedPartitions } from '../state/sharedPartitions';
import { pathOf, type StateNode } from '../state/treeNodes';
import { readDocumentEntry, type DocumentEntry, type EntryAddress } from './documentEntry';
import { valueAddress, wholeEntryUri } from './valueDocumentUri';
import type { ValueDocuments } from './valueDocuments';

/** What entry commands work on. */
export interface EntryCommandsHost {
  readonly partitions: SharedPartitions;
  readonly documents: ValueDocuments;
  selection(): readonly StateNode[];
}

/** Which entry of which partition. */
export type PartitionAddress = EntryAddress & {
  /** its path on this machine */
  readonly partition: string;
};

/** Copy Value, Copy Key, Copy Path, Show Whole Entry, Show All. */
export function registerEntryCommands(
  commands: Commands,
  host: EntryCommandsHost,
): vscode.Disposable {
  const { clipboard } = vscode.env;
  return vscode.Disposable.from(
    commands.register(commandIds.copyValue, async (target) => {
      const node = nodeOf(target) ?? (isUri(target) ? undefined : host.selection()[0]);
      const address = addressOf(target) ?? addressOf(node) ?? addressOf(activeUri());
      if (address !== undefined) {
        const entry = await readEntry(host, address);
        if (entry !== undefined) await clipboard.writeText(valueToCopy(entry));
      } else if (node !== undefined) {
        // Ctrl+C on a row that has no value
        const text = node.kind === 'messageKey' ? keyToCopy(node.messageKey.key) : pathOf(node);
        if (text !== undefined) await clipboard.writeText(text);
      }
    }),
    commands.register(commandIds.copyKey, async (target) => {
      const node = nodeOf(target) ?? host.selection()[0];
      if (node?.kind === 'messageKey') await clipboard.writeText(keyToCopy(node.messageKey.key));
      if (node?.kind === 'entry') await clipboard.writeText(keyToCopy(node.entry.key));
    }),
    commands.register(commandIds.copyPath, async (target) => {
      const node = nodeOf(target) ?? host.selection()[0];
      const path = node === undefined ? undefined : pathOf(node);
      if (path !== undefined) await clipboard.writeText(path);
    }),
    commands.register(commandIds.showWholeEntry, async (target) => {
      const address = addressOf(target) ?? addressOf(activeUri()) ?? addressOf(host.selection()[0]);
      if (address === undefined) return;
      const entry = await readEntry(host, address);
      if (entry === undefined) return;
      const uri = wholeEntryUri(address.partition, address, entry);
      await vscode.commands.executeCommand('vscode.open', uri);
    }),
    commands.register(commandIds.showAll, async (target) => {
      if (isUri(target)) await host.documents.document(target)?.showAll();
    }),
  );
}

/** A row that a menu passes. */
export function nodeOf(target: unknown): StateNode | undefined {
  const isNode = typeof target === 'object' && target !== null && 'kind' in target;
  return isNode ? (target as StateNode) : undefined;
}

/** JSON and text as stored; other bytes as a Python literal. */
function valueToCopy({ value }: DocumentEntry): string {
  if (value.format === 'bytes') return pythonBytes(value.bytes);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(value.bytes);
}

/** JSON strings without quotes, other JSON as stored, UTF-8 as text, else a Python literal. */
function keyToCopy(key: DecodedKey): string {
  if ('json' in key && key.json.startsWith('"')) return String(JSON.parse(key.json));
  return keyText(key);
}

function isUri(target: unknown): target is vscode.Uri {
  return target instanceof vscode.Uri;
}

/** What the active tab shows. */
export function activeUri(): vscode.Uri | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputText ? input.uri : undefined;
}

/** The entry of a row or a document. */
export function addressOf(target: unknown): PartitionAddress | undefined {
  if (isUri(target)) {
    const address = valueAddress(target);
    return address && { ...address, partition: address.partitionPath };
  }
  const node = nodeOf(target);
  switch (node?.kind) {
    case 'entry': {
      const { columnFamily, rawKey: key } = node.entry;
      return { partition: node.partition.path, columnFamily, key };
    }
    case 'window': {
      const { rawKey: key, index } = node.window;
      return { partition: node.partition.path, columnFamily: 'default', key, index };
    }
    case 'joinEntry':
      return {
        partition: node.partition.path,
        columnFamily: 'default',
        key: node.joined.rawKey,
      };
    default:
      return undefined;
  }
}

/** The whole entry as it is now; undefined where it is gone. */
export async function readEntry(
  { partitions, documents }: Pick<EntryCommandsHost, 'partitions' | 'documents'>,
  address: PartitionAddress,
): Promise<DocumentEntry | undefined> {
  const { store: name } = documents.namesAt(address.partition);
  return partitions.at(address.partition).read((store) => readDocumentEntry(store, address, name));
}
