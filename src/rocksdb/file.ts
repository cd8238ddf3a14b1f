import { open, readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AccessError, CorruptionError, FileGoneError, RocksDBError } from './errors';

/** What the operating system says of a file that was removed; Windows calls one being deleted busy. */
const goneCodes = new Set(['ENOENT', 'ENOTDIR', 'ESTALE']);
const accessCodes = new Set(['EACCES', 'EPERM', 'EBUSY']);

/** Turns an error of node:fs into one of this layer's. */
export function fileError(file: string, cause: unknown): RocksDBError {
  if (cause instanceof RocksDBError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown';
  if (goneCodes.has(code)) return new FileGoneError(file, 'gone', { cause });
  if (accessCodes.has(code)) {
    return process.platform === 'win32' && code !== 'EACCES'
      ? new FileGoneError(file, `being deleted (${code})`, { cause })
      : new AccessError(file, code, { cause });
  }
  return new CorruptionError(file, `cannot be read (${code})`, { cause });
}

/**
 * A file of a database, open for reading only. This is the layer's one place that opens files: flag
 * "r", never LOCK, and nothing is ever created.
 */
export class ReadableFile {
  private constructor(
    readonly path: string,
    private readonly handle: FileHandle,
  ) {}

  /** @throws FileGoneError, AccessError */
  static async open(file: string): Promise<ReadableFile> {
    try {
      return new ReadableFile(file, await open(file, 'r'));
    } catch (error) {
      throw fileError(file, error);
    }
  }

  /** Size in bytes, identity and time of the last write (ms since epoch), asked of the descriptor. */
  async stat(): Promise<{ size: number; identity: string; modifiedMs: number }> {
    const { size, dev, ino, birthtimeMs, mtimeMs } = await this.handle.stat();
    return { size, identity: `${dev}:${ino}:${birthtimeMs}`, modifiedMs: mtimeMs };
  }

  /** `length` bytes from `offset`, fewer where the file ends. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const buffer = new Uint8Array(length);
    let filled = 0;
    try {
      while (filled < length) {
        const { bytesRead } = await this.handle.read(
          buffer,
          filled,
          length - filled,
          offset + filled,
        );
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
    } catch (error) {
      throw fileError(this.path, error);
    }
    return filled === length ? buffer : buffer.subarray(0, filled);
  }

  /** Exactly `length` bytes from `offset`. @throws CorruptionError when the file ends before that. */
  async readExactly(offset: number, length: number): Promise<Uint8Array> {
    const bytes = await this.read(offset, length);
    if (bytes.length < length) {
      throw new CorruptionError(this.path, `ends before ${length} bytes`, { offset });
    }
    return bytes;
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/** Opens `file`, hands it to `use`, and closes it whatever happens. */
export async function withFile<T>(
  file: string,
  use: (file: ReadableFile) => Promise<T>,
): Promise<T> {
  const opened = await ReadableFile.open(file);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}

/** The whole of a small file, at most `limit` bytes. @throws CorruptionError when it is larger */
export async function readSmallFile(file: string, limit: number): Promise<Uint8Array> {
  return withFile(file, async (opened) => {
    const { size } = await opened.stat();
    if (size > limit) throw new CorruptionError(file, `is larger than ${limit} bytes`);
    return opened.read(0, size);
  });
}

/** The names in a directory. @throws FileGoneError, AccessError */
export async function listDirectory(directory: string): Promise<string[]> {
  try {
    return await readdir(path.resolve(directory));
  } catch (error) {
    throw fileError(directory, error);
  }
}
