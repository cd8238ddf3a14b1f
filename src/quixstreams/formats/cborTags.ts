// Tags of CBOR (RFC 8949, 3.4, and IANA's registry) whose meaning Python's cbor2 gives as well; others stay
// CBORTag(number, value):
//
//   0, 1        date and time, as text, as seconds since 1970      2, 3   int of any size, and -1 - it
//   4           [exponent, mantissa], base 10                      30    [numerator, denominator]
//   37          UUID                                               258   set
//   52          IPv4 address
//   100, 1004   date, as days since 1970, as text
//   55799       CBOR: says only that

import { dateCall, datetimeCall, fromMicroseconds, offsetZone, utc } from './datetimes';
import { decimalCall } from './decimals';
import { Call, Sequence, type PythonValue } from './pythonValue';
import { uuidCall } from './uuids';

/** A tagged value as Python has it. */
export function taggedValue(tag: bigint, value: PythonValue): PythonValue {
  return known[String(tag)]?.(value) ?? new Call('CBORTag', [tag, value]);
}

const known: Partial<Record<string, (value: PythonValue) => PythonValue | undefined>> = {
  0: (value) => isoDate(value, false),
  1: epoch,
  2: (value) => (value instanceof Uint8Array ? unsigned(value) : undefined),
  3: (value) => (value instanceof Uint8Array ? -1n - unsigned(value) : undefined),
  4(value) {
    const pair = ints(value);
    return pair && decimalCall(pair[1], pair[0]);
  },
  30(value) {
    const pair = ints(value);
    return pair && new Call('Fraction', pair);
  },
  37(value) {
    if (!(value instanceof Uint8Array) || value.length !== 16) return undefined;
    return uuidCall(Buffer.from(value).toString('hex'));
  },
  52: (value) =>
    value instanceof Uint8Array && value.length === 4
      ? new Call('IPv4Address', [value.join('.')])
      : undefined,
  100(value) {
    const date = typeof value === 'bigint' ? fromMicroseconds(value * 86_400_000_000n) : undefined;
    return date && dateCall(date);
  },
  1004: (value) => isoDate(value, true),
  258: (value) => (value instanceof Sequence ? new Sequence('set', value.items) : undefined),
  55799: (value) => value,
};

function epoch(value: PythonValue): PythonValue | undefined {
  let microseconds: bigint;
  if (typeof value === 'bigint') microseconds = value * 1_000_000n;
  else if (typeof value === 'number' && Number.isFinite(value)) {
    const whole = Math.trunc(value);
    microseconds = BigInt(whole) * 1_000_000n + BigInt(Math.round((value - whole) * 1e6));
  } else return undefined;
  const at = fromMicroseconds(microseconds);
  return at && datetimeCall(at, { tzinfo: utc });
}

function unsigned(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function ints(value: PythonValue): [bigint, bigint] | undefined {
  if (!(value instanceof Sequence) || value.items.length !== 2) return undefined;
  const [first, second] = value.items;
  return typeof first === 'bigint' && typeof second === 'bigint' ? [first, second] : undefined;
}

const isoFormat =
  /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6})\d*)?(?:(Z)|([+-])(\d\d):(\d\d)))?$/;

/** RFC 3339, a date alone where `dateOnly`. */
function isoDate(value: PythonValue, dateOnly: boolean): PythonValue | undefined {
  const match = typeof value === 'string' ? isoFormat.exec(value) : null;
  if (!match || (match[4] === undefined) !== dateOnly) return undefined;
  const number = (group: number) => Number(match[group] ?? 0);
  const date = { year: number(1), month: number(2), day: number(3) };
  if (dateOnly) return dateCall(date);
  const time = { hour: number(4), minute: number(5), second: number(6) };
  const microsecond = Number((match[7] ?? '').padEnd(6, '0'));
  const offset = (number(10) * 3600 + number(11) * 60) * (match[9] === '-' ? -1 : 1);
  return datetimeCall(
    { ...date, ...time, microsecond },
    { tzinfo: offset === 0 ? utc : offsetZone(offset) },
  );
}
