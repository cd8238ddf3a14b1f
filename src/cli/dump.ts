import { openStorePartition } from '../quixstreams/index';
import { openReadOnly } from '../rocksdb/index';
import type { Output } from './output';
import { openOptions, reportWarnings, type Report } from './reading';
import { entryLine, rawLine } from './record';

/** The entries of one partition, decoded, a line of JSON each; `limit` may be Infinity. */
export async function dump(directory: string, limit: number, output: Output, report: Report) {
  const partition = await openStorePartition(directory, openOptions(directory, output.closed));
  try {
    reportWarnings(partition.database, report);
    let left = limit;
    if (left === 0) return;
    for await (const entry of partition.allEntries(output.closed)) {
      await output.line(entryLine(entry, partition.kind));
      if (--left === 0) return;
    }
  } finally {
    await partition.close();
  }
}

/** The entries of a RocksDB as they are stored, each column family in key order. */
export async function dumpRaw(directory: string, limit: number, output: Output, report: Report) {
  const database = await openReadOnly(directory, openOptions(directory, output.closed));
  try {
    reportWarnings(database, report);
    let left = limit;
    for (const columnFamily of database.columnFamilies) {
      if (left === 0) return;
      for await (const entry of database.entries(columnFamily, { signal: output.closed })) {
        await output.line(rawLine(columnFamily, entry));
        if (--left === 0) return;
      }
    }
  } finally {
    await database.close();
  }
}
