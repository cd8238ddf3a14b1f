import { exactTimeText } from '../../app/index';
import {
  aggregatorOfName,
  keyText,
  pythonBytes,
  type StateEntry,
  type StateValue,
  type StorePartition,
  type Window,
} from '../../quixstreams/index';
import { fileNameOfTime, shortRangeText } from '../state/timeWords';

/** Where an entry is in a partition. */
export interface EntryAddress {
  readonly columnFamily: string;
  readonly key: Uint8Array;
  /** which one it is of the windows in one entry */
  readonly index?: number;
}

/** An entry as its document shows it; of a window the value is what it has, with the values that it collected. */
export interface DocumentEntry extends StateEntry {
  readonly window?: Window;
  /** of what a window has collected, as many are in the value, where there are more */
  readonly firstValues?: number;
}

/** Collected values that a document shows. */
const mostCollectedBytes = 4_000_000;
const valuesAtOnce = 1000;

/** Reads what a document shows; undefined when it is gone. `storeName` may say what windows aggregate. */
export async function readDocumentEntry(
  store: StorePartition,
  { columnFamily, key, index }: EntryAddress,
  storeName: string,
): Promise<DocumentEntry | undefined> {
  const entry = await store.get(columnFamily, key);
  const { meaning } = entry ?? {};
  switch (meaning?.kind) {
    case 'timestamped':
    case 'buffered':
      return entry && { ...entry, messageKey: meaning.messageKey };
    case 'window':
    case 'countWindows': {
      const { prefix, messageKey } = meaning;
      const aggregator = aggregatorOfName(storeName);
      const window = await store.windowAt({ rawKey: key, index }, aggregator);
      if (entry === undefined || window === undefined) return undefined;
      return { ...entry, messageKey, window, ...(await windowValue(store, prefix, window)) };
    }
    default:
      return entry;
  }
}

/** What people call an entry: its state key, the times of a window, the time of a value that is joined. */
export function documentLabel({ key, window, meaning }: DocumentEntry): string {
  if (window !== undefined) return shortRangeText(window.start, window.end);
  if (meaning?.kind === 'timestamped') return exactTimeText(meaning.timestamp);
  if (meaning?.kind === 'buffered') return exactTimeText(meaning.received);
  return keyText(key);
}

/** The same as the name of a file. */
export function documentName(entry: DocumentEntry): string {
  const label = documentLabel(entry);
  return label === keyText(entry.key) ? label : fileNameOfTime(label);
}

/** The value of a window as stored; with what it has collected, where it collects. */
async function windowValue(
  store: StorePartition,
  prefix: Uint8Array,
  window: Window,
): Promise<{ value: StateValue; firstValues?: number }> {
  if (window.collected === undefined) return { value: window.value };
  const { values, isCut } = await collectedJson(store, prefix, window);
  const collected = `[${values.join(',')}]`;
  const json =
    window.aggregations.length === 0
      ? collected
      : `{"aggregated":${Buffer.from(window.value.bytes).toString()},"collected":${collected}}`;
  const value = { bytes: Buffer.from(json), format: 'json' } as const;
  return isCut ? { value, firstValues: values.length } : { value };
}

async function collectedJson(store: StorePartition, prefix: Uint8Array, window: Window) {
  const values: string[] = [];
  let bytes = 0;
  let from: Uint8Array | undefined;
  do {
    const page = await store.collectedOf({ prefix }, window, { from, limit: valuesAtOnce });
    for (const { value } of page.items) {
      bytes += value.bytes.length;
      if (bytes > mostCollectedBytes) return { values, isCut: true };
      values.push(asJson(value));
    }
    from = page.next;
  } while (from !== undefined);
  return { values, isCut: false };
}

/** JSON as it is; text as a string, bytes as the string of Python's literal. */
function asJson({ bytes, format }: StateValue): string {
  if (format === 'bytes') return JSON.stringify(pythonBytes(bytes));
  const text = Buffer.from(bytes).toString();
  return format === 'json' ? text : JSON.stringify(text);
}
