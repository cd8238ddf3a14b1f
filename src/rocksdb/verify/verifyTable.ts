import { Cursor } from '../bytes/coding';
import { CorruptionError, RocksDBError, UnsupportedFormatError } from '../errors';
import type { ReadableFile } from '../file';
import type { SetTable } from '../inspect/fileSet';
import { comparatorOf, featureOfComparator } from '../manifest/comparator';
import { userKeyOf } from '../manifest/version';
import { placeOf } from '../table/table';
import { decodeBlock, readHandle, type Block, type BlockHandle } from '../table/block';
import { guard, type TableEnvironment } from '../table/blockReader';
import { decodeFooter, footerSize } from '../table/footer';
import { openIndexBlock } from '../table/indexBlock';
import { readTableContents, type TableContents } from '../table/tableContents';
import { EntryOrder } from './entryOrder';
import { finding, type Consequence, type MissingKeys } from './finding';
import type { Walk } from './walk';

/** What RocksDB does with a table whose end (footer, metaindex, properties, index) is damaged. */
export type TableOpening = Extract<Consequence, 'refuses' | 'failsOnRead'>;

/** Blocks that were read when the table was opened. */
const readAtOpening = new Set([
  'rocksdb.properties',
  'rocksdb.index',
  'rocksdb.range_del',
  'rocksdb.compression_dict',
]);
/** Blocks that RocksDB does without where it cannot read them. */
const filters = /^(?:full|partitioned)?filter\./;
const partitionedFilter = 'partitionedfilter.';

/**
 * Verifies every block of a table: checksums, the order of keys within and across blocks, the index, the
 * MANIFEST's bounds and sequences, and the counts in its properties.
 * @throws AccessError, FileGoneError, the signal's reason
 */
export async function verifyTable(
  table: SetTable,
  environment: TableEnvironment,
  opening: TableOpening,
  walk: Walk,
  bounded = true,
): Promise<void> {
  walk.counts.tables++;
  await new TableVerifier(table, environment, walk, bounded).run(opening);
}

class TableVerifier {
  private passed = 0;

  constructor(
    private readonly table: SetTable,
    private readonly environment: TableEnvironment,
    private readonly walk: Walk,
    /** The MANIFEST says what is in the table; else nothing is known but the file's size. */
    private readonly bounded: boolean,
  ) {}

  /** Tells what is wrong; all keys of the table may be missing unless it is said which. */
  private tell({
    error,
    consequence,
    missing,
  }: {
    error: RocksDBError | undefined;
    consequence: Consequence;
    missing?: readonly MissingKeys[];
  }): void {
    const { family, meta, path } = this.table;
    const unsupported = error instanceof UnsupportedFormatError;
    const all: MissingKeys = {
      columnFamily: family.name,
      first: userKeyOf(meta.smallest),
      afterFirst: false,
      last: userKeyOf(meta.largest),
    };
    this.found({
      kind: unsupported ? 'unsupported' : 'damage',
      file: path,
      offset: error?.offset,
      reason: error?.reason ?? 'missing',
      consequence: unsupported ? 'opens' : consequence,
      missing: unsupported || !this.bounded ? [] : (missing ?? [all]),
    });
  }

  async run(opening: TableOpening): Promise<void> {
    const { file, meta, path, error } = this.table;
    try {
      if (!file) {
        const consequence = error instanceof CorruptionError ? 'refuses' : 'lacksFile';
        this.tell({ error, consequence });
        return;
      }
      const { size } = await file.stat();
      if (size !== meta.size) {
        const reason = `${size} bytes instead of ${meta.size}`;
        const offset = Math.min(size, meta.size);
        this.tell({ error: new CorruptionError(path, reason, { offset }), consequence: 'refuses' });
        return;
      }
      await this.blocks(file, opening);
    } finally {
      this.walk.passed(meta.size - this.passed);
    }
  }

  private async blocks(file: ReadableFile, opening: TableOpening): Promise<void> {
    const { meta } = this.table;
    const place = placeOf(meta);
    try {
      const contents = await readTableContents(file, place, this.environment);
      await this.dataBlocks(contents);
      await this.otherBlocks(file, contents);
    } catch (error) {
      if (!(error instanceof RocksDBError)) throw error;
      this.tell({ error, consequence: opening });
    }
  }

  private found(facts: Parameters<typeof finding>[0]): void {
    this.walk.found(finding(facts));
  }

