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
