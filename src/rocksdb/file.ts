import fs, { constants, type Stats } from 'node:fs';
import { promisify } from 'node:util';
import { answerNow, answerOf } from './directCalls';
import { AccessError, CorruptionError, FileGoneError, RocksDBError } from './errors';

/** What the operating system says of a file that was removed; Windows calls one being deleted busy. */
const goneCodes = new Set(['ENOENT', 'ENOTDIR', 'ESTALE']);
const accessCodes = new Set(['EACCES', 'EPERM', 'EBUSY', 'EMFILE', 'ENFILE', 'ENOMEM', 'ELOOP']);
const windowsGoneCodes = new Set(['EPERM', 'EBUSY']);

/** For reading only. A pipe in a file's place must not make us wait for who writes into it. */
const readOnly = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);

const patient = {
  open: promisify(fs.open),
  close: promisify(fs.close),
  fstat: promisify(fs.fstat),
  stat: promisify(fs.stat),
  read: promisify(fs.read),
  readdir: promisify(fs.readdir),
};

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

export interface FileState {
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
  /** Users of the descriptor, which stays open for them. */
  private users = 0;
  private reopening: Promise<number> | undefined;
  private closed = false;

  private constructor(
    readonly path: string,
    private descriptor: number | undefined,
    /** What it was when it was opened. */
    readonly opened: FileState,
  ) {}

  /** @throws FileGoneError, AccessError, CorruptionError when it is no file */
  static async open(file: string): Promise<ReadableFile> {
    const { descriptor, state } = await openFile(file);
    return new ReadableFile(file, descriptor, state);
  }

  /** Size, identity and time of the last write, asked of the descriptor. */
  stat(): Promise<FileState> {
    return this.use(async (descriptor) => stateFrom(await stateOf(descriptor)));
  }

  /** `length` bytes from `offset`, fewer where the file ends. */
  async read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = newBytes(length);
    return bytes.subarray(0, await this.readInto(bytes, offset));
  }

  /** Fills `target` from `offset` on; gives how many bytes there were, fewer where the file ends. */
  readInto(target: Uint8Array, offset: number): Promise<number> {
    return this.use((descriptor) => fill(descriptor, target, offset));
  }

  /**
   * Exactly `length` bytes from `offset`, perhaps in `memory`, which has room for them; a promise where one
   * must wait for them.
   * @throws CorruptionError when the file ends before that, FileGoneError
   */
  readExactly(
    offset: number,
    length: number,
    memory?: Uint8Array,
  ): Uint8Array | Promise<Uint8Array> {
    const { descriptor } = this;
    const bytes = memory?.subarray(0, length) ?? newBytes(length);
    const checked = (filled: number) => {
      if (filled === length) return bytes;
      throw new CorruptionError(this.path, `ends before ${length} bytes`, { offset });
    };
    try {
      // Only now it is known to be open.
      const now =
        descriptor !== undefined && answerNow(() => fillNow(descriptor, bytes, offset), length);
      return now ? checked(now.answer) : this.readInto(bytes, offset).then(checked);
    } catch (error) {
      throw fileError(this.path, error);
    }
  }

  /** Keeps the descriptor open for other threads of this process until `release` is called. */
  async hold(): Promise<{ readonly descriptor: number; readonly release: () => void }> {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const descriptor = await new Promise<number>((resolve, reject) => {
      this.use((opened) => {
        resolve(opened);
        return released;
      }).catch(reject);
    });
    return { descriptor, release };
  }

  /**
   * Closes the descriptor until the next read, which throws FileGoneError when the file is gone by
   * then: a descriptor would keep a deleted file's space, and on Windows its folder.
   */
  async rest(): Promise<void> {
    const { descriptor } = this;
    if (descriptor === undefined || this.users > 0) return;
    this.descriptor = undefined;
    await close(descriptor);
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.rest();
  }

  private async use<T>(use: (descriptor: number) => T | Promise<T>): Promise<T> {
    this.users++;
    try {
      return await use(this.descriptor ?? (await this.reopen()));
    } catch (error) {
      throw fileError(this.path, error);
    } finally {
      this.users--;
      if (this.closed) await this.rest();
    }
  }

  private reopen(): Promise<number> {
    this.reopening ??= openFile(this.path)
      .then(async ({ descriptor, state }) => {
        if (!isSameFile(state.identity, this.opened.identity)) {
          await close(descriptor);
          throw new FileGoneError(this.path, 'replaced by another file');
        }
        return (this.descriptor = descriptor);
      })
      .finally(() => {
        this.reopening = undefined;
      });
    return this.reopening;
  }
}

function stateFrom({ size, dev, ino, birthtimeMs, ctimeMs, mtimeMs }: Stats): FileState {
  const identity = { place: `${dev}:${ino}`, bornMs: birthtimeMs, changedMs: ctimeMs };
  return { size, identity, modifiedMs: mtimeMs };
}

async function openFile(file: string): Promise<{ descriptor: number; state: FileState }> {
  let descriptor: number | undefined;
  try {
    descriptor = await answerOf(
      () => fs.openSync(file, readOnly),
      () => patient.open(file, readOnly),
    );
    const stats = await stateOf(descriptor);
    if (!stats.isFile()) throw new CorruptionError(file, 'is no file');
    return { descriptor, state: stateFrom(stats) };
  } catch (error) {
    if (descriptor !== undefined) await close(descriptor);
    throw fileError(file, error);
  }
}

function stateOf(descriptor: number): Stats | Promise<Stats> {
  return answerOf(
    () => fs.fstatSync(descriptor),
    () => patient.fstat(descriptor),
  );
}

function close(descriptor: number): void | Promise<void> {
  return answerOf(
    () => fs.closeSync(descriptor),
    () => patient.close(descriptor),
  );
}

/** `length` bytes from `offset`, fewer where the file ends. */
function fill(descriptor: number, target: Uint8Array, offset: number): number | Promise<number> {
  return answerOf(
    () => fillNow(descriptor, target, offset),
    () => fillWaiting(descriptor, target, offset),
    target.length,
  );
}

/** Bytes that are about to be written, not filled with zeros first. */
function newBytes(length: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length);
  return new Uint8Array(buffer, byteOffset, length);
}

function fillNow(descriptor: number, target: Uint8Array, offset: number): number {
  let filled = 0;
  while (filled < target.length) {
    const rest = target.length - filled;
    const bytesRead = fs.readSync(descriptor, target, filled, rest, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

async function fillWaiting(
  descriptor: number,
  target: Uint8Array,
  offset: number,
): Promise<number> {
  let filled = 0;
  while (filled < target.length) {
    const rest = target.length - filled;
    const { bytesRead } = await patient.read(descriptor, target, filled, rest, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
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
    const { size } = opened.opened;
    if (size > limit) throw new CorruptionError(file, `is larger than ${limit} bytes`);
    return opened.read(0, size);
  });
}

/** What a file is now, without opening it. @throws FileGoneError, AccessError */
export async function stateOfFile(file: string): Promise<FileState> {
  try {
    const stats = answerOf(
      () => fs.statSync(file),
      () => patient.stat(file),
    );
    return stateFrom(await stats);
  } catch (error) {
    throw fileError(file, error);
  }
}

/** The names in a directory. @throws FileGoneError, AccessError */
export async function listDirectory(directory: string): Promise<string[]> {
  try {
    return await answerOf(
      () => fs.readdirSync(directory),
      () => patient.readdir(directory),
    );
  } catch (error) {
    throw fileError(directory, error);
  }
}
