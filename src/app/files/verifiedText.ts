import type { Counts } from '../../rocksdb/index';
import { countText } from '../quantities';

/** `4 tables with 22 blocks and 422 entries, 1 log with 10 records` */
export function verifiedText(verified: Counts): string {
  const { tables, blocks, entries, logs, records } = verified;
  const inTables = `${counted(tables, 'table', 'tables')} with ${counted(blocks, 'block', 'blocks')} and ${counted(entries, 'entry', 'entries')}`;
  const inLogs = `${counted(logs, 'write-ahead log', 'write-ahead logs')} with ${counted(records, 'record', 'records')}`;
  return `${inTables}, ${inLogs}`;
}

function counted(count: number, one: string, many: string): string {
  return `${countText(count)} ${count === 1 ? one : many}`;
}
