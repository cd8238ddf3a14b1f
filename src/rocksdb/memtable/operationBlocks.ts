import { ValueType } from '../internalKey';
import type { BlockBuilder } from './blockBuilder';
import type { LoggedOperations } from './loggedOperations';
import type { OperationOrder } from './operationOrder';

/** So many blocks are made of operations: each has the same number of them, those that count and not. */
export function blocksOf({ length, perBlock }: LoggedOperations): number {
  return Math.ceil(length / perBlock);
}

/**
 * Adds block `index` to `builder`: of each key the newest operation, and those that it is merged with;
 * at least one operation, though it may not count.
 */
export function addBlock(builder: BlockBuilder, order: OperationOrder, index: number): void {
  const { operations } = order;
  const { perBlock } = operations;
  const start = index * perBlock;
  const ordered = order.slice(start, start + perBlock);
  let last = start > 0 ? order.slice(start - 1, start)[0] : undefined;
  /** Whether older operations of the last key do not count. */
  let hides = last !== undefined && hidesOlder(order, start);
  let added = false;
  for (const operation of ordered) {
    if (last !== undefined && !operations.isSameKey(last, operation)) hides = false;
    last = operation;
    if (hides) continue;
    hides = operations.type(operation) !== ValueType.merge;
    add(builder, operations, operation);
    added = true;
  }
  if (!added && last !== undefined) add(builder, operations, last);
  builder.endBlock();
}

function add(builder: BlockBuilder, operations: LoggedOperations, operation: number): void {
  const { bytes, fields } = operations;
  const at = operation * 4;
  builder.add(
    bytes,
    fields[at] ?? 0,
    fields[at + 1] ?? 0,
    fields[at + 2] ?? 0,
    fields[at + 3] ?? 0,
    operations.sequence(operation),
    operations.type(operation),
  );
}

/** Whether one of the operations before position `end` that have the same key is no merge. */
function hidesOlder(order: OperationOrder, end: number): boolean {
  const { operations } = order;
  const [last = 0] = order.slice(end - 1, end);
  for (let position = end - 1; position >= 0; position--) {
    const [operation = 0] = order.slice(position, position + 1);
    if (!operations.isSameKey(operation, last)) return false;
    if (operations.type(operation) !== ValueType.merge) return true;
  }
  return false;
}
