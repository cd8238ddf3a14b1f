// OPTIONS-NNNNNN: text (options/options_parser.cc). The file with the highest number is in force.
//
//   [Version]
//     rocksdb_version=9.8.4
//   [DBOptions]
//     name=value
//   [CFOptions "default"]                        one for every column family …
//     name=value
//   [TableOptions/BlockBasedTable "default"]     … and one for its tables
//     name=value
//
// From an unescaped # on a line is comment; a \ stands before characters that would end a value. A
// value may be {name=value;…}, and values of these again. db_paths and cf_paths are not written.

import path from 'node:path';
import { FileGoneError } from '../errors';
import { readSmallFile } from '../file';

/** The options of one section. Few are ever asked for, so that they are looked for in its text. */
export class OptionValues {
  /** `text`: the lines below the heading. */
  constructor(private readonly text = '') {}

  /** The value as it is written, unescaped; undefined where there is none. */
  get(name: string): string | undefined {
    const { text } = this;
    for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
      const before = text.slice(text.lastIndexOf('\n', at) + 1, at).trim();
      const lineEnd = text.indexOf('\n', at);
      const rest = text.slice(at + name.length, lineEnd < 0 ? undefined : lineEnd);
      const value = rest.trimStart();
      if (before === '' && value.startsWith('=')) {
        return unescape(withoutComment(value.slice(1)).trim());
      }
    }
    return undefined;
  }
}

/** The options of a column family. */
export interface FamilyOptions {
  readonly values: OptionValues;
  /** The kind of its tables, `BlockBasedTable` as a rule, and their options. */
  readonly tableFactory: string | undefined;
  readonly tableValues: OptionValues;
}

/** What OPTIONS tell. */
export interface OptionsFile {
  readonly rocksdbVersion: string | undefined;
  /** Where the write-ahead logs are, when not in the database's directory. */
  readonly walDirectory: string | undefined;
  /** Whether the app may prepare transactions: their logs may be older than those of any memtable. */
  readonly twoPhaseCommit: boolean;
  /** Whether RocksDB opens the database only with the logs that the MANIFEST tells of. */
  readonly tracksLogs: boolean;
  readonly values: OptionValues;
  /** By name. */
  readonly families: ReadonlyMap<string, FamilyOptions>;
}

const largest = 16 << 20;

/** Reads OPTIONS number `number` of a database; nothing known when it is gone meanwhile. */
export async function readOptions(directory: string, number: number): Promise<OptionsFile> {
  const name = `OPTIONS-${String(number).padStart(6, '0')}`;
  try {
    const bytes = await readSmallFile(path.join(directory, name), largest);
    return parseOptions(Buffer.from(bytes).toString('utf8'));
  } catch (error) {
    if (error instanceof FileGoneError) return noOptions;
    throw error;
  }
}

interface Family {
  values: OptionValues;
  tableFactory: string | undefined;
  tableValues: OptionValues;
}

const heading = /^\[\s*([\w/]+)(?:\s+"(.*)")?\s*\]$/;

/** Parses the text of an OPTIONS file. Sections and lines that are none of its kind are passed over. */
export function parseOptions(text: string): OptionsFile {
  let version = new OptionValues();
  let values = new OptionValues();
  const families = new Map<string, Family>();
  for (const section of text.split(/^[^\S\n]*(?=\[)/m)) {
    const [headline = ''] = section.split('\n', 1);
    const [, title, argument = ''] = heading.exec(withoutComment(headline).trim()) ?? [];
    const found = new OptionValues(section.slice(headline.length));
    const [kind, tableFactory] = title?.split('/') ?? [];
    if (title === 'Version') version = found;
    else if (title === 'DBOptions') values = found;
    if (kind !== 'CFOptions' && kind !== 'TableOptions') continue;
    const name = unescape(argument);
    let family = families.get(name);
    if (!family) {
      family = {
        values: new OptionValues(),
        tableFactory: undefined,
        tableValues: new OptionValues(),
      };
      families.set(name, family);
    }
    if (kind === 'CFOptions') family.values = found;
    else Object.assign(family, { tableFactory, tableValues: found });
  }
  return {
    rocksdbVersion: version.get('rocksdb_version'),
    walDirectory: values.get('wal_dir') || undefined,
    twoPhaseCommit: values.get('allow_2pc') === 'true',
    tracksLogs: values.get('track_and_verify_wals_in_manifest') === 'true',
    values,
    families,
  };
}

function withoutComment(line: string): string {
  return line.includes('#') ? line.replace(/^((?:[^#\\]|\\.)*)#.*$/, '$1') : line;
}

function unescape(value: string): string {
  if (!value.includes('\\')) return value;
  return value.replace(/\\(.)/g, (_, character: string) =>
    character === 'n' ? '\n' : character === 'r' ? '\r' : character,
  );
}

/** What is known without OPTIONS. */
export const noOptions: OptionsFile = parseOptions('');
