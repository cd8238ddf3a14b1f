/** 999 B, 1.4 MB: decimal, as file managers of today print sizes. */
export function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const digits = unit > 0 && value < 99.95 ? 1 : 0;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** 10000 → 10,000 */
export function countText(count: number | bigint): string {
  return count.toLocaleString('en-US');
}

/**
 * Milliseconds since epoch as UTC to the last one, `2026-11-24 03:32:50.250Z`; without those that are zero. What no
 * date can hold comes back as the number.
 */
export function exactTimeText(ms: number | bigint): string {
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return String(ms);
  return date.toISOString().replace('T', ' ').replace('.000Z', 'Z');
}

/** Milliseconds since epoch as UTC, `2026-11-24 03:32:50Z`; what no date can hold comes back as the number. */
export function timeText(ms: number | bigint): string {
  const date = new Date(Number(ms));
  if (Number.isNaN(date.getTime())) return String(ms);
  return date
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z');
}
