// Times in a filter, all UTC:
//
//   03:32          that minute, of any day         2026-11-24            that day
//   03:32:50       that second                     2026-11-24T03:32      that minute
//   A..B           from A on and before B          A..   from A on       ..B   before B
//
// Where A has a date, a B without one is of the same day. Without a date 23:50..00:10 goes over midnight.

const dayMs = 86_400_000n;

/** From `from` on and before `to`; of every day in ms since midnight, else in ms since epoch. */
export interface TimeRange {
  readonly daily: boolean;
  readonly from: bigint | undefined;
  readonly to: bigint | undefined;
}

/** A time, and how long what it names is. */
interface Moment {
  readonly date: string | undefined;
  /** ms since epoch, or since midnight without a date */
  readonly at: bigint;
  readonly length: bigint;
}

/** What `A..B` or a single time says; undefined where it says nothing that can be. */
export function parseTimeRange(text: string): TimeRange | undefined {
  const [first = '', second, ...more] = text.split('..');
  if (more.length > 0) return undefined;
  if (second === undefined) {
    const moment = parseMoment(first);
    return (
      moment && {
        daily: moment.date === undefined,
        from: moment.at,
        to: moment.at + moment.length,
      }
    );
  }
  const from = first === '' ? undefined : parseMoment(first);
  const to = second === '' ? undefined : parseMoment(second, from?.date);
  if ((first !== '' && !from) || (second !== '' && !to) || (!from && !to)) return undefined;
  const daily = (from ?? to)?.date === undefined;
  if (from && to && (from.date === undefined) !== (to.date === undefined)) return undefined;
  if (from && to && (daily ? from.at === to.at : from.at >= to.at)) return undefined;
  return { daily, from: from?.at, to: to?.at };
}

/** Whether some of the time from `start` on and before `end`, ms since epoch, is in a range. */
export function isInRange({ daily, from, to }: TimeRange, start: bigint, end: bigint): boolean {
  if (!daily) return (to === undefined || start < to) && (from === undefined || end > from);
  const first = from ?? 0n;
  const last = to ?? dayMs;
  const behind = last > first ? last : last + dayMs;
  const begin = start % dayMs;
  const over = begin + (end - start);
  return [-dayMs, 0n, dayMs].some((day) => begin < behind + day && over > first + day);
}

function parseMoment(text: string, sameDate?: string): Moment | undefined {
  const parts =
    /^(?:(\d{4}-\d\d-\d\d)(?:[T ]|$))?(?:(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,3}))?)?)?Z?$/.exec(text);
  if (!parts) return undefined;
  const [, ownDate, hours, minutes, seconds, fraction] = parts;
  const date = ownDate ?? sameDate;
  if (date === undefined && hours === undefined) return undefined;
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59 || Number(seconds ?? 0) > 59) {
    return undefined;
  }
  const midnight = date === undefined ? 0 : Date.parse(`${date}T00:00:00Z`);
  // Date.parse takes 2026-02-30 for March.
  if (Number.isNaN(midnight) || midnight < 0) return undefined;
  if (date !== undefined && !new Date(midnight).toISOString().startsWith(date)) return undefined;
  const ofDay =
    ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000 +
    Number((fraction ?? '').padEnd(3, '0'));
  const length =
    hours === undefined
      ? dayMs
      : seconds === undefined
        ? 60_000n
        : fraction === undefined
          ? 1000n
          : 1n;
  return { date, at: BigInt(midnight + ofDay), length };
}
