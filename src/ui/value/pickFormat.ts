import * as vscode from 'vscode';
import type { StateValue } from '../../quixstreams/index';
import { CommandNotice } from '../registerCommand';
import type { Translate } from '../translate';
import { formatName, formatProblem } from './formatWords';
import { openedFormats, type OpenedAs, type OpenedFormat } from './openedAs';
import { isPlainFormat, plainText } from './plainViews';
import { decodedByItself, type ValueDecoder } from './valueDecoder';

const { l10n } = vscode;
const translate: Translate = (message, ...args) => l10n.t(message, ...args);

/** What a person chose: a format, Auto, or nothing. */
export type Chosen = OpenedAs | 'auto' | undefined;

/**
 * Asks what a value is to be opened as, and for the schema where one is needed. Those that fit are marked; one that does not
 * fit is refused with the reason. @throws CommandNotice
 */
export async function pickFormat(
  value: StateValue,
  now: OpenedAs | undefined,
  title: string,
  decoder: ValueDecoder,
): Promise<Chosen> {
  const fits = await fittingFormats(value, decoder);
  const itemOf = (format: OpenedFormat | 'auto') => {
    const words = [
      ...(format !== 'auto' && fits.has(format) ? [l10n.t('fits')] : []),
      ...(format === (now?.format ?? 'auto') ? [l10n.t('now')] : []),
    ];
    return { label: labelOf(format), description: words.join(' · '), format };
  };
  const items = (['auto', ...openedFormats] as const).map(itemOf);
  const chosen = await vscode.window.showQuickPick(items, { title });
  if (chosen === undefined) return undefined;
  if (chosen.format === 'auto') return 'auto';
  const openedAs = await withSchema(chosen.format, decoder);
  if (openedAs !== undefined) {
    await orNotice(openedAs.format, () => decoder.check(value, openedAs));
  }
  return openedAs;
}

function labelOf(format: OpenedFormat | 'auto'): string {
  if (format === 'auto') return l10n.t('Auto');
  const name = formatName(format, translate);
  return format === 'avro' || format === 'protobuf' ? `${name}...` : name;
}

/** The formats that read a value without being told more; of large values none are tried. */
async function fittingFormats(
  value: StateValue,
  decoder: ValueDecoder,
): Promise<ReadonlySet<OpenedFormat>> {
  const fits = new Set<OpenedFormat>(['hex', 'base64']);
  for (const format of ['integer', 'time'] as const) if (fitsPlain(format, value)) fits.add(format);
  if (value.bytes.length > decodedByItself) return fits;
  // Not known is not marked: the choice can be made all the same.
  const found = await decoder.fitting(value).catch(() => []);
  for (const format of found) if (format !== 'bytes') fits.add(format);
  return fits;
}

function fitsPlain(format: OpenedFormat, { bytes }: StateValue): boolean {
  try {
    return isPlainFormat(format) && plainText(format, bytes) !== '';
  } catch {
    return false;
  }
}

async function withSchema(
  format: OpenedFormat,
  decoder: ValueDecoder,
): Promise<OpenedAs | undefined> {
  if (format === 'avro') {
    const schema = await askForFile({ [l10n.t('Avro Schema')]: ['avsc', 'json'] });
    return schema === undefined ? undefined : { format, schema };
  }
  if (format !== 'protobuf') return { format };
  const withFile = {
    label: l10n.t('With a Schema File...'),
    detail: l10n.t('A .proto file, or a descriptor set as protoc writes it.'),
  };
  const without = {
    label: l10n.t('Without a Schema'),
    detail: l10n.t('Fields by their numbers, as far as the bytes tell.'),
  };
  const how = await vscode.window.showQuickPick([withFile, without], { title: 'Protobuf' });
  if (how === undefined) return undefined;
  if (how === without) return { format };
  const schema = await askForFile({
    [l10n.t('Protobuf Schema')]: ['proto', 'binpb', 'pb', 'desc', 'protoset', 'bin'],
  });
  if (schema === undefined) return undefined;
  const names = await orNotice(format, () => decoder.messageNames(schema));
  const message = await pickMessage(names);
  return message === undefined ? undefined : { format, schema, message };
}

/** @throws CommandNotice where a schema has no message */
async function pickMessage(names: readonly string[]): Promise<string | undefined> {
  const [only, another] = names;
  if (only === undefined) {
    throw new CommandNotice({ text: l10n.t('The schema declares no message.'), actions: [] });
  }
  if (another === undefined) return only;
  return vscode.window.showQuickPick(names, { title: l10n.t('Which message is the value?') });
}

async function askForFile(filters: Record<string, string[]>): Promise<string | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    filters: { ...filters, [l10n.t('All Files')]: ['*'] },
    openLabel: l10n.t('Use Schema'),
  });
  return chosen?.[0]?.fsPath;
}

/** @throws CommandNotice with the sentence of a FormatError */
async function orNotice<T>(format: OpenedFormat, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const text = formatProblem(error, format, translate);
    throw text === undefined ? error : new CommandNotice({ text, actions: [] });
  }
}
