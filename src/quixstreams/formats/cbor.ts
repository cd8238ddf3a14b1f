import { Simple, Tag, decode as decodeWithLibrary } from 'cbor2';
import { taggedValue } from './cborTags';
import { FormatError } from './formatError';
import { isMapping } from './mapping';
import { Call, Dict, Name, list, type PythonValue } from './pythonValue';
import type { ValueFormat } from './valueFormat';

/** Arrays count twice: 100 of them. */
const deepest = 200;
/** The library takes time by bytes × depth, 3.6 s for 1 MB 90 deep: what is large may be less deep. */
const mostSteps = 40_000_000;

/** CBOR (RFC 8949), read by cbor2, which keeps ints apart from floats and entries as they are. */
export const cbor: ValueFormat = {
  id: 'cbor',
  decode,
  detect(bytes) {
    // Arrays, maps and tags, as isMapping wants what they are.
    const [first = 0] = bytes;
    if (first >> 5 < 4 || first >> 5 > 6) return undefined;
    try {
      const value = decode(bytes);
      return isMapping(value) ? { value } : undefined;
    } catch (error) {
      if (error instanceof FormatError) return undefined;
      throw error;
    }
  },
};

function decode(bytes: Uint8Array): PythonValue {
  let decoded: unknown;
  try {
    decoded = decodeWithLibrary(bytes, {
      preferBigInt: true,
      ignoreGlobalTags: true,
      maxDepth: Math.min(deepest, Math.max(16, Math.floor(mostSteps / bytes.length))),
      createObject: (entries) => new Entries(entries),
    });
  } catch (error) {
    const deep = error instanceof Error && error.message.startsWith('Maximum depth');
    const reason = deep ? 'nested too deep' : 'no CBOR';
    throw new FormatError(deep ? 'limit' : 'mismatch', reason, undefined, { cause: error });
  }
  return pythonValue(decoded);
}

/** A map of the library's values, as it is stored. */
class Entries {
  constructor(readonly entries: readonly (readonly [unknown, unknown, ...unknown[]])[]) {}
}

function pythonValue(decoded: unknown): PythonValue {
  if (decoded === undefined) return new Name('undefined');
  if (Array.isArray(decoded)) return list(decoded.map(pythonValue));
  if (decoded instanceof Entries) {
    return new Dict(decoded.entries.map(([key, item]) => [pythonValue(key), pythonValue(item)]));
  }
  if (decoded instanceof Tag)
    return taggedValue(BigInt(decoded.tag.valueOf()), pythonValue(decoded.contents));
  if (decoded instanceof Simple) return new Call('CBORSimpleValue', [BigInt(decoded.value)]);
  if (
    decoded === null ||
    typeof decoded === 'boolean' ||
    typeof decoded === 'number' ||
    typeof decoded === 'bigint' ||
    typeof decoded === 'string' ||
    decoded instanceof Uint8Array
  ) {
    return decoded;
  }
  throw new FormatError('mismatch', `CBOR gave ${typeof decoded}`);
}
