// A numpy array in a pickle, in one of two ways (numpy/_core/src/multiarray/methods.c, array_reduce and
// array_reduce_ex_picklebuffer):
//
//   _reconstruct(numpy.ndarray, (0,), b'b') with the state (1, shape, dtype, Fortran order?, bytes)
//   _frombuffer(bytes, dtype, shape, 'C' or 'F')                                     in protocol 5
//
// In place of bytes an array of objects has a list.

import { Call, Sequence, list, type PythonValue } from '../pythonValue';
import { dtypeOf, type Dtype } from './numpyDtype';
import { Instance } from './instance';

export interface NumpyArray {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Row by row, the last axis fastest. */
  readonly items: readonly PythonValue[];
}

const mostAxes = 64;

/** An array is asked for once for each column that it has. */
const known = new WeakMap<Instance, NumpyArray | undefined>();

/** The array that an instance is; undefined where it is none, or one of a dtype that is not known here. */
export function arrayOf(value: PythonValue | undefined): NumpyArray | undefined {
  if (!(value instanceof Instance)) return undefined;
  if (!known.has(value)) known.set(value, read(value));
  return known.get(value);
}

function read(value: Instance): NumpyArray | undefined {
  const [module, name] = value.path?.split(/\.(?=\w+$)/) ?? [];
  if (name === '_reconstruct' && /^numpy\.(_?core)\.multiarray$/.test(module ?? '')) {
    const [state] = value.states;
    const [, shape, dtype, fortran, data] = state instanceof Sequence ? state.items : [];
    return array(shape, dtype, fortran === true, data);
  }
  if (name === '_frombuffer' && /^numpy\.(_?core)\.numeric$/.test(module ?? '')) {
    const [data, dtype, shape, order] = value.args;
    return array(shape, dtype, order === 'F', data);
  }
  return undefined;
}

/** Lists in lists, one for each axis. */
export function nested({ shape, items }: Pick<NumpyArray, 'shape' | 'items'>): PythonValue {
  if (shape.length === 0) return items[0] ?? null;
  if (items.length === 0) return list([]);
  let level = [...items];
  for (const length of shape.slice(1).reverse()) {
    const above: PythonValue[] = [];
    for (let at = 0; at < level.length; at += length)
      above.push(list(level.slice(at, at + length)));
    level = above;
  }
  return list(level);
}

function array(
  shape: PythonValue | undefined,
  type: PythonValue | undefined,
  fortran: boolean,
  data: PythonValue | undefined,
): NumpyArray | undefined {
  const dtype = dtypeOf(type);
  if (!dtype || !(shape instanceof Sequence) || shape.items.length > mostAxes) return undefined;
  const axes = shape.items.map((length) => (typeof length === 'bigint' ? Number(length) : -1));
  if (!axes.every((length) => length >= 0)) return undefined;
  const count = axes.reduce((product, length) => product * length, 1);
  const stored = readItems(dtype, count, data);
  if (!stored) return undefined;
  return {
    dtype,
    shape: axes,
    items: fortran && axes.length > 1 ? rowByRow(stored, axes) : stored,
  };
}

function readItems(
  dtype: Dtype,
  count: number,
  data: PythonValue | undefined,
): PythonValue[] | undefined {
  if (dtype.kind === 'O') {
    return data instanceof Sequence && data.items.length === count ? data.items : undefined;
  }
  const bytes = data instanceof Call && data.callee === 'bytearray' ? data.args[0] : data;
  if (!(bytes instanceof Uint8Array) || bytes.length !== count * dtype.itemSize) return undefined;
  if (dtype.itemSize === 0 && count > 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, i) => dtype.read(view, i * dtype.itemSize));
}

/** Items of Fortran order, the first axis fastest, in that of C. */
function rowByRow(items: readonly PythonValue[], shape: readonly number[]): PythonValue[] {
  const strides = shape.map((_, axis) => shape.slice(0, axis).reduce((a, b) => a * b, 1));
  return items.map((_, at) => {
    let rest = at;
    let from = 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] ?? 1;
      from += (rest % length) * (strides[axis] ?? 1);
      rest = Math.floor(rest / length);
    }
    return items[from] ?? null;
  });
}
