// pandas' own times: a number of units and the unit as numpy counts them (7 s, 8 ms, 9 µs, 10 ns), which
// pandas before 2 leaves out, for it is 10. Source: pandas/_libs/tslibs/timestamps.pyx, timedeltas.pyx.

import { utc } from '../datetimes';
import { Call, Name, type PythonValue } from '../pythonValue';
import { Instance } from './instance';
import { datetime64Text } from './numpyDatetimes';

const nanosecondsOf = new Map([
  [7n, 1_000_000_000n],
  [8n, 1_000_000n],
  [9n, 1_000n],
  [10n, 1n],
]);

/** Timestamp, Timedelta and NaT; undefined for all else. */
export function pandasTimeNotation(name: string, { args }: Instance): PythonValue | undefined {
  switch (name) {
    case '_unpickle_timestamp': {
      const [value, , tz = null, unit = 10n] = args;
      return timestamp(value, tz, unit);
    }
    case '_timedelta_unpickle': {
      const [value, unit = 10n] = args;
      return timedelta(value, unit);
    }
    case '_nat_unpickle':
      return new Name('NaT');
    default:
      return undefined;
  }
}

const isInt64 = (value: PythonValue | undefined): value is bigint =>
  typeof value === 'bigint' && BigInt.asIntN(64, value) === value;

/** `Timestamp('2026-11-24 03:32:50')`; in a time zone as UTC and what makes it local. */
function timestamp(
  value: PythonValue | undefined,
  tz: PythonValue,
  unit: PythonValue,
): PythonValue | undefined {
  const factor = typeof unit === 'bigint' ? nanosecondsOf.get(unit) : undefined;
  if (!isInt64(value) || factor === undefined) return undefined;
  const [seconds = '', fraction = ''] = datetime64Text(value * factor, 'ns').split('.');
  if (fraction === '') return undefined;
  const text = seconds.replace('T', ' ') + shortened(fraction);
  if (tz === null) return new Call('Timestamp', [text]);
  const isUtc = tz instanceof Instance && tz.path === 'datetime.timezone' && tz.notation() === utc;
  return isUtc
    ? new Call('Timestamp', [`${text}+0000`], [['tz', 'UTC']])
    : new Call('Timestamp', [`${text}+0000`], [], new Call('.tz_convert', [tz]));
}

/** `Timedelta('1 days 02:00:00')`, a negative one as pandas has it: `-1 days +23:59:59`. */
function timedelta(value: PythonValue | undefined, unit: PythonValue): PythonValue | undefined {
  const factor = typeof unit === 'bigint' ? nanosecondsOf.get(unit) : undefined;
  if (!isInt64(value) || factor === undefined) return undefined;
  const total = value * factor;
  const day = 86_400_000_000_000n;
  const inDay = ((total % day) + day) % day;
  const days = (total - inDay) / day;
  const seconds = inDay / 1_000_000_000n;
  const parts = [seconds / 3600n, (seconds / 60n) % 60n, seconds % 60n];
  const clock = parts.map((part) => String(part).padStart(2, '0')).join(':');
  const fraction = shortened(String(inDay % 1_000_000_000n).padStart(9, '0'));
  return new Call('Timedelta', [`${days} days ${days < 0n ? '+' : ''}${clock}${fraction}`]);
}

/** Nine digits of a second as pandas prints them: none, six or nine. */
function shortened(fraction: string): string {
  if (fraction === '000000000') return '';
  return '.' + (fraction.endsWith('000') ? fraction.slice(0, 6) : fraction);
}
