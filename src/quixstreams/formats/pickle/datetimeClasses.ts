// What datetime puts into pickles (Lib/_pydatetime.py, _getstate):
//
//   date       year u16 big-endian | month | day
//   time       hour | minute | second | microsecond u24 big-endian      and a tzinfo
//   datetime   date | time                                              and a tzinfo
//
// fold is the high bit of the month (datetime) or of the hour (time), from protocol 4 on.

import { dateCall, datetimeCall, timeCall, timedeltaCall, utc, type DateTime } from '../datetimes';
import { Call, type PythonValue } from '../pythonValue';
import { Instance } from './instance';

const longestState = 10;

/** Dates, times, and time zones by their offset; undefined for all else. */
export function datetimeNotation(path: string, instance: Instance): PythonValue | undefined {
  if (!path.startsWith('datetime.') || !instance.untouched) return undefined;
  const [first, second, third] = instance.args;
  if (path === 'datetime.timedelta') {
    if (typeof first !== 'bigint' || typeof second !== 'bigint') return undefined;
    return typeof third === 'bigint' ? timedeltaCall(first, second, third) : undefined;
  }
  if (path === 'datetime.timezone') return timezone(instance);
  if (!(typeof first === 'string' || first instanceof Uint8Array)) return undefined;
  if (first.length > longestState) return undefined;
  const state = typeof first === 'string' ? Buffer.from(first, 'latin1') : first;
  const at = (index: number) => state[index] ?? 0;
  const date = { year: at(0) * 256 + at(1), month: at(2) & 0x7f, day: at(3) };
  const time = (from: number): Omit<DateTime, 'year' | 'month' | 'day'> => ({
    hour: at(from) & 0x7f,
    minute: at(from + 1),
    second: at(from + 2),
    microsecond: at(from + 3) * 65536 + at(from + 4) * 256 + at(from + 5),
  });
  if (path === 'datetime.date' && state.length === 4) return dateCall(date);
  if (path === 'datetime.datetime' && state.length === 10) {
    return datetimeCall({ ...date, ...time(4) }, { fold: at(2) > 0x7f, tzinfo: second });
  }
  if (path === 'datetime.time' && state.length === 6) {
    return timeCall(time(0), { fold: at(0) > 0x7f, tzinfo: second });
  }
  return undefined;
}

function timezone({ args }: Instance): PythonValue | undefined {
  const [offset] = args;
  if (!(offset instanceof Instance) || offset.path !== 'datetime.timedelta') return undefined;
  const isUtc = args.length === 1 && offset.args.every((part) => part === 0n);
  return isUtc ? utc : new Call('datetime.timezone', args);
}
