import { Call, Name, list, tuple, type PythonValue } from '../pythonValue';
import type { Instance } from './instance';
import { arrayOf, nested } from './numpyArray';
import { dtypeOf } from './numpyDtype';

/** Arrays, scalars and dtypes of numpy; undefined for all else. */
export function numpyNotation(path: string, instance: Instance): PythonValue | undefined {
  if (!path.startsWith('numpy.')) return undefined;
  if (path === 'numpy.dtype') {
    const dtype = dtypeOf(instance);
    if (!dtype) return undefined;
    return new Call('dtype', [dtype.kind === 'V' ? new Name(dtype.name) : dtype.name]);
  }
  if (/^numpy\.(_?core)\.multiarray\.scalar$/.test(path)) return scalar(instance);
  const array = arrayOf(instance);
  if (!array) return undefined;
  const { dtype, shape, items } = array;
  const named: [string, PythonValue][] = [
    ['dtype', dtype.kind === 'V' ? new Name(dtype.name) : dtype.name],
  ];
  if (items.length === 0 && shape.length !== 1) {
    named.unshift(['shape', tuple(shape.map((length) => BigInt(length)))]);
    return new Call('array', [list([])], named);
  }
  return new Call('array', [nested(array)], named);
}

function scalar({ args }: Instance): PythonValue | undefined {
  const [type, data] = args;
  const dtype = dtypeOf(type);
  if (!dtype || !(data instanceof Uint8Array) || data.length !== dtype.itemSize) return undefined;
  const value = dtype.read(new DataView(data.buffer, data.byteOffset, data.byteLength), 0);
  if (typeof value === 'boolean') return new Name(value ? 'np.True_' : 'np.False_');
  if (dtype.kind === 'U') return new Call('np.str_', [value]);
  if (dtype.kind === 'S') return new Call('np.bytes_', [value]);
  if (dtype.kind === 'M') return new Call('np.datetime64', [value]);
  if (dtype.kind === 'm') return new Call('np.timedelta64', [value, dtype.unit ?? '']);
  if (dtype.kind === 'V') return new Call('np.void', [value], [['dtype', new Name(dtype.name)]]);
  const [number = value] =
    value instanceof Name ? [new Name(value.text.replace(/^\((.*)\)$/, '$1'))] : [];
  return new Call(`np.${dtype.name}`, [number]);
}
