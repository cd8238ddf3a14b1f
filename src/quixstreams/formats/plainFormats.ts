import { isUtf8 } from 'node:buffer';
import { FormatError } from './formatError';
import { isPythonJson } from '../json';
import { isPrintable } from '../text';
import type { ValueFormat } from './valueFormat';

/** What is shown as it stands: `fits` says whether it is that. */
function plainFormat(
  id: 'json' | 'text' | 'bytes',
  fits: (bytes: Uint8Array) => boolean,
  detects: (bytes: Uint8Array) => boolean,
): ValueFormat {
  return {
    id,
    decode(bytes) {
      if (!fits(bytes)) throw new FormatError('mismatch', `no ${id}`);
      return undefined;
    },
    detect: (bytes) => (detects(bytes) ? { value: undefined } : undefined),
  };
}

const decodeUtf8 = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
const isJson = (bytes: Uint8Array) => isUtf8(bytes) && isPythonJson(bytes);

/** JSON as it is stored: nothing is converted, so numbers stay digit for digit and keys may be there twice. */
export const json = plainFormat('json', isJson, isJson);

/** UTF-8; by itself it is only told where it has no control characters. */
export const text = plainFormat(
  'text',
  isUtf8,
  (bytes) => bytes.length > 0 && isUtf8(bytes) && isPrintable(decodeUtf8(bytes)),
);

export const bytes = plainFormat(
  'bytes',
  () => true,
  () => true,
);
