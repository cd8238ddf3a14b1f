import { ReadableFile } from '../file';
import type { EntryBatch } from '../read/batch';
import type { Scans } from '../read/scans';
import type { ColumnFamilyView, ScanOptions } from '../read/view';
import { keySpans } from './keySpans';
import type { Work } from './messages';
import type { ScanThreads } from './scanThreads';
import { shareView, type SharedTable, type SharedView } from './sharedView';

/** Up to so many spans are read sooner than threads start. */
const fewSpans = 4;

/** Scans in threads, each reading parts of the keys; what is little, `here`. */
export class ScansInThreads implements Scans {
  constructor(
    private readonly threads: ScanThreads,
    private readonly here: Scans,
  ) {}

  async *batches(view: ColumnFamilyView, options: ScanOptions): AsyncGenerator<EntryBatch> {
    const spans = await keySpans(view, options);
    if (spans.length <= fewSpans) yield* this.here.batches(view, options);
    else yield* this.found(view, { kind: 'scan', spans }, options);
  }

  async *search(
    view: ColumnFamilyView,
    needle: Uint8Array,
    options: ScanOptions,
  ): AsyncGenerator<EntryBatch> {
    const spans = await keySpans(view, options);
    if (spans.length <= fewSpans) yield* this.here.search(view, needle, options);
    else yield* this.found(view, { kind: 'search', needle, spans }, options);
  }

  async count(view: ColumnFamilyView, options: ScanOptions): Promise<number> {
    const spans = await keySpans(view, options);
    if (spans.length <= fewSpans) return this.here.count(view, options);
    const { shared, release } = await share(view);
    try {
      return await this.threads.count(shared, { kind: 'count', spans }, options);
    } finally {
      release();
    }
  }

  private async *found(
    view: ColumnFamilyView,
    work: Work,
    options: ScanOptions,
  ): AsyncGenerator<EntryBatch> {
    const { shared, release } = await share(view);
    try {
      yield* this.threads.batches(shared, work, options);
    } finally {
      release();
    }
  }
}

/** A view for threads, whose files are open until `release` is called. */
export async function share(
  view: ColumnFamilyView,
): Promise<{ shared: SharedView; release: () => void }> {
  const held: (() => void)[] = [];
  const release = () => {
    for (const one of held) one();
  };
  try {
    const tables: SharedTable[] = [];
    for (const { meta, table } of view.levels.flat()) {
      const { file } = table;
      if (!(file instanceof ReadableFile)) continue;
      const { descriptor, release: letGo } = await file.hold();
      held.push(letGo);
      const { number } = meta;
      tables.push({ number, path: file.path, descriptor, index: table.sharedIndex() });
    }
    return { shared: await shareView(view, tables), release };
  } catch (error) {
    release();
    throw error;
  }
}
