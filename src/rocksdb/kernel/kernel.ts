// The loops that every byte of a database goes through: checksums, decompression, decoding of blocks.

import { ScriptKernel } from './scriptKernel';
import { WasmKernel } from './wasmKernel';

/** A block's entries: its contents, with the values, and behind them the keys, each whole. */
export interface DecodedBlock {
  /** The contents, the keys from `contentsEnd` to `keysEnd`, and perhaps more. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly contentsEnd: number;
  readonly keysEnd: number;
  /** Four numbers an entry, positions in `bytes`: key start, key end, value start, value end. */
  readonly fields: Uint32Array<ArrayBuffer>;
  /** Number of entries. */
  readonly length: number;
  /**
   * Every entry is a value (type 1), and no two neighbours have the same user key: within the block
   * nothing is hidden or hides something. False for keys without a trailer.
   */
  readonly plain: boolean;
}

/**
 * Memory that one decoded block after the other may take: whoever gives it is done with the block before.
 * Saves a scan most of its garbage.
 */
export class BlockMemory {
  bytes = new Uint8Array(0);
  fields = new Uint32Array(0);

  /** Makes room for so many bytes, and fields. */
  reserve(bytes: number, fields: number): void {
    if (bytes > this.bytes.length) this.bytes = new Uint8Array(bytes * 2);
    if (fields > this.fields.length) this.fields = new Uint32Array(fields * 2);
  }
}

/** One for each thread. No call keeps or changes what it is given. */
export interface Kernel {
  /** CRC32C, not masked. */
  crc32c(bytes: Uint8Array): number;

  /**
   * For the CRC32C of many pieces of `bytes`, from `start` up to `end`. They are copied once, so they
   * must not change while pieces are asked for.
   */
  crc32cWithin(bytes: Uint8Array): (start: number, end: number) => number;

  /**
   * What a block of `bytes` (payload and type byte) stores as its checksum, before the context of
   * format version 6 is added; undefined for a kind that is not known, and for kind 0, none.
   */
  blockChecksum(kind: number, bytes: Uint8Array): number | undefined;

  /** Whether `bytes` contain all of `needle`, side by side. An empty one is everywhere. */
  includes(bytes: Uint8Array, needle: Uint8Array): boolean;

  /** Undoes a raw LZ4 block into exactly `size` bytes. @throws CodingError on anything else */
  lz4(payload: Uint8Array, size: number): Uint8Array<ArrayBuffer>;

  /** Undoes raw snappy; the result is at most `limit` bytes. @throws CodingError */
  snappy(payload: Uint8Array, limit: number): Uint8Array<ArrayBuffer>;

  /**
   * Decodes a whole block of ordinary entries whose keys have at least `shortest` bytes, perhaps in
   * `memory`.
   * @throws CodingError, UnknownLayoutError
   */
  decodeBlock(contents: Uint8Array, shortest: number, memory?: BlockMemory): DecodedBlock;

  /**
   * Checks and decodes a data block as it is in a table of format version 2 or newer: payload, type
   * byte, checksum of `kind` with `modifier` added (`contextModifier`). undefined when its compression
   * is none of those undone here: none, snappy, LZ4 and, in WebAssembly, zstd. Its checksum is right, then. The block may be in `memory`.
   * @throws ChecksumMismatchError, UnknownChecksumError, UnknownLayoutError, CodingError
   */
  readDataBlock(
    bytes: Uint8Array,
    kind: number,
    modifier: number,
    memory?: BlockMemory,
  ): DecodedBlock | undefined;

  /**
   * Data blocks of a table that lie one behind the other in `bytes`, each with its trailer, as one, in
   * `memory`. undefined where they must be read one by one: that is so for what is damaged or of another
   * compression.
   */
  readDataBlocks(blocks: BlocksInTable, memory: BlockMemory): DecodedBlock | undefined;
}

/** Blocks that lie one behind the other, and what their checksums are made with. */
export interface BlocksInTable {
  readonly bytes: Uint8Array;
  /** Where each block's payload ends in `bytes`. */
  readonly ends: readonly number[];
  readonly checksumKind: number;
  /** As the footer has it; 0 before format version 6. */
  readonly contextBase: number;
  /** Of the first block in its file. */
  readonly offset: number;
}

/**
 * The fastest kernel that can be made here, at once: the one in WebAssembly, or the one in TypeScript
 * where a processor, a version or a policy does not allow that.
 */
export function createKernel(): Kernel {
  const script = new ScriptKernel();
  try {
    return new WasmKernel(script);
  } catch {
    return script;
  }
}