  /** Counts a block as read. */
  private pass({ size }: BlockHandle): void {
    this.walk.counts.blocks++;
    this.passed += size;
    this.walk.passed(size);
  }

  private async dataBlocks({
    reader,
    index,
    indexHandle,
    properties,
  }: TableContents): Promise<void> {
    const { path } = this.table;
    const ingested = (properties.fixed32('rocksdb.external_sst_file.version') ?? 0) > 0;
    const { family } = this.table;
    const name = this.bounded ? family.comparator : (properties.text('rocksdb.comparator') ?? '');
    const comparator = comparatorOf(name);
    if (!comparator) {
      const error = new UnsupportedFormatError(path, featureOfComparator(name));
      this.tell({ error, consequence: 'opens' });
    }
    const order = new EntryOrder(this.table, index, comparator, this.bounded, ingested);
    let whole = true;
    for (let position = 0; position < index.length; position++) {
      const handle = guard(path, indexHandle.offset, () => index.handle(position));
      let block: Block | undefined;
      try {
        block = await reader.dataBlock(handle);
      } catch (error) {
        if (!(error instanceof RocksDBError)) throw error;
        this.tell({ error, consequence: 'failsOnRead', missing: [order.missing(position)] });
        whole = false;
      }
      this.pass(handle);
      if (!block) continue;
      for (const reason of order.check(block, position)) {
        this.wrong(reason, handle.offset);
      }
    }
    this.walk.counts.entries += order.entries;
    if (!whole) return;
    const ranges = properties.number('rocksdb.num.range-deletions') ?? 0;
    const counts: [string, number][] = [
      ['rocksdb.num.entries', order.entries],
      ['rocksdb.deleted.keys', order.deletions],
    ];
    for (const [name, counted] of counts) {
      const told = properties.number(name);
      // Range deletions, in a block of their own, count since RocksDB 6.
      if (told !== undefined && told !== counted && told !== counted + ranges) {
        this.wrong(`${counted + ranges} in it, but its properties say ${name} ${told}`, undefined);
      }
    }
  }

  /** What RocksDB does not notice when it reads. */
  private wrong(reason: string, offset: number | undefined): void {
    const facts = { file: this.table.path, offset, reason, consequence: 'opensWithout' } as const;
    this.found({ kind: 'damage', ...facts });
  }

  /** The blocks that the metaindex names and opening does not read: filters above all. */
  private async otherBlocks(file: ReadableFile, contents: TableContents): Promise<void> {
    const { reader } = contents;
    const { meta } = this.table;
    const start = meta.size - footerSize;
    const footer = decodeFooter(
      await file.readExactly(start, footerSize),
      meta.size,
      this.environment.kernel,
    );
    const metaindex = await reader.read(footer.metaindex, decodeBlock);
    for (let i = 0; i < metaindex.length; i++) {
      const name = Buffer.from(metaindex.key(i)).toString('latin1');
      const handle = guard(file.path, footer.metaindex.offset, () =>
        readHandle(new Cursor(metaindex.value(i))),
      );
      if (handle.size === 0) continue; // a value, no block
      try {
        if (readAtOpening.has(name)) this.pass(handle);
        else if (name.startsWith(partitionedFilter)) await this.partitions(contents, handle);
        else await this.readOnly(reader, handle);
      } catch (error) {
        if (!(error instanceof RocksDBError)) throw error;
        const consequence = filters.test(name) ? 'opens' : 'refuses';
        this.tell({ error, consequence, missing: [] });
      }
    }
  }

  private async partitions({ reader, properties }: TableContents, top: BlockHandle): Promise<void> {
    const coding = {
      delta: properties.flag('rocksdb.index.value.is.delta.encoded'),
      userKeys: properties.flag('rocksdb.index.key.is.user.key'),
      hasFirstKey: false,
      blocks: undefined,
    };
    const index = await reader.read(top, (contents) => openIndexBlock(contents, coding));
    for (let i = 0; i < index.length; i++) {
      const handle = guard(reader.file.path, top.offset, () => index.handle(i));
      await this.readOnly(reader, handle);
    }
    this.pass(top);
  }

  private async readOnly(reader: TableContents['reader'], handle: BlockHandle): Promise<void> {
    await reader.read(handle, () => undefined);
    this.pass(handle);
  }
}
