import { isUtf8 } from 'node:buffer';
import { isJson } from './json';
import { isPrintable } from './text';

/** A value as it is stored, and what its bytes are. */
export interface StateValue {
  /** Without the time stamp that a store with TTL puts in front. */
  readonly bytes: Uint8Array;
  readonly format: 'json' | 'text' | 'bytes';
}

/**
 * JSON where the bytes are that to the last one, else text where they are UTF-8 without control
 * characters, else bytes. Nothing is converted: numbers stay digit for digit.
 */
export function decodeValue(bytes: Uint8Array): StateValue {
  if (bytes.length === 0 || !isUtf8(bytes)) return { bytes, format: 'bytes' };
  if (isJson(bytes)) return { bytes, format: 'json' };
  const text = Buffer.from(bytes).toString('utf8');
  return { bytes, format: isPrintable(text) ? 'text' : 'bytes' };
}
