import { contextModifier, noChecksum } from '../bytes/checksum';
import { CodingError } from '../bytes/coding';
import { unsupportedCompression, type Decompressor } from '../bytes/compression';
import { CorruptionError, UnsupportedFormatError } from '../errors';
import { trailerLength } from '../internalKey';
import { ChecksumMismatchError, UnknownChecksumError } from '../kernel/blockErrors';
import type { DecodedBlock, Kernel } from '../kernel/kernel';
import { Block, UnknownLayoutError, blockTrailerSize, type BlockHandle } from './block';
import { UnknownFormatVersionError, type Footer } from './footer';
import { setSequence } from './ingestedTable';
import { ReadAhead, type ScanMemory } from './readAhead';
import { joinValues } from './separateValues';

/** What every table of a database shares. */
export interface TableEnvironment {
  readonly kernel: Kernel;
  readonly decompressor: Decompressor;
  /** Bytes that are read at once where blocks are read one after the other. */
  readonly readAhead: number;
}

/** What a table's bytes come from. Threads that only scan read without waiting, others wait. */
export interface TableFile {
  readonly path: string;
  /** Exactly `length` bytes, perhaps in `memory`. @throws CorruptionError when the file ends before that, FileGoneError */
  readExactly(
    offset: number,
    length: number,
    memory?: Uint8Array,
  ): Uint8Array | Promise<Uint8Array>;
}

/** What sets a table's data blocks apart from the usual. */
export interface DataBlockCoding {
  /** What they were compressed with. */
  readonly dictionary: Uint8Array | undefined;
  /** Their values may stand apart from their keys. */
  readonly separateValues: boolean;
  /** What all their entries have instead of their own sequence. */
  readonly sequence: number | undefined;
}

const usual: DataBlockCoding = {
  dictionary: undefined,
  separateValues: false,
  sequence: undefined,
};

/** Bytes of a file, from `offset` on. */
export interface FilePart {
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** Reads a table's blocks: bytes from the file, checked and uncompressed. */
export class BlockReader {
  private readonly ahead = new ReadAhead();
  private readonly decompressor: Decompressor;

  constructor(
    readonly file: TableFile,
    /** Bytes of the table. */
    private readonly size: number,
    private readonly footer: Footer,
    private readonly environment: TableEnvironment,
    /** What was read of it already. */
    read?: FilePart,
    private readonly coding = usual,
  ) {
    if (read) this.ahead.keep(this, read.offset, read.bytes);
    const { dictionary } = coding;
    this.decompressor = environment.decompressor.with({
      formatVersion: footer.formatVersion,
      dictionary,
    });
  }

  /** The same for a table whose data blocks are so. */
  with(coding: DataBlockCoding): BlockReader {
    return new BlockReader(this.file, this.size, this.footer, this.environment, undefined, coding);
  }

  /**
   * A block's contents, decoded by `decode`. Where the checksum is wrong, it may be right for what `mend`
   * makes of the payload.
   * @throws CorruptionError, UnsupportedFormatError
   */
  async read<T>(
    handle: BlockHandle,
    decode: (contents: Uint8Array) => T,
    mend?: (payload: Uint8Array) => Uint8Array | undefined,
  ): Promise<T> {
    const bytes = await this.bytes(handle);
    this.guard(handle, () => {
      if (!this.isRight(handle, bytes) && !(mend && this.isRightMended(handle, bytes, mend))) {
        throw new ChecksumMismatchError();
      }
    });
    const contents = this.uncompressed(handle, bytes);
    return this.guard(handle, () => decode(contents));
  }

  /**
   * How a block begins in the file, not checked and not uncompressed, and its type byte (compression).
   * @throws CorruptionError
   */
  async start({ offset, size }: BlockHandle, length: number): Promise<[Uint8Array, number]> {
    const [type = 0] = await this.bytes({ offset: offset + size, size: 0 });
    return [await this.file.readExactly(offset, Math.min(length, size)), type];
  }

  /**
   * A data block, perhaps in `memory`; a promise only where something must be waited for.
   * @throws CorruptionError, UnsupportedFormatError
   */
  dataBlock(handle: BlockHandle, memory?: ScanMemory): Block | Promise<Block> {
    const bytes = this.bytes(handle, memory?.ahead);
    if (bytes instanceof Promise)
      return bytes.then((read) => this.decodeData(handle, read, memory));
    return this.decodeData(handle, bytes, memory);
  }

  /**
   * Data blocks that lie one behind the other as one, in `memory`; undefined where they must be read one
   * by one. A promise only where something must be waited for. `end`: what comes before it in the file
   * will be wanted, too.
   */
  dataBlocks(
    handles: readonly BlockHandle[],
    end: number,
    memory: ScanMemory,
  ): Block | undefined | Promise<Block | undefined> {
    const [first] = handles;
    const last = handles.at(-1);
    if (!first || !last || !this.isPlain || !this.isUsual) return undefined;
    const { offset } = first;
    const decode = (bytes: Uint8Array) => {
      const decoded = this.environment.kernel.readDataBlocks(
        {
          bytes,
          ends: handles.map((handle) => handle.offset + handle.size - offset),
          checksumKind: this.footer.checksumKind,
          contextBase: this.footer.contextBase,
          offset,
        },
        memory,
      );
      return decoded && new Block(decoded);
    };
    const bytes = this.bytes({ offset, size: last.offset + last.size - offset }, memory.ahead, end);
    return bytes instanceof Promise ? bytes.then(decode) : decode(bytes);
  }

