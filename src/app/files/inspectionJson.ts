import type { Inspection } from '../../rocksdb/index';

/** What inspectDatabase tells, as JSON: keys in hex, times in ms since epoch, errors as their sentences. */
export function inspectionJson({ problems, tables, ...found }: Inspection): string {
  const hex = (key: Uint8Array) => Buffer.from(key).toString('hex');
  return JSON.stringify({
    ...found,
    tables: tables.map(({ smallest, largest, error, ...table }) => ({
      ...table,
      smallest: hex(smallest),
      largest: hex(largest),
      ...(error === undefined ? {} : { error: error.message }),
    })),
    problems: problems.map(({ message }) => message),
  });
}
