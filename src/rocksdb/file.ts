import { constants, type Stats } from 'node:fs';
import { open, readdir, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { AccessError, CorruptionError, FileGoneError, RocksDBError } from './errors';

/** What the operating system says of a file that was removed; Windows calls one being deleted busy. */
const goneCodes = new Set(['ENOENT', 'ENOTDIR', 'ESTALE']);
const accessCodes = new Set(['EACCES', 'EPERM', 'EBUSY', 'EMFILE', 'ENFILE', 'ENOMEM', 'ELOOP']);
const windowsGoneCodes = new Set(['EPERM', 'EBUSY']);

/** For reading only. A pipe in a file's place must not make us wait for who writes into it. */
const readOnly = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

/** Turns an error of node:fs into one of this layer's. */
export function fileError(file: string, cause: unknown): RocksDBError {
  if (cause instanceof RocksDBError) return cause;
  const code = (cause as NodeJS.ErrnoException | undefined)?.code ?? 'unknown';
  if (goneCodes.has(code)) return new FileGoneError(file, 'gone', { cause });
  if (process.platform === 'win32' && windowsGoneCodes.has(code)) {
    return new FileGoneError(file, `being deleted (${code})`, { cause });
  }
  if (accessCodes.has(code)) return new AccessError(file, code, { cause });
  return new CorruptionError(file, `cannot be read (${code})`, { cause });
}

/** Which file it is, whatever its name; times in ms since epoch. */
export interface FileIdentity {
  /** Device and inode. */
  readonly place: string;
  readonly bornMs: number;
  readonly changedMs: number;
}

/** Whether two identities, taken at different times under one name, are of one and the same file. */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  if (a.place !== b.place) return false;
  // Inode numbers are used again at once: the time of birth tells files apart. Where the system does not
  // know it, it says the time of the last change instead; the same of a file not changed since its birth.
  const known = a.bornMs !== a.changedMs || b.bornMs !== b.changedMs;
  return !known || a.bornMs === b.bornMs;
}

interface FileState {
  /** Bytes. */
  readonly size: number;
  readonly identity: FileIdentity;
  /** Time of the last write, ms since epoch. */
  readonly modifiedMs: number;
}

/**
 * A file of a database, open for reading only. This is the layer's one place that opens files: never
 * LOCK, never for writing, and nothing is ever created.
 */
export class ReadableFile {
  /** Reads that run; the descriptor stays open for them. */
  private reading = 0;
  private reopening: Promise<FileHandle> | undefined;
  private closed = false;

  private constructor(
    readonly path: string,
    private handle: FileHandle | undefined,
    private readonly identity: FileIdentity,
  ) {}

  /** @throws FileGoneError, AccessError, CorruptionError when it is no file */
  static async open(file: string): Promise<ReadableFile> {
    const { handle, identity } = await openFile(file);
    return new ReadableFile(file, handle, identity);
  }

  /** Size, identity and time of the last write, asked of the descriptor. */
  stat(): Promise<FileState> {
    return this.use(stateOf);
  }

  /** `length` bytes from `offset`, fewer where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array> {
    return this.use(async (handle) => {
      const buffer = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const rest = length - filled;
        const { bytesRead } = await handle.read(buffer, filled, rest, offset + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled === length ? buffer : buffer.subarray(0, filled);
    });
  }

  /** Exactly `length` bytes from `offset`. @throws CorruptionError when the file ends before that. */
  async readExactly(offset: number, length: number): Promise<Uint8Array> {
    const bytes = await this.read(offset, length);
    if (bytes.length < length) {
      throw new CorruptionError(this.path, `ends before ${length} bytes`, { offset });
    }
    return bytes;
  }

  /**
   * Closes the descriptor until the next read, which throws FileGoneError when the file is gone by
   * then: a descriptor would keep a deleted file's space, and on Windows its folder.
   */
  async rest(): Promise<void> {
    const { handle } = this;
    if (!handle || this.reading > 0) return;
    this.handle = undefined;
    await handle.close();
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.rest();
  }

  private async use<T>(use: (handle: FileHandle) => Promise<T>): Promise<T> {
    this.reading++;
    try {
      return await use(this.handle ?? (await this.reopen()));
    } catch (error) {
      throw fileError(this.path, error);
    } finally {
      this.reading--;
      if (this.closed) await this.rest();
    }
  }

  private reopen(): Promise<FileHandle> {
    this.reopening ??= openFile(this.path)
      .then(async ({ handle, identity }) => {
        if (!isSameFile(identity, this.identity)) {
          await handle.close();
          throw new FileGoneError(this.path, 'replaced by another file');
        }
        return (this.handle = handle);
      })
      .finally(() => {
        this.reopening = undefined;
      });
    return this.reopening;
  }
}

async function stateOf(handle: FileHandle): Promise<FileState> {
  return stateFrom(await handle.stat());
}

function stateFrom({ size, dev, ino, birthtimeMs, ctimeMs, mtimeMs }: Stats): FileState {
  const identity = { place: `${dev}:${ino}`, bornMs: birthtimeMs, changedMs: ctimeMs };
  return { size, identity, modifiedMs: mtimeMs };
}

async function openFile(file: string): Promise<{ handle: FileHandle; identity: FileIdentity }> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(file, readOnly);
    const stats = await handle.stat();
    if (!stats.isFile()) throw new CorruptionError(file, 'is no file');
    return { handle, identity: stateFrom(stats).identity };
  } catch (error) {
    await handle?.close();
    throw fileError(file, error);
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
