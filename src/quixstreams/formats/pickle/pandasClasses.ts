// pandas in pickles: Series and DataFrame are attributes around a block manager, `_mgr` (`_data` before 1.1).
//
//   BlockManager((_unpickle_block(values, columns, 2), …), [column index, row index])        from 1.3 on
//   (Single)BlockManager with the state (…, {'0.14.1': {'axes': […], 'blocks': [{'values', 'mgr_locs'}]}})
//
// A block has the columns of one dtype: an array with a row for each column, or an array of pandas' own with
// one column. Source: pandas/_libs/internals.pyx, pandas/core/internals/managers.py.

import { Call, Deferred, Dict, Sequence, list, type PythonValue } from '../pythonValue';
import { Global, Instance } from './instance';
import { arrayOf, nested, type NumpyArray } from './numpyArray';
import { pandasTimeNotation } from './pandasTimes';

/** Series, DataFrames, indexes, timestamps of pandas; undefined for all else. */
export function pandasNotation(path: string, instance: Instance): PythonValue | undefined {
  if (!path.startsWith('pandas.')) return undefined;
  const name = path.slice(path.lastIndexOf('.') + 1);
  switch (name) {
    case 'DataFrame':
      return dataFrame(instance);
    case 'Series':
      return series(instance);
    case '_new_Index':
      return index(instance);
    case '__pyx_unpickle_NDArrayBacked':
      return ownArray(instance);
    default:
      return pandasTimeNotation(name, instance);
  }
}

interface Block {
  readonly values: PythonValue;
  /** Positions of its columns. */
  readonly columns: readonly number[];
}

interface Blocks {
  readonly axes: readonly PythonValue[];
  readonly blocks: readonly Block[];
}

/** `pandas.DataFrame({'a': [1, 2]}, index=…)`; the index where it is not 0, 1, 2 … */
function dataFrame(instance: Instance): PythonValue | undefined {
  const attributes = instance.states[0];
  if (!(attributes instanceof Dict)) return undefined;
  const manager = blocksOf(attributes.get('_mgr') ?? attributes.get('_data'));
  const [columns, rows] = manager?.axes ?? [];
  const names = labels(columns);
  if (!manager || !names || rows === undefined) return undefined;
  const values: PythonValue[] = [];
  for (const block of manager.blocks) {
    for (const [i, position] of block.columns.entries()) values[position] = new Column(block, i);
  }
  if (values.length !== names.length) return undefined;
  const entries = names.map((name, i): [PythonValue, PythonValue] => [name, values[i] ?? null]);
  return new Call('pandas.DataFrame', [new Dict(entries)], indexArgument(rows));
}

/** `pandas.Series([1.5], index=['a'], name='v', dtype='float64')`. */
function series(instance: Instance): PythonValue | undefined {
  const attributes = instance.states[0];
  if (!(attributes instanceof Dict)) return undefined;
  const manager = blocksOf(attributes.get('_mgr') ?? attributes.get('_data'));
  const [rows] = manager?.axes ?? [];
  const [block] = manager?.blocks ?? [];
  if (rows === undefined || !block) return undefined;
  const named = indexArgument(rows);
  const name = attributes.get('_name') ?? attributes.get('name') ?? null;
  if (name !== null) named.push(['name', name]);
  const array = arrayOf(block.values);
  if (array) named.push(['dtype', array.dtype.name]);
  return new Call('pandas.Series', [array ? nested(array) : values(block.values)], named);
}

function blocksOf(manager: PythonValue | undefined): Blocks | undefined {
  if (!(manager instanceof Instance)) return undefined;
  const [blocks, axes] = manager.args;
  if (blocks instanceof Sequence && axes instanceof Sequence) {
    return readBlocks(axes, blocks, (block) =>
      block instanceof Instance ? [block.args[0], block.args[1]] : [],
    );
  }
  const [state] = manager.states;
  const last = state instanceof Sequence ? state.items.at(-1) : undefined;
  const kept = last instanceof Dict ? last.get('0.14.1') : undefined;
  if (!(kept instanceof Dict)) return undefined;
  return readBlocks(kept.get('axes'), kept.get('blocks'), (block) =>
    block instanceof Dict ? [block.get('values'), block.get('mgr_locs')] : [],
  );
}

/** A frame with more columns is shown as the call that it is: a slice can say any number. */
const mostColumns = 10_000;

