// What a window has aggregated (quixstreams/dataframe/windows/base.py, aggregations.py):
//
//   one aggregation     .sum(), .mean(), …           its state alone; which one it is, is not on disk: the
//                                                     name of the store ends in it, unless the app named it
//   several             .agg(avg=Mean("cpu"), n=…)    {"avg/Mean/cpu": state, "n/Count": state}: the name of
//                                                     the result, the aggregator, its column if it has one
//
//   aggregator          state                         result
//   Mean                [sum, n]                      sum / n; null where n is 0
//   Earliest, Latest    [value, timestamp] or null    value
//   all others          value                         value
//
// Collectors are not in it: their values stand in __values__.

import { isJsonNull, jsonElements, jsonInteger, jsonMembers } from './jsonParts';
import { decodeValue, type StateValue } from './values';

export interface Aggregation {
  /** The name of the result: `value` where there is one aggregation without a name. */
  readonly name: string;
  /** `Mean`; undefined where that is not known. */
  readonly aggregator: string | undefined;
  readonly column: string | undefined;
  /** As stored. */
  readonly state: StateValue;
  /** What the app is given: part of the state, or for Mean its quotient. */
  readonly result: StateValue;
}

const aggregators = [
  ...['Sum', 'Count', 'Mean', 'Max', 'Min', 'Earliest', 'Latest', 'First', 'Last', 'Reduce'],
];

/**
 * The aggregator that the name of a window store ends in (`tumbling_window_10000_mean`), as Quix
 * Streams names it (quixstreams/dataframe/windows/definitions.py, `_get_name`); undefined for other
 * names, and where there are several.
 */
export function aggregatorOfName(storeName: string): string | undefined {
  const single = /_window(?:_\d{1,20}){0,2}_(sum|count|mean|max|min|reduce)$/.exec(storeName)?.[1];
  return single && aggregators.find((name) => name.toLowerCase() === single);
}

/**
 * The aggregations of a window with their results, in the order that they are stored in.
 * @param value the value of the window; of a sliding one the second part of it
 * @param single the aggregator, where there is one without a name; believed where the value fits it
 */
export function aggregationsOf(value: Uint8Array, single?: string): Aggregation[] {
  if (isJsonNull(value)) return [];
  const members = jsonMembers(value);
  if (members?.every(({ key }) => key.includes('/', 1)) !== true) {
    return [aggregation('value', single, undefined, value)];
  }
  return members.map(({ key, value: state }) => {
    const { name, aggregator, column } = splitName(key);
    return aggregation(name, aggregator, column, state);
  });
}

/** `avg/Mean/cpu`. Names and columns may have "/" in them: the first known aggregator divides them. */
function splitName(key: string) {
  const parts = key.split('/');
  const at = parts.findIndex((part, index) => index > 0 && aggregators.includes(part));
  // An aggregator of the app's own, unless there are several that it may be.
  const own = parts.length === 2 ? 1 : -1;
  const found = at > 0 ? at : own;
  if (found < 0) return { name: key, aggregator: undefined, column: undefined };
  const column = parts.slice(found + 1).join('/');
  return {
    name: parts.slice(0, found).join('/'),
    aggregator: parts[found],
    column: found + 1 < parts.length ? column : undefined,
  };
}

function aggregation(
  name: string,
  aggregator: string | undefined,
  column: string | undefined,
  state: Uint8Array,
): Aggregation {
  const result = resultOf(aggregator, state);
  return { name, aggregator, column, state: decodeValue(state), result: decodeValue(result) };
}

/** What the app is given; the state itself where it is none of that aggregator. */
function resultOf(aggregator: string | undefined, state: Uint8Array): Uint8Array {
  const [first, second, ...more] = jsonElements(state) ?? [];
  const number = jsonInteger(second);
  if (!first || number === undefined || more.length > 0) return state;
  switch (aggregator) {
    case 'Mean':
      return quotient(first, number) ?? state;
    case 'Earliest':
    case 'Latest':
      return first;
    default:
      return state;
  }
}

/** `sum / n` as Python divides and writes it; undefined where `sum` is no number. */
function quotient(sum: Uint8Array, n: bigint): Uint8Array | undefined {
  if (n === 0n) return Buffer.from('null');
  const digits = Buffer.from(sum).toString();
  const integer = jsonInteger(sum);
  if (integer === undefined && !/^-?\d/.test(digits)) return undefined;
  const result = integer === undefined ? Number(digits) / Number(n) : divided(integer, n);
  if (!Number.isFinite(result)) return undefined;
  return Buffer.from(pythonFloat(result));
}

/** A float as Python's repr() writes it: with an exponent below 1e-4, and from 1e16 on. */
function pythonFloat(float: number): string {
  if (float === 0) return Object.is(float, -0) ? '-0.0' : '0.0';
  const [digits = '', exponent = '0'] = float.toExponential().split('e');
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    const sign = power < 0 ? '-' : '+';
    return `${digits}e${sign}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  const text = String(float);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** The double that is nearest to the quotient of two integers, however large they are. */
function divided(dividend: bigint, divisor: bigint): number {
  const negative = dividend < 0n !== divisor < 0n;
  const [a, b] = [dividend, divisor].map((number) => (number < 0n ? -number : number)) as [
    bigint,
    bigint,
  ];
  // So that the quotient has more bits than a double, and the last one says whether there is a rest.
  const shift = BigInt(Math.max(0, 66 + b.toString(2).length - a.toString(2).length));
  const scaled = ((a << shift) / b) | ((a << shift) % b === 0n ? 0n : 1n);
  const result = Number(scaled) / 2 ** Number(shift);
  return negative ? -result : result;
}
