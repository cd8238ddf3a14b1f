import {
  AccessError,
  CorruptionError,
  FileGoneError,
  RocksDBError,
  UnsupportedFormatError,
} from '../errors';
import type { PostedError } from './messages';

const classes = [AccessError, CorruptionError, FileGoneError, UnsupportedFormatError];

/** An error as another thread can have it. */
export function postError(error: unknown): PostedError {
  if (error instanceof RocksDBError) {
    const { name, message, file, reason, offset } = error;
    return { name, message, file, reason, offset };
  }
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}

/** The error that was posted, of the class that it had. */
export function postedError({ name, message, file, reason, offset }: PostedError): Error {
  const ofName = classes.find((one) => one.name === name);
  if (ofName && file !== undefined && reason !== undefined) {
    return new ofName(file, reason, { offset });
  }
  return new Error(message);
}
