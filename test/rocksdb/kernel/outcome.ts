import { CodingError } from '../../../src/rocksdb/bytes/coding';
import {
  ChecksumMismatchError,
  UnknownChecksumError,
  UnknownLayoutError,
} from '../../../src/rocksdb/kernel/blockErrors';

const known = [CodingError, ChecksumMismatchError, UnknownChecksumError, UnknownLayoutError];

/** What `read` gives, or the error that it is allowed to throw; any other is thrown on. */
export function outcome<T>(read: () => T): T | { readonly error: string } {
  try {
    return read();
  } catch (error) {
    const type = known.find((candidate) => error instanceof candidate);
    if (!type) throw error;
    return { error: `${type.name}: ${(error as Error).message}` };
  }
}
