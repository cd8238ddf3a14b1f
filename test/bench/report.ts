import { contestants, type Contestant, type Samples } from './arena';
import type { Row } from './rows';

/** One line of the result: a row, against one peer or against its goal alone. */
export interface Result {
  readonly name: string;
  readonly ours: number;
  /** null where no peer was measured. */
  readonly theirs: number | null;
  readonly unit: string;
  /** How many times ours goes into theirs: the median of the rounds' own, for both are as disturbed in one. */
  readonly ratio: number | null;
  /** null: none, it is there to be known. */
  readonly goal: string | null;
  readonly met: boolean;
  readonly versions: { readonly ours: string; readonly theirs: string | null };
}

export type Versions = Readonly<Record<Contestant, string>>;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const [lower, upper] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return lower === undefined || upper === undefined ? NaN : (lower + upper) / 2;
}

/** The lines of one row: one for each peer that was measured, one where none was. */
export function results(row: Row, samples: Samples, versions: Versions): Result[] {
  const ours = median(samples.ours ?? []);
  const peers = contestants.filter((name) => name !== 'ours' && samples[name]);
  return (peers.length ? peers : [undefined]).map((peer) => {
    const theirs = peer ? median(samples[peer] ?? []) : null;
    const ratio = peer ? pairedRatio(samples.ours ?? [], samples[peer] ?? []) : null;
    const times = peer && row.times?.[peer];
    const goals = [
      ...(row.atMost === undefined ? [] : [`≤ ${row.atMost} ${row.unit}`]),
      ...(times === undefined ? [] : [`≥ ${times} ×`]),
    ];
    const met =
      (row.atMost === undefined || ours <= row.atMost) &&
      (times === undefined || (ratio !== null && ratio >= times));
    return {
      name: peer ? `${row.name} / ${versions[peer]}` : row.name,
      ours: rounded(ours),
      theirs: theirs === null ? null : rounded(theirs),
      unit: row.unit,
      ratio: ratio === null ? null : rounded(ratio),
      goal: goals.length ? goals.join(', ') : null,
      met,
      versions: { ours: versions.ours, theirs: peer ? versions[peer] : null },
    };
  });
}

/** Rounds in which only one of both was measured are left out. */
function pairedRatio(ours: readonly number[], theirs: readonly number[]): number {
  return median(
    ours
      .map((value, round) => (theirs[round] ?? NaN) / value)
      .filter((ratio) => !Number.isNaN(ratio)),
  );
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function shown(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(3)));
}

/** A table in Markdown. */
export function table(lines: readonly Result[]): string {
  const head = ['', 'ours', 'theirs', '', 'ratio', 'goal', ''];
  const cells = lines.map(({ name, ours, theirs, unit, ratio, goal, met }) => [
    name,
    shown(ours),
    shown(theirs),
    unit,
    ratio === null ? '' : `${shown(ratio)} ×`,
    goal ?? '',
    goal === null ? '' : met ? 'met' : 'NOT met',
  ]);
  const widths = head.map((title, i) =>
    Math.max(3, title.length, ...cells.map((c) => c[i]?.length ?? 0)),
  );
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [line(head), rule, ...cells.map(line)].join('\n');
}
