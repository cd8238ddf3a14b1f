import type { ReadableFile } from '../file';
import type { TableEnvironment } from '../table/blockReader';
import { decodeFooter, footerSize } from '../table/footer';
import type { TablePlace } from '../table/table';
import { readTableContents } from '../table/tableContents';

/** What a table's properties and footer say of it. */
export interface TableFacts {
  readonly formatVersion: number;
  /** Of its blocks: `XXH3`. */
  readonly checksum: string;
  /** Operations, deletions and range deletions among them. */
  readonly entries: number;
  readonly deletions: number;
  readonly rangeDeletions: number;
  readonly dataBlocks: number;
  /** Bytes of all data blocks, and of all keys and values before compression. */
  readonly dataBytes: number;
  readonly rawBytes: number;
  readonly compression: string | undefined;
  /** Its name, as the library that wrote it calls it; undefined without one. */
  readonly filter: string | undefined;
  /** ms since epoch; undefined where the table does not say. */
  readonly createdMs: number | undefined;
}

/** By checksum kind. */
const checksumNames = ['none', 'CRC32C', 'XXH32', 'XXH64', 'XXH3'];

/**
 * Reads what a table says of itself.
 * @throws CorruptionError, UnsupportedFormatError
 */
export async function readTableFacts(
  file: ReadableFile,
  place: TablePlace,
  environment: TableEnvironment,
): Promise<TableFacts> {
  const { properties, index } = await readTableContents(file, place, environment);
  const { size } = place;
  const tail = await file.readExactly(size - footerSize, footerSize);
  const { formatVersion, checksumKind } = decodeFooter(tail, size, environment.kernel);
  const number = (name: string) => properties.number(`rocksdb.${name}`) ?? 0;
  const seconds = number('file.creation.time') || number('creation.time');
  return {
    formatVersion,
    checksum: checksumNames[checksumKind] ?? String(checksumKind),
    entries: number('num.entries'),
    deletions: number('deleted.keys'),
    rangeDeletions: number('num.range-deletions'),
    dataBlocks: number('num.data.blocks') || index.length,
    dataBytes: number('data.size'),
    rawBytes: number('raw.key.size') + number('raw.value.size'),
    compression: properties.text('rocksdb.compression'),
    filter: properties.text('rocksdb.filter.policy') || undefined,
    createdMs: seconds === 0 ? undefined : seconds * 1000,
  };
}
