import { setImmediate as nextTurn } from 'node:timers/promises';
import { clock } from '../clock';
import type { Kernel } from '../kernel/kernel';
import { BatchBuilder, type EntryBatch } from './batch';
import { EntryCounter } from './entryCounter';
import { EntrySearch } from './entrySearch';
import type { Merge, Sink } from './merge';
import type { ColumnFamilyView, ScanOptions } from './view';

/**
 * What reads many entries of a view, in key order.
 * @throws CorruptionError, UnsupportedFormatError where it comes to one, the signal's reason
 */
export interface Scans {
  /** All of them. */
  batches(view: ColumnFamilyView, options: ScanOptions): AsyncGenerator<EntryBatch>;
  /** Those whose key or value contains `needle`. */
  search(
    view: ColumnFamilyView,
    needle: Uint8Array,
    options: ScanOptions,
  ): AsyncGenerator<EntryBatch>;
  /** How many there are. */
  count(view: ColumnFamilyView, options: ScanOptions): Promise<number>;
}

/** The first batch is soon there, later ones are larger. */
const firstBatchBytes = 4 << 10;
const mostBatchBytes = 256 << 10;
/** How long a scan may hold its thread. */
const turnMs = 8;

/** Scans in this thread, which others get their turns of. */
export class ScansHere implements Scans {
  constructor(private readonly kernel: Kernel) {}

  batches(view: ColumnFamilyView, options: ScanOptions): AsyncGenerator<EntryBatch> {
    return gather(view, options, (builder) => builder);
  }

  search(
    view: ColumnFamilyView,
    needle: Uint8Array,
    options: ScanOptions,
  ): AsyncGenerator<EntryBatch> {
    return gather(view, options, (builder) => new EntrySearch(needle, builder, this.kernel));
  }

  async count(view: ColumnFamilyView, options: ScanOptions): Promise<number> {
    const counter = new EntryCounter();
    const turns = new Turns(view.merge(options), options.signal);
    while (await turns.fill(counter));
    return counter.count;
  }
}

async function* gather(
  view: ColumnFamilyView,
  options: ScanOptions,
  sinkOf: (builder: BatchBuilder) => Sink,
): AsyncGenerator<EntryBatch> {
  const turns = new Turns(view.merge(options), options.signal);
  let bytes = firstBatchBytes;
  for (let more = true; more; bytes = Math.min(bytes * 2, mostBatchBytes)) {
    const builder = new BatchBuilder(bytes); // in new memory: entries that were given one by one may be kept
    more = await turns.fill(sinkOf(builder));
    if (builder.length > 0) yield builder.build();
  }
}

/** A merge that lets others run now and then: reads from memory alone would keep timers waiting. */
class Turns {
  private began = clock();

  constructor(
    private readonly merge: Merge,
    private readonly signal: AbortSignal | undefined,
  ) {}

  async fill(sink: Sink): Promise<boolean> {
    this.signal?.throwIfAborted();
    if (clock() - this.began > turnMs) {
      await nextTurn();
      this.signal?.throwIfAborted();
      this.began = clock();
    }
    return this.merge.fill(sink);
  }
}
