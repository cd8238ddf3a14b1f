// datetime64 and timedelta64: an int64 of units since 1970-01-01; its least value is NaT, "not a time".
// Printed as ISO 8601 down to the unit (numpy/_core/src/multiarray/datetime_strings.c).

import { fromMicroseconds } from '../datetimes';

const notATime = -(2n ** 63n);

/** Nanoseconds of a unit. */
const nanoseconds: Partial<Record<string, bigint>> = {
  W: 604_800_000_000_000n,
  D: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  ns: 1n,
};
/** Characters of `2026-11-24T03:32:50.123456789` that a unit fills. */
const characters: Partial<Record<string, number>> = {
  Y: 4,
  M: 7,
  W: 10,
  D: 10,
  h: 13,
  m: 16,
  s: 19,
  ms: 23,
  us: 26,
  ns: 29,
};

/** `2026-11-24T03:32:50.000`; the bare number outside of the years 1 to 9999. */
export function datetime64Text(value: bigint, unit: string): string {
  if (value === notATime) return 'NaT';
  const text = unit === 'Y' || unit === 'M' ? monthText(value, unit) : nanosecondText(value, unit);
  return text?.slice(0, characters[unit]) ?? `${value} ${unit}`;
}

function monthText(value: bigint, unit: 'Y' | 'M'): string | undefined {
  const months = (unit === 'Y' ? value * 12n : value) + 1970n * 12n;
  if (months < 12n || months >= 120_000n) return undefined;
  return `${String(months / 12n).padStart(4, '0')}-${String((months % 12n) + 1n).padStart(2, '0')}`;
}

function nanosecondText(value: bigint, unit: string): string | undefined {
  const total = value * (nanoseconds[unit] ?? 1n);
  const rest = ((total % 1000n) + 1000n) % 1000n;
  const at = fromMicroseconds((total - rest) / 1000n);
  if (!at) return undefined;
  const two = (part: number) => String(part).padStart(2, '0');
  const date = `${String(at.year).padStart(4, '0')}-${two(at.month)}-${two(at.day)}`;
  const fraction = String(at.microsecond).padStart(6, '0') + String(rest).padStart(3, '0');
  return `${date}T${two(at.hour)}:${two(at.minute)}:${two(at.second)}.${fraction}`;
}
