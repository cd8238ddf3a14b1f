import { setImmediate as nextTurn } from 'node:timers/promises';
import { bytewise, comparatorOf, type Comparator } from '../manifest/comparator';
import type { ColumnFamilyView, ScanOptions } from '../read/view';

/** Keys from `from` on and before `to`; undefined: no limit. */
export interface KeySpan {
  readonly from: Uint8Array | undefined;
  readonly to: Uint8Array | undefined;
}

interface Sample {
  readonly key: Uint8Array;
  /** Bytes from the sample before on. */
  readonly bytes: number;
}

/** What one thread reads at a time, of the files: bytes. */
const spanBytes = 1 << 20;
const sampledBytes = 256 << 10;

/**
 * Cuts what a view holds from `from` on and before `to` into spans of about the same bytes, in key
 * order, by the indexes of its tables and the blocks of its runs. @throws CorruptionError
 */
export async function keySpans(
  view: ColumnFamilyView,
  { from, to }: Pick<ScanOptions, 'from' | 'to'>,
): Promise<KeySpan[]> {
  const { compare } = comparatorOf(view.family.comparator) ?? bytewise;
  const samples = [...runSamples(view), ...(await tableSamples(view))]
    .filter(({ key }) => inside(key, from, to, compare))
    .sort((a, b) => compare(a.key, b.key));
  const spans: KeySpan[] = [];
  let start = from;
  let bytes = 0;
  for (const sample of samples) {
    bytes += sample.bytes;
    if (bytes < spanBytes || (start && compare(start, sample.key) === 0)) continue;
    spans.push({ from: start, to: sample.key });
    start = sample.key;
    bytes = 0;
  }
  return [...spans, { from: start, to }];
}

function inside(
  key: Uint8Array,
  from: Uint8Array | undefined,
  to: Uint8Array | undefined,
  compare: Comparator['compare'],
): boolean {
  return (!from || compare(from, key) < 0) && (!to || compare(key, to) < 0);
}

function runSamples({ memtable }: ColumnFamilyView): Sample[] {
  const samples: Sample[] = [];
  for (const run of memtable.runs) {
    const step = Math.max(1, Math.floor((run.blocks * sampledBytes) / run.size));
    for (let block = step; block < run.blocks; block += step) {
      samples.push({ key: run.firstKey(block), bytes: sampledBytes });
    }
  }
  return samples;
}

async function tableSamples({ levels }: ColumnFamilyView): Promise<Sample[]> {
  const samples: Sample[] = [];
  for (const { table, meta } of levels.flat()) {
    const contents = await table.contents().catch(() => undefined); // the scan will say what is wrong
    await nextTurn(); // reading an index takes some ms, and may not have to wait for the file
    if (!contents) continue;
    const { index } = contents;
    const step = Math.max(1, Math.floor((index.length * sampledBytes) / meta.size));
    for (let block = step; block < index.length; block += step) {
      samples.push({ key: index.separator(block - 1), bytes: sampledBytes });
    }
  }
  return samples;
}
