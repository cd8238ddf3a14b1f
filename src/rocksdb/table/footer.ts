// The last 53 bytes of a table (table/format.cc):
//
//   checksum kind (1) | part 2 (40) | fixed32 format version | fixed64 magic 0x88e241b785f4cff7
//
//   versions 1–5  part 2 = handle of the metaindex, handle of the index, zeros
//   versions 6–7  part 2 = 3e 00 7a 00 | fixed32 footer checksum | fixed32 base of the context
//                          checksums | fixed32 metaindex size | 24 bytes, the last 8 zero
//
// From version 6 on the metaindex ends right before the footer and names the index block. Version 0, of
// LevelDB, has 48 bytes, and CRC32C for its checksums:
//
//   part 2 (40) | fixed64 magic 0xdb4775248b80fb57

import { contextModifier, noChecksum } from '../bytes/checksum';
import type { Kernel } from '../kernel/kernel';
import { CodingError, Cursor } from '../bytes/coding';
import { blockTrailerSize, readHandle, type BlockHandle } from './block';

export const footerSize = 53;
const legacyFooterSize = 48;
const magic = 0x88e2_41b7_85f4_cff7n;
const legacyMagic = 0xdb47_7524_8b80_fb57n;
/** Tables that are not made of blocks (table/plain/plain_table_builder.cc, table/cuckoo/cuckoo_table_builder.cc). */
const otherTables = new Map([
  [0x8242_2296_63bf_9564n, 'plain table'],
  [0x4f34_18eb_7a8f_13b8n, 'plain table'],
  [0x9267_89d0_c5f1_7873n, 'cuckoo table'],
]);
const newestVersion = 7;
const extendedMagic = 0x007a_003e;
const crc32c = 1;

export interface Footer {
  readonly checksumKind: number;
  readonly formatVersion: number;
  readonly metaindex: BlockHandle;
  /** undefined from version 6 on: the metaindex has it. */
  readonly index: BlockHandle | undefined;
  /** 0 before version 6. */
  readonly contextBase: number;
}

/** A format version or kind of table that is not read; the message names it. */
export class UnknownFormatVersionError extends Error {}

/**
 * Decodes the footer of a table of `fileSize` bytes.
 * @throws CodingError, UnknownFormatVersionError
 */
export function decodeFooter(bytes: Uint8Array, fileSize: number, kernel: Kernel): Footer {
  const tail = new Cursor(bytes, footerSize - 12);
  const formatVersion = tail.fixed32();
  const found = tail.fixed64();
  if (found === legacyMagic) {
    const cursor = new Cursor(bytes, footerSize - legacyFooterSize);
    const metaindex = readHandle(cursor);
    const index = readHandle(cursor);
    return { checksumKind: crc32c, formatVersion: 0, metaindex, index, contextBase: 0 };
  }
  if (found !== magic) {
    const other = otherTables.get(found);
    if (other !== undefined) throw new UnknownFormatVersionError(other);
    throw new CodingError('no table: wrong magic number', footerSize - 8);
  }
  if (formatVersion < 1 || formatVersion > newestVersion) {
    throw new UnknownFormatVersionError(`format version ${formatVersion}`);
  }
  const cursor = new Cursor(bytes);
  const checksumKind = cursor.byte();
  if (formatVersion < 6) {
    const metaindex = readHandle(cursor);
    const index = readHandle(cursor);
    return { checksumKind, formatVersion, metaindex, index, contextBase: 0 };
  }
  if (cursor.fixed32() !== extendedMagic) throw new CodingError('wrong extended magic number', 1);
  const stored = cursor.fixed32();
  const contextBase = cursor.fixed32();
  const size = cursor.fixed32();
  const blank = Uint8Array.from(bytes);
  blank.fill(0, 5, 9); // its own checksum counts as zero
  // Without checksums it is zero: a damaged kind must not take the blocks' checksums away unnoticed.
  const computed = checksumKind === noChecksum ? 0 : kernel.blockChecksum(checksumKind, blank);
  if (computed === undefined) throw new UnknownFormatVersionError(`checksum kind ${checksumKind}`);
  if ((computed + contextModifier(contextBase, fileSize - footerSize)) >>> 0 !== stored) {
    throw new CodingError('footer checksum mismatch', 5);
  }
  const offset = fileSize - footerSize - blockTrailerSize - size;
  if (offset < 0) throw new CodingError('metaindex larger than the file', 13);
  return {
    checksumKind,
    formatVersion,
    metaindex: { offset, size },
    index: undefined,
    contextBase,
  };
}
