import {
  isFormatError,
  jsonLine,
  loadFormats,
  openStorePartition,
  printable,
  type FormatId,
  type StateValue,
} from '../quixstreams/index';
import { find } from './find';
import type { Output } from './output';
import { exitCodes, openOptions, reportWarnings, type ExitCode, type Report } from './reading';

/** Keys that are named where one may mean several. */
const mostNamed = 10;

/** How a value is printed. */
export interface Printing {
  /** The format it is read in; undefined: the very bytes, and for a terminal what they are found to be. */
  readonly as: FormatId | 'auto' | undefined;
  readonly toTerminal: boolean;
  /** Path of dist/formats.js. */
  readonly formatsModule: string;
}

/**
 * The value of one key of `default`, as it is stored, or what a window has collected; read in a format
 * where one is asked for. For a terminal hostile characters are escaped.
 */
export async function get(
  directory: string,
  key: string,
  printing: Printing,
  output: Output,
  report: Report,
): Promise<ExitCode> {
  const partition = await openStorePartition(directory, openOptions(directory, output.closed));
  try {
    await reportWarnings(partition.database, report);
    const found = await find(partition, key, output.closed);
    const [one, other] = found;
    if (!one) {
      report(`no key ${printable(key)} in ${printable(directory)}`);
      return exitCodes.damaged;
    }
    if (other) {
      const keys = found.slice(0, mostNamed).map(({ key }) => `'${printable(key)}'`);
      if (found.length > keys.length) keys.push('others');
      report(`${printable(key)} may be ${keys.join(' or ')}: give one of them`);
      return exitCodes.damaged;
    }
    return await print(one.value, printing, output, report);
  } finally {
    await partition.close();
  }
}

async function print(
  { bytes, format }: StateValue,
  { as, toTerminal, formatsModule }: Printing,
  output: Output,
  report: Report,
): Promise<ExitCode> {
  if (as === undefined && !toTerminal) {
    await output.bytes(bytes);
    return exitCodes.ok;
  }
  if (as === undefined && format === 'json') {
    await output.line(jsonLine(Buffer.from(bytes).toString('utf8')));
    return exitCodes.ok;
  }
  const formats = await loadFormats(formatsModule);
  try {
    const guess = as === undefined || as === 'auto';
    const { text } = formats.text(guess ? formats.auto(bytes) : formats.decode(bytes, as));
    for (const line of text.replace(/\n$/, '').split('\n')) {
      await output.line(toTerminal ? printable(line) : line);
    }
    return exitCodes.ok;
  } catch (error) {
    if (!isFormatError(error)) throw error;
    report(`the value cannot be read as ${as ?? 'auto'}: ${error.message}`);
    return exitCodes.damaged;
  }
}
