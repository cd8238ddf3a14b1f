import { isPrintable } from '../text';
import { Dict, Sequence, type PythonValue } from './pythonValue';

/** Lists of lists of objects are told so far down. */
const deepest = 4;

/**
 * Whether a value is what apps keep and other bytes hardly come to: a mapping with keys of printable text, each there
 * once, or a list of nothing but these. MessagePack and CBOR take nearly any bytes for something, the number 407 (little
 * endian) for seven small ints, so that by themselves they are told only by this.
 */
export function isMapping(value: PythonValue, depth = 0): boolean {
  if (value instanceof Dict) {
    const keys = new Set<string>();
    for (const [key] of value.entries) {
      if (typeof key !== 'string' || key === '' || !isPrintable(key)) return false;
      keys.add(key);
    }
    return keys.size > 0 && keys.size === value.entries.length;
  }
  if (!(value instanceof Sequence) || value.kind !== 'list' || depth === deepest) return false;
  return value.items.length > 0 && value.items.every((item) => isMapping(item, depth + 1));
}
