import { createHash } from 'node:crypto';
import type {
  CollectedValue,
  MessageKey,
  StateEntry,
  StateValue,
  StorePartition,
  TimestampedEntry,
  Window,
} from '../../quixstreams/index';

/** An entry as it is stored. */
export interface ShownEntry {
  readonly kind: 'entry';
  readonly entry: StateEntry;
}

export interface ShownWindow {
  readonly kind: 'window';
  readonly window: Window;
  /** of what it has collected the first ones */
  readonly values: readonly CollectedValue[];
}

/** A value of a message key by time: of a join, or a record that waits for its lookup. */
export interface ShownJoinEntry {
  readonly kind: 'joinEntry';
  readonly joined: TimestampedEntry;
}

/** What a row shows that has a value. */
export type ShownValue = ShownEntry | ShownWindow | ShownJoinEntry;

/** Collected values that a row tells. */
const firstValues = 8;
/** Bytes of a value that a row keeps. */
const keptBytes = 8192;

/** A value as a row keeps it: of a large one only the beginning, and what tells it from another one. */
export interface Kept {
  /** of the whole value */
  readonly size: number;
  /** of the whole value, where only its beginning is kept */
  readonly digest: string | undefined;
}

/** A window with the first values that it has collected. */
export async function shownWindow(
  store: StorePartition,
  messageKey: Pick<MessageKey, 'prefix'>,
  window: Window,
): Promise<ShownWindow> {
  const { items } = await store.collectedOf(messageKey, window, { limit: firstValues });
  return { kind: 'window', window, values: items };
}

export function keptEntry({ entry }: ShownEntry): ShownEntry & Kept {
  return {
    kind: 'entry',
    entry: { ...entry, value: beginning(entry.value) },
    ...kept(entry.value),
  };
}

export function keptWindow({ window, values }: ShownWindow): ShownWindow & Kept {
  const { value, aggregations } = window;
  const isLarge = value.bytes.length > keptBytes;
  const beginnings = {
    ...window,
    value: beginning(value),
    aggregations: aggregations.map((one) => ({
      ...one,
      state: beginning(one.state),
      result: beginning(one.result),
    })),
  };
  return {
    kind: 'window',
    window: isLarge ? beginnings : window,
    values: values.map((one) => ({ ...one, value: beginning(one.value) })),
    ...kept(value),
  };
}

export function keptJoinEntry({ joined }: ShownJoinEntry): ShownJoinEntry & Kept {
  const { value, record } = joined;
  const isLarge = value.bytes.length > keptBytes;
  const short = record && { ...record, value: record.value.slice(0, keptBytes) };
  const beginnings = { ...joined, value: beginning(value), record: short };
  return { kind: 'joinEntry', joined: isLarge ? beginnings : joined, ...kept(value) };
}

/** Whether two values that are kept were different ones. */
export function isOtherValue(a: StateValue & Kept, b: StateValue & Kept): boolean {
  return a.size !== b.size || a.digest !== b.digest || Buffer.compare(a.bytes, b.bytes) !== 0;
}

function kept({ bytes }: StateValue): Kept {
  const isLarge = bytes.length > keptBytes;
  const digest = isLarge ? createHash('sha1').update(bytes).digest('hex') : undefined;
  return { size: bytes.length, digest };
}

function beginning({ bytes, format }: StateValue): StateValue {
  return { bytes: bytes.length > keptBytes ? bytes.slice(0, keptBytes) : bytes, format };
}
