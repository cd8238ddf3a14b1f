import { exactTimeText } from '../../app/index';

/**
 * From one time to another, ms since epoch: `2026-11-24 03:32:50 - 03:33:00Z`; the other date where it differs, one
 * time where both are the same.
 */
export function rangeText(start: bigint, end: bigint): string {
  const [from, to] = [exactTimeText(start), exactTimeText(end)];
  if (start === end) return from;
  const [fromDate = ''] = from.split(' ');
  const isSameDay = from.includes(' ') && to.startsWith(`${fromDate} `);
  return `${from.replace(/Z$/, '')} - ${isSameDay ? to.slice(fromDate.length + 1) : to}`;
}

/** The same without the date where it is the same one: `03:32:50 - 03:33:00Z`. */
export function shortRangeText(start: bigint, end: bigint): string {
  const text = rangeText(start, end);
  return text.match(/\d\d:\d\d:/g)?.length === text.match(/\d-\d\d-\d\d /g)?.length
    ? text
    : text.replace(/^\S+ (?=\d\d:)/, '');
}

/** Text of times as the name of a file: `03.32.50-03.33.00`. */
export function fileNameOfTime(text: string): string {
  return text.replace(' - ', '-').replaceAll(':', '.').replace(/Z$/, '');
}

/** A length of time in words of at most two units: `10 s`, `1 h 3 min`, `250 ms`. */
export function durationText(ms: bigint): string {
  const units: [bigint, string][] = [
    [86_400_000n, 'd'],
    [3_600_000n, 'h'],
    [60_000n, 'min'],
    [1_000n, 's'],
    [1n, 'ms'],
  ];
  const largest = units.findIndex(([length]) => ms >= length);
  if (largest < 0) return `${ms} ms`;
  const words: string[] = [];
  let rest = ms;
  for (const [length, unit] of units.slice(largest, largest + 2)) {
    if (rest >= length) words.push(`${rest / length} ${unit}`);
    rest %= length;
  }
  return words.join(' ');
}
