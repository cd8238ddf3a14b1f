import path from 'node:path';
import { openStorePartition } from '../quixstreams/index';
import { openReadOnly, ScanThreads, type Damage } from '../rocksdb/index';
import type { Output } from './output';
import {
  exitCodes,
  openOptions,
  reportDamage,
  reportWarnings,
  type ExitCode,
  type Report,
} from './reading';
import { entryLine, rawLine } from './record';

/**
 * The entries of one partition, decoded, a line of JSON each; `limit` may be Infinity. Goes on behind
 * blocks that are damaged, and says so.
 */
export async function dump(
  directory: string,
  limit: number,
  output: Output,
  report: Report,
): Promise<ExitCode> {
  const partition = await openStorePartition(directory, openOptions(directory, output.closed));
  try {
    await reportWarnings(partition.database, report);
    let left = limit;
    if (left === 0) return exitCodes.ok;
    for await (const entry of partition.allEntries(output.closed)) {
      await output.line(entryLine(entry, partition.kind));
      if (--left === 0) break;
    }
    await output.flush();
    for (const damage of partition.damage) reportDamage(damage, report);
    return partition.damage.length > 0 ? exitCodes.damaged : exitCodes.ok;
  } finally {
    await partition.close();
  }
}

/** The entries of a RocksDB as they are stored, each column family in key order. */
export async function dumpRaw(
  directory: string,
  limit: number,
  output: Output,
  report: Report,
): Promise<ExitCode> {
  const threads = new ScanThreads(path.join(__dirname, 'scanThread.js'));
  const options = { ...openOptions(directory, output.closed), threads };
  const database = await openReadOnly(directory, options);
  try {
    await reportWarnings(database, report);
    let left = limit;
    let code: ExitCode = exitCodes.ok;
    const onDamage = (damage: Damage) => {
      reportDamage(damage, report);
      code = exitCodes.damaged;
    };
    for (const columnFamily of database.columnFamilies) {
      if (left === 0) break;
      const scan = { signal: output.closed, onDamage };
      for await (const batch of database.batches(columnFamily, scan)) {
        for (let i = 0; i < batch.length && left > 0; i++, left--) {
          await output.line(rawLine(columnFamily, { key: batch.key(i), value: batch.value(i) }));
        }
        if (left === 0) break;
      }
    }
    return code;
  } finally {
    await database.close();
    await threads.dispose();
  }
}
