import { parseFileName } from '../rocksdb/index';

/** A partition's directory is its number, as Python's str() writes it. */
export function partitionNumber(name: string): number | undefined {
  return /^(0|[1-9][0-9]{0,8})$/.test(name) ? Number(name) : undefined;
}

/** What the names in a directory say of a RocksDB: `half` lacks CURRENT but has what only RocksDB makes. */
export function databaseShape(names: readonly string[]): 'whole' | 'half' | undefined {
  const kinds = new Set(names.map((name) => parseFileName(name)?.kind));
  if (kinds.has('current'))
    return kinds.has('manifest') || names.includes('IDENTITY') ? 'whole' : 'half';
  const traces = ['manifest', 'wal', 'table', 'options'] as const;
  return traces.some((kind) => kinds.has(kind)) ? 'half' : undefined;
}

/**
 * Whether quixstreams gives stores this name (quixstreams/dataframe: `default`, windows and joins);
 * what a level is told by where one is missing. Apps may name stores otherwise.
 */
export function isStoreName(name: string): boolean {
  return /^(default|join)$|_window(_|$)/.test(name);
}

/** What file managers leave behind; not shown, and a folder with nothing else is empty. */
export function isLitter(name: string): boolean {
  return name === '.DS_Store' || name === 'Thumbs.db' || name === 'desktop.ini';
}
