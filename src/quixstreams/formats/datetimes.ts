// Dates and times as Python's datetime prints them (Lib/_pydatetime.py, __repr__).

import { Call, Name, type PythonValue } from './pythonValue';

/** A moment of the proleptic Gregorian calendar, without a time zone. */
export interface DateTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

export interface DateTimeDetails {
  readonly fold?: boolean;
  readonly tzinfo?: PythonValue | undefined;
}

const ints = (numbers: readonly number[]) => numbers.map((number) => BigInt(number));

export const utc = new Name('datetime.timezone.utc');

/** The time zone so many seconds east of UTC. */
export function offsetZone(seconds: number): Call {
  const days = Math.floor(seconds / 86_400);
  const delta = timedeltaCall(BigInt(days), BigInt(seconds - days * 86_400), 0n);
  return new Call('datetime.timezone', [delta]);
}

export function dateCall({ year, month, day }: Pick<DateTime, 'year' | 'month' | 'day'>): Call {
  return new Call('datetime.date', ints([year, month, day]));
}

/** `datetime.datetime(2026, 11, 24, 3, 32)`: seconds and microseconds where they are not 0. */
export function datetimeCall(at: DateTime, details: DateTimeDetails = {}): Call {
  const { year, month, day, hour, minute } = at;
  const args = [year, month, day, hour, minute, ...secondsOf(at)];
  return new Call('datetime.datetime', ints(args), namedOf(details));
}

export function timeCall(
  at: Pick<DateTime, 'hour' | 'minute' | 'second' | 'microsecond'>,
  details: DateTimeDetails = {},
): Call {
  const args = [at.hour, at.minute, ...secondsOf(at)];
  return new Call('datetime.time', ints(args), namedOf(details));
}

export function timedeltaCall(days: bigint, seconds: bigint, microseconds: bigint): Call {
  const named = Object.entries({ days, seconds, microseconds }).filter(([, part]) => part !== 0n);
  return new Call('datetime.timedelta', named.length === 0 ? [0n] : [], named);
}

/**
 * The moment so many microseconds after 1970-01-01 00:00; undefined outside of the years 1 to 9999, which Python's
 * datetime keeps to.
 */
export function fromMicroseconds(microseconds: bigint): DateTime | undefined {
  const milliseconds = (microseconds - (((microseconds % 1000n) + 1000n) % 1000n)) / 1000n;
  const date = new Date(Number(milliseconds));
  const year = date.getUTCFullYear();
  if (!(year >= 1 && year <= 9999)) return undefined;
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    microsecond: date.getUTCMilliseconds() * 1000 + Number(microseconds - milliseconds * 1000n),
  };
}

function secondsOf({ second, microsecond }: Pick<DateTime, 'second' | 'microsecond'>): number[] {
  if (microsecond !== 0) return [second, microsecond];
  return second !== 0 ? [second] : [];
}

function namedOf({ fold, tzinfo }: DateTimeDetails): [string, PythonValue][] {
  const named: [string, PythonValue][] = [];
  if (fold) named.push(['fold', 1n]);
  if (tzinfo !== undefined && tzinfo !== null) named.push(['tzinfo', tzinfo]);
  return named;
}
