import { PendingOperations } from '../../../src/rocksdb/log/pendingOperations';
import type { Operation } from '../../../src/rocksdb/log/writeBatch';
import { LoggedOperations } from '../../../src/rocksdb/memtable/loggedOperations';

/** Operations of one column family, as a log is read. */
export function loggedOperations(operations: readonly Operation[]): LoggedOperations {
  let size = 0;
  for (const { key, value } of operations) size += key.length + value.length;
  const pending = PendingOperations.copies(size, () => true);
  for (const operation of operations) pending.addOperation(operation);
  const [logged = new LoggedOperations(new Uint8Array(0))] = pending.byFamily.values();
  return logged;
}
