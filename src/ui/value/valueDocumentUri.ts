import * as vscode from 'vscode';
import { keyText, type StateEntry } from '../../quixstreams/index';
import { valueScheme } from '../contributions';
import { largeValueBytes } from './documentText';
import { parseValueUri, valueUriParts, type ShownAs, type ValueAddress } from './valueUri';

/** The URI of an entry's document; `partition` is its path on this machine, `size` the value's bytes. */
export function valueUri(
  partition: string,
  entry: StateEntry,
  size: number,
  as: ShownAs = 'auto',
): vscode.Uri {
  const { path, authority } = vscode.Uri.file(partition);
  const { columnFamily, rawKey, messageKey, value } = entry;
  const large = size > largeValueBytes;
  const json = as === 'entry' || (value.format === 'json' && !large);
  const parts = valueUriParts(
    { partition: path, authority, columnFamily, key: rawKey, as },
    {
      messageKey: messageKey === undefined ? columnFamily : keyText(messageKey),
      key: keyText(entry.key) + (as === 'entry' ? '.entry' : ''),
      extension: json ? 'json' : 'txt',
    },
  );
  return vscode.Uri.from({ scheme: valueScheme, ...parts });
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
