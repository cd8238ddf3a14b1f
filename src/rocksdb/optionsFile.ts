// OPTIONS-NNNNNN: sections of `name=value` lines, as text (options/options_parser.cc). Strings have
// \ before characters that would end them. The file with the highest number is in force.

import path from 'node:path';
import { FileGoneError } from './errors';
import { readSmallFile } from './file';

/** What a reader needs of the options. */
export interface OptionsFile {
  readonly rocksdbVersion: string | undefined;
  /** Where the write-ahead logs are, when not in the database's directory. */
  readonly walDirectory: string | undefined;
}

const largest = 16 << 20;
const none: OptionsFile = { rocksdbVersion: undefined, walDirectory: undefined };

/** Reads OPTIONS number `number` of a database; nothing known when it is gone meanwhile. */
export async function readOptions(directory: string, number: number): Promise<OptionsFile> {
  const name = `OPTIONS-${String(number).padStart(6, '0')}`;
  try {
    const bytes = await readSmallFile(path.join(directory, name), largest);
    return parseOptions(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof FileGoneError) return none;
    throw error;
  }
}

/** Parses the text of an OPTIONS file. */
export function parseOptions(text: string): OptionsFile {
  let section = '';
  let rocksdbVersion: string | undefined;
  let walDirectory: string | undefined;
  for (const line of text.split('\n')) {
    const heading = /^\s*\[(\w+)/.exec(line);
    if (heading) section = heading[1] ?? '';
    const [, name, value] = /^\s*(\w+)=(.*?)\s*$/.exec(line) ?? [];
    if (value === undefined || value === '') continue;
    if (section === 'Version' && name === 'rocksdb_version') rocksdbVersion = value;
    if (section === 'DBOptions' && name === 'wal_dir') walDirectory = unescape(value);
  }
  return { rocksdbVersion, walDirectory };
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 'r' ? '\r' : character,
  );
}