  /** Whether blocks are coded as by default: nothing precedes their text, sizes are varints. */
  get isPlain(): boolean {
    return this.decompressor.plain;
  }

  private get isUsual(): boolean {
    return !this.coding.separateValues && this.coding.sequence === undefined;
  }

  /** Lets go of what was read ahead. */
  rest(): void {
    this.ahead.clear();
  }

  private decodeData(
    handle: BlockHandle,
    bytes: Uint8Array,
    memory: ScanMemory | undefined,
  ): Block {
    const { kernel } = this.environment;
    const { separateValues, sequence } = this.coding;
    const made = (decoded: DecodedBlock) => {
      if (sequence !== undefined) setSequence(decoded, sequence);
      return new Block(decoded);
    };
    if (separateValues || !this.isPlain) {
      this.guard(handle, () => {
        if (!this.isRight(handle, bytes)) throw new ChecksumMismatchError();
      });
    } else {
      const { checksumKind } = this.footer;
      const decoded = this.guard(handle, () =>
        kernel.readDataBlock(bytes, checksumKind, this.modifier(handle), memory),
      );
      if (decoded) return made(decoded);
    }
    const contents = this.uncompressed(handle, bytes);
    return this.guard(handle, () => {
      const entries = separateValues ? joinValues(contents) : contents;
      return made(kernel.decodeBlock(entries, trailerLength));
    });
  }

  private modifier({ offset }: BlockHandle): number {
    return contextModifier(this.footer.contextBase, offset);
  }

  private isRight(handle: BlockHandle, bytes: Uint8Array): boolean {
    const { checksumKind } = this.footer;
    const { size } = handle;
    const { kernel } = this.environment;
    const payload = bytes.subarray(0, size + 1);
    // Without checksums zero is stored, which tells of a footer whose kind of checksum was damaged.
    const computed = checksumKind === noChecksum ? 0 : kernel.blockChecksum(checksumKind, payload);
    if (computed === undefined) throw new UnknownChecksumError(checksumKind);
    const stored = new DataView(bytes.buffer, bytes.byteOffset).getUint32(size + 1, true);
    return (computed + this.modifier(handle)) >>> 0 === stored;
  }

  private isRightMended(
    handle: BlockHandle,
    bytes: Uint8Array,
    mend: (payload: Uint8Array) => Uint8Array | undefined,
  ): boolean {
    const payload = mend(bytes.subarray(0, handle.size));
    if (!payload) return false;
    const mended = bytes.slice();
    mended.set(payload);
    return this.isRight(handle, mended);
  }

  private uncompressed(handle: BlockHandle, bytes: Uint8Array): Uint8Array {
    const { size, offset } = handle;
    const type = bytes[size] ?? 0;
    const feature = unsupportedCompression(type);
    if (feature !== undefined)
      throw new UnsupportedFormatError(this.file.path, feature, { offset });
    const payload = bytes.subarray(0, size);
    return this.guard(handle, () => this.decompressor.decompress(type, payload));
  }

  /** A block and its trailer, read ahead where blocks are read one after the other. */
  private bytes(
    { offset, size }: BlockHandle,
    ahead = this.ahead,
    end?: number,
  ): Uint8Array | Promise<Uint8Array> {
    const { file } = this;
    const length = size + blockTrailerSize;
    if (offset + length > this.size) {
      throw new CorruptionError(file.path, 'block past the end of the file', { offset });
    }
    const known = ahead.find(this, offset, length);
    if (known) return known;
    const { readAhead } = this.environment;
    const more = end === undefined ? ahead.amountAt(this, offset, readAhead) : readAhead;
    const wanted = Math.max(length, Math.min(more, (end ?? this.size) - offset));
    const keep = (read: Uint8Array) => {
      ahead.keep(this, offset, read);
      return read.subarray(0, length);
    };
    const bytes = file.readExactly(offset, wanted, ahead.memory(wanted));
    return bytes instanceof Promise ? bytes.then(keep) : keep(bytes);
  }

  private guard<T>({ offset }: BlockHandle, decode: () => T): T {
    return guard(this.file.path, offset, decode);
  }
}

/** Runs a decoder and gives its errors the table's file and `offset`. */
export function guard<T>(file: string, offset: number, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    throw described(file, offset, error);
  }
}

function described(file: string, offset: number, cause: unknown): unknown {
  if (cause instanceof CodingError || cause instanceof ChecksumMismatchError) {
    return new CorruptionError(file, cause.message, { offset, cause });
  }
  if (
    cause instanceof UnknownLayoutError ||
    cause instanceof UnknownFormatVersionError ||
    cause instanceof UnknownChecksumError
  ) {
    return new UnsupportedFormatError(file, cause.message, { offset, cause });
  }
  return cause;
}
