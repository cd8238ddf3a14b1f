// CURRENT holds the name of the MANIFEST in force and a newline; the MANIFEST is a log (logReader)
// whose records are version edits (versionEdit). RocksDB starts a new MANIFEST at every open,
// replaces CURRENT by a rename and deletes the old one (db/version_set.cc).

import path from 'node:path';
import type { Kernel } from '../kernel/kernel';
import { CodingError } from '../bytes/coding';
import {
  CorruptionError,
  FileGoneError,
  NotADatabaseError,
  UnsupportedFormatError,
} from '../errors';
import { isSameFile, readSmallFile, stateOfFile, withFile, type FileIdentity } from '../file';
import { parseFileName } from '../filenames';
import { LogReader } from '../log/logReader';
import { InconsistentEditError, VersionState } from './version';
import { decodeVersionEdit, UnknownEditError } from './versionEdit';

/**
 * The name of the MANIFEST in force. CURRENT is read once and closed at once: on Windows an open
 * descriptor would make the app's rename fail.
 * @throws NotADatabaseError without CURRENT, CorruptionError when it names no MANIFEST
 */
export async function readCurrent(directory: string): Promise<string> {
  const file = path.join(directory, 'CURRENT');
  for (let attempt = 0; ; attempt++) {
    let text: string;
    try {
      text = Buffer.from(await readSmallFile(file, 4096)).toString('latin1');
    } catch (error) {
      if (error instanceof FileGoneError) {
        throw new NotADatabaseError(directory, 'no CURRENT', { cause: error });
      }
      throw error;
    }
    const name = text.slice(0, -1);
    if (text.endsWith('\n') && parseFileName(name)?.kind === 'manifest') return name;
    // It may have been read while it was being written: once more, then it is damage.
    if (attempt === 1) {
      const reason = text.endsWith('\n') ? 'names no MANIFEST' : 'does not end with a newline';
      throw new CorruptionError(file, reason, { offset: 0 });
    }
  }
}

/** A MANIFEST that is read on from where it was left. */
export class Manifest {
  readonly state = new VersionState();
  readonly number: number;
  private readonly log: LogReader;
  private identity: FileIdentity | undefined;
  /** Bytes, when it was read last. */
  private size = 0;

  constructor(
    private readonly directory: string,
    readonly name: string,
    kernel: Kernel,
  ) {
    const file = parseFileName(name);
    this.number = file?.kind === 'manifest' ? file.number : 0;
    this.log = new LogReader(path.join(directory, name), this.number, kernel);
  }

  get file(): string {
    return path.join(this.directory, this.name);
  }

  /** Whether it is the file that `advance` read last, and has not grown since. @throws FileGoneError */
  async isUnchanged(): Promise<boolean> {
    const { size, identity } = await stateOfFile(this.file);
    return this.identity !== undefined && isSameFile(identity, this.identity) && size === this.size;
  }

  /**
   * Reads the edits that were added since the last call. Gives whether there were any, or
   * 'replaced' when a file of this name is another one now.
   * @throws FileGoneError, CorruptionError, UnsupportedFormatError
   */
  async advance(): Promise<boolean | 'replaced'> {
    return withFile(this.file, async (file) => {
      const { size, identity } = file.opened;
      this.identity ??= identity;
      if (!isSameFile(identity, this.identity) || size < this.log.offset) return 'replaced';
      this.size = size;
      let changed = false;
      for await (const batch of this.log.batches(size, (into, at) => file.readInto(into, at))) {
        for (const record of batch) {
          try {
            this.state.apply(decodeVersionEdit(record.payload));
          } catch (error) {
            throw this.undecodable(error, record.offset);
          }
        }
        changed = true;
      }
      // A torn end is an edit being written; RocksDB, too, opens with the edits before it.
      const { end } = this.log;
      if (end.kind === 'corrupt' && !end.pastEnd) {
        const { offset, reason } = end;
        throw new CorruptionError(this.file, reason, { offset });
      }
      const { missing } = this.state;
      if (missing !== undefined) throw new CorruptionError(this.file, missing, { offset: 0 });
      try {
        this.state.columnFamilies(); // they must fit together, too
      } catch (error) {
        throw this.undecodable(error, this.log.offset);
      }
      return changed;
    });
  }

  private undecodable(error: unknown, offset: number): unknown {
    if (error instanceof UnknownEditError) {
      return new UnsupportedFormatError(this.file, error.feature, { offset, cause: error });
    }
    if (error instanceof CodingError || error instanceof InconsistentEditError) {
      return new CorruptionError(this.file, error.message, { offset, cause: error });
    }
    return error;
  }
}
