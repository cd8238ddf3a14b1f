import path from 'node:path';
import * as vscode from 'vscode';
import { printable } from '../../quixstreams/index';
import { commandIds } from '../contributions';
import type { Commands } from '../registerCommand';
import type { SharedPartitions } from '../state/sharedPartitions';
import type { StateNode } from '../state/treeNodes';
import { documentLabel, type DocumentEntry } from './documentEntry';
import { activeUri, addressOf, nodeOf, readEntry, type PartitionAddress } from './entryCommands';
import { fileDocumentUri, fileOfDocument, type FileDocuments } from './fileDocuments';
import { languageOf } from './formatWords';
import type { OpenedAs } from './openedAs';
import { pickFormat } from './pickFormat';
import type { InStore, StoreFormats } from './storeFormats';
import type { ValueDecoder } from './valueDecoder';
import { openedUri, valueAddress } from './valueDocumentUri';
import type { ValueDocuments } from './valueDocuments';
import { isOfApp, valueOf } from './valueOfEntry';

const { l10n } = vscode;

/** What Open As... works on. */
export interface OpenAsHost {
  readonly partitions: SharedPartitions;
  readonly documents: ValueDocuments;
  readonly files: FileDocuments;
  readonly decoder: ValueDecoder;
  readonly formats: StoreFormats;
  selection(): readonly StateNode[];
}

/**
 * Open As...: a value of a row or of a document, as what the person chooses; the choice is kept for all values of its store. A
 * plain file is opened as a document, for itself.
 */
export function registerOpenAs(commands: Commands, host: OpenAsHost): vscode.Disposable {
  return commands.register(commandIds.openAs, async (given) => {
    const target = nodeOf(given) ?? given ?? activeUri() ?? host.selection()[0];
    const file = fileOf(target);
    if (file !== undefined) return openFileAs(file, host);
    const address = addressOf(target);
    if (address !== undefined) await openValueAs(address, uriOf(target), host);
  });
}

function uriOf(target: unknown): vscode.Uri | undefined {
  return target instanceof vscode.Uri ? target : undefined;
}

/** The plain file of a row, of the Explorer, or of a document that shows one decoded. */
function fileOf(target: unknown): string | undefined {
  const uri = uriOf(target);
  if (uri !== undefined) return uri.scheme === 'file' ? uri.fsPath : fileOfDocument(uri);
  const node = nodeOf(target);
  return node?.kind === 'file' && node.entry.kind === 'file' ? node.entry.path : undefined;
}

async function openFileAs(file: string, { files, decoder }: OpenAsHost): Promise<void> {
  const value = await files.read(file);
  const title = l10n.t('Open {0} as', printable(path.basename(file)));
  const chosen = await pickFormat(value, files.openedAs(file), title, decoder);
  if (chosen === undefined) return;
  const openedAs = chosen === 'auto' ? undefined : chosen;
  await files.show(await fileDocumentUri(file, openedAs, value, decoder));
}

async function openValueAs(
  address: PartitionAddress,
  document: vscode.Uri | undefined,
  host: OpenAsHost,
): Promise<void> {
  const entry = await readEntry(host, address);
  if (entry === undefined) return;
  const where = {
    partition: address.partition,
    store: host.documents.namesAt(address.partition).store,
  };
  const own = document && valueAddress(document)?.as;
  const now = typeof own === 'object' ? own : isOfApp(entry) ? host.formats.of(where) : undefined;
  const title = l10n.t('Open {0} as', documentLabel(entry));
  const chosen = await pickFormat(valueOf(entry), now, title, host.decoder);
  if (chosen === undefined) return;
  const uri = await rememberedUri(
    entry,
    address,
    where,
    chosen === 'auto' ? undefined : chosen,
    host,
  );
  // The document that was asked follows the choice itself.
  const follows = own === 'auto' && uri.query === document?.query;
  if (!follows) await vscode.commands.executeCommand('vscode.open', uri);
}

/** Of a document that follows its store where the choice is kept; else of one that has it alone. */
async function rememberedUri(
  entry: DocumentEntry,
  address: PartitionAddress,
  where: InStore,
  openedAs: OpenedAs | undefined,
  { formats }: OpenAsHost,
): Promise<vscode.Uri> {
  const isKept = isOfApp(entry) && (await formats.remember(where, openedAs));
  const as = isKept || openedAs === undefined ? 'auto' : openedAs;
  const language = openedAs && languageOf({ format: openedAs.format, within: [] });
  return openedUri(where.partition, address, entry, as, language);
}