function readBlocks(
  axes: PythonValue | undefined,
  blocks: PythonValue | undefined,
  parts: (block: PythonValue) => readonly (PythonValue | undefined)[],
): Blocks | undefined {
  if (!(axes instanceof Sequence) || !(blocks instanceof Sequence)) return undefined;
  const read: Block[] = [];
  let total = 0;
  for (const block of blocks.items) {
    const [values, placement] = parts(block);
    const columns = positions(placement);
    if (values === undefined || !columns) return undefined;
    total += columns.length;
    if (total > mostColumns) return undefined;
    read.push({ values, columns });
  }
  return { axes: axes.items, blocks: read };
}

/** The numbers that a slice or an array gives. */
function positions(value: PythonValue | undefined): readonly number[] | undefined {
  const array = arrayOf(value);
  if (array) {
    const numbers = array.items.map(Number);
    return numbers.every((at) => at >= 0 && at < mostColumns) ? numbers : undefined;
  }
  if (!(value instanceof Instance) || value.path !== 'builtins.slice') return undefined;
  const [start, stop, step] = value.args.map((part) => (part === null ? 1 : Number(part)));
  if (start === undefined || stop === undefined || step === undefined) return undefined;
  if (!(start >= 0 && start <= stop && stop < mostColumns && step >= 1)) return undefined;
  return Array.from({ length: Math.ceil((stop - start) / step) }, (_, i) => start + i * step);
}

/** Column `i` of a block as a list; an array of pandas' own that is not known as the call that makes it. */
class Column extends Deferred {
  constructor(
    private readonly block: Block,
    private readonly i: number,
  ) {
    super();
  }

  override notation(): PythonValue {
    const array = arrayOf(this.block.values) ?? backing(this.block.values);
    if (!array) return this.block.values;
    const width = array.shape.at(-1) ?? 0;
    return list(array.items.slice(this.i * width, (this.i + 1) * width));
  }
}

/** The items of an array as a list; else what it is. */
function values(value: PythonValue): PythonValue {
  const array = arrayOf(value) ?? backing(value);
  return array ? nested(array) : value;
}

/** What stands behind StringArray and DatetimeArray: the state (dtype, array). */
function backing(value: PythonValue | undefined): NumpyArray | undefined {
  if (!(value instanceof Instance) || !value.path?.endsWith('.__pyx_unpickle_NDArrayBacked')) {
    return undefined;
  }
  const [kind] = value.args;
  const [state] = value.states;
  // A Categorical has numbers there, which mean something only with its categories.
  if (
    kind === undefined ||
    (kind instanceof Object && 'name' in kind && kind.name === 'Categorical')
  ) {
    return undefined;
  }
  return state instanceof Sequence ? state.items.map(arrayOf).find((array) => array) : undefined;
}

function ownArray(instance: Instance): PythonValue | undefined {
  const array = backing(instance);
  return array && new Call('pandas.array', [nested(array)]);
}

/** `pandas.Index(['a', 'b'])`, `pandas.RangeIndex(start=0, stop=2, step=1)`. */
function index({ args }: Instance): PythonValue | undefined {
  const [kind, attributes] = args;
  if (!(kind instanceof Global) || !(attributes instanceof Dict)) return undefined;
  const named: [string, PythonValue][] = [];
  for (const [key, value] of attributes.entries) {
    if (typeof key !== 'string') return undefined;
    if (key !== 'data' && value !== null) named.push([key, value]);
  }
  const data = attributes.get('data');
  const listed = data === undefined ? [] : [values(data)];
  return new Call(`pandas.${kind.name}`, listed, named);
}

/** The labels of an index that has them listed, or counts. */
function labels(value: PythonValue | undefined): readonly PythonValue[] | undefined {
  const attributes = value instanceof Instance ? value.args[1] : undefined;
  if (!(attributes instanceof Dict)) return undefined;
  const data = attributes.get('data');
  if (data !== undefined) return (arrayOf(data) ?? backing(data))?.items;
  const [start, stop, step] = ['start', 'stop', 'step'].map((key) => attributes.get(key));
  if (typeof start !== 'bigint' || typeof stop !== 'bigint' || step !== 1n) return undefined;
  if (stop < start || stop - start > BigInt(mostColumns)) return undefined;
  return Array.from({ length: Number(stop - start) }, (_, i) => start + BigInt(i));
}

function indexArgument(rows: PythonValue): [string, PythonValue][] {
  const attributes = rows instanceof Instance ? rows.args[1] : undefined;
  const counts =
    attributes instanceof Dict &&
    attributes.get('start') === 0n &&
    attributes.get('step') === 1n &&
    (attributes.get('name') ?? null) === null;
  if (counts) return [];
  const listed = attributes instanceof Dict ? attributes.get('data') : undefined;
  const plain = attributes instanceof Dict && (attributes.get('name') ?? null) === null;
  return [['index', listed !== undefined && plain ? values(listed) : rows]];
}
