import { FormatError } from '../formatError';
import type { ValueFormat } from '../valueFormat';
import { unpickle } from './machine';
import { notationOf } from './notation';

const stop = 0x2e;

/**
 * Pickles of protocols 0 to 5, read without importing or running anything: instances of Python's own classes, numpy's
 * and pandas' are in their notation, others the calls that would make them.
 *
 * By themselves they are told by their first two bytes from protocol 2 on. In protocols 0 and 1 any text may be one
 * (`I1\n.` is 1, `N.` is None): they count where the memo was used, as it is for every str, container and instance.
 */
export const pickle: ValueFormat = {
  id: 'pickle',
  decode(bytes) {
    const { value, end } = unpickle(bytes, notationOf);
    if (end !== bytes.length) throw new FormatError('mismatch', 'bytes behind a pickle', end);
    return value;
  },
  detect(bytes) {
    if (bytes.at(-1) !== stop || bytes.length < 4) return undefined;
    try {
      const { value, end, protocol, memoized } = unpickle(bytes, notationOf);
      return end === bytes.length && (protocol !== undefined || memoized) ? { value } : undefined;
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  },
};
