import * as vscode from 'vscode';
import { keyText } from '../../quixstreams/index';
import { valueScheme } from '../contributions';
import { fileNameOfTime, shortRangeText } from '../state/timeWords';
import { joinEntryLabel } from '../state/nodeTexts';
import type { ValueNode } from '../state/treeNodes';
import { documentName, type DocumentEntry, type EntryAddress } from './documentEntry';
import { largeValueBytes } from './documentText';
import type { Shown } from './valueDecoder';
import { parseValueUri, valueUriParts, type ShownAs, type ValueAddress } from './valueUri';

/** What files in a language end in. */
export const extensions = { json: 'json', python: 'py', plaintext: 'txt' } as const;
type Extension = (typeof extensions)[keyof typeof extensions];

/** What people read in a document's URI. */
interface Names {
  readonly messageKey: string;
  readonly key: string;
  readonly extension: Extension;
}

/**
 * The URI of the document that a row opens; `decoded` is the language of what its value was decoded into, where that is
 * known.
 */
export function rowDocumentUri(node: ValueNode, decoded?: Shown['language']): vscode.Uri {
  const { path } = node.partition;
  switch (node.kind) {
    case 'entry': {
      const { columnFamily, rawKey: key, messageKey, value } = node.entry;
      const names = {
        messageKey: messageKey === undefined ? columnFamily : keyText(messageKey),
        key: keyText(node.entry.key),
        extension: extensionOf(value.format, node.size, decoded),
      };
      return documentUri(path, { columnFamily, key }, names, 'auto');
    }
    case 'window': {
      const { rawKey: key, index, start, end, value, collected } = node.window;
      const isJoined = collected !== undefined;
      const names = {
        messageKey: keyText(node.messageKey),
        key: fileNameOfTime(shortRangeText(start, end)),
        extension: isJoined ? 'json' : extensionOf(value.format, node.size),
      } as const;
      return documentUri(path, { columnFamily: 'default', key, index }, names, 'auto');
    }
    case 'joinEntry': {
      const { rawKey: key, value } = node.joined;
      const names = {
        messageKey: keyText(node.messageKey),
        key: fileNameOfTime(joinEntryLabel(node.joined)),
        extension: extensionOf(value.format, node.size, decoded),
      };
      return documentUri(path, { columnFamily: 'default', key }, names, 'auto');
    }
  }
}

/** The URI of the document that has all that is known of an entry; `partition` is its path on this machine. */
export function wholeEntryUri(
  partition: string,
  address: EntryAddress,
  entry: DocumentEntry,
): vscode.Uri {
  const { messageKey } = entry;
  const names = {
    messageKey: messageKey === undefined ? address.columnFamily : keyText(messageKey),
    key: `${documentName(entry)}.entry`,
    extension: 'json',
  } as const;
  return documentUri(partition, address, names, 'entry');
}

/** The URI of the document of an entry that is opened as `as`; `decoded` as in `rowDocumentUri`. */
export function openedUri(
  partition: string,
  address: EntryAddress,
  entry: DocumentEntry,
  as: ShownAs,
  decoded: Shown['language'] | undefined,
): vscode.Uri {
  const { messageKey, value } = entry;
  const names = {
    messageKey: messageKey === undefined ? address.columnFamily : keyText(messageKey),
    key: documentName(entry),
    extension: extensionOf(value.format, value.bytes.length, decoded),
  };
  return documentUri(partition, address, names, as);
}

function documentUri(
  partition: string,
  { columnFamily, key, index }: EntryAddress,
  names: Names,
  as: ShownAs,
): vscode.Uri {
  const { path, authority } = vscode.Uri.file(partition);
  const address = { partition: path, authority, columnFamily, key, index, as };
  return vscode.Uri.from({ scheme: valueScheme, ...valueUriParts(address, names) });
}

function extensionOf(format: string, size: number, decoded?: Shown['language']): Extension {
  if (decoded !== undefined) return extensions[decoded];
  return format === 'json' && size <= largeValueBytes ? 'json' : 'txt';
}

/** The partition's path on this machine, column family and key of a document; undefined for other URIs. */
export function valueAddress(
  uri: vscode.Uri,
): (ValueAddress & { readonly partitionPath: string }) | undefined {
  if (uri.scheme !== valueScheme) return undefined;
  const address = parseValueUri(uri);
  if (address === undefined) return undefined;
  const { partition: path, authority } = address;
  return { ...address, partitionPath: vscode.Uri.from({ scheme: 'file', authority, path }).fsPath };
}
