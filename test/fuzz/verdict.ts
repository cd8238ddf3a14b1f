import { mostRows, type MarkedReading, type Reading, type Row } from './fullReading';
import type { Outcome } from './readerProcess';
import type { PeerReading } from '../properties/rocksdictPeer';

/** What a sound store's reading takes: other readings are measured by it. */
export interface Measure {
  /** Of processor time. */
  readonly ms: number;
  readonly megabytes: number;
}

const timesSound = 10;
/** Less than this is no hang: what is damaged is looked at twice, and code is compiled first. */
const leastLimitMs = 1500;
/** Of any time: whoever waits so long waits for nothing. */
export const patienceMs = 30_000;
const mostMoreMegabytes = 256;

/** How much processor time reading a damaged store may take. */
function limitOf({ ms }: Measure): number {
  return Math.max(ms * timesSound, leastLimitMs);
}

/** What is wrong with an outcome, whatever RocksDB says; undefined: nothing. */
export function misbehaviour(outcome: Outcome, sound: Measure): string | undefined {
  if (outcome.kind === 'crashed') return `crash: ${outcome.how}`;
  if (outcome.kind === 'hung') return `hang: ended after ${patienceMs} ms`;
  if (outcome.ms > limitOf(sound)) {
    return `hang: ${outcome.ms.toFixed(0)} ms, ${sound.ms.toFixed(0)} ms when sound`;
  }
  const more = outcome.megabytes - sound.megabytes;
  if (more > mostMoreMegabytes) return `memory: ${more.toFixed(0)} MB more than when sound`;
  const { mistake } = outcome.reading;
  return mistake === undefined ? undefined : `mistake: ${mistake}`;
}

/** Whether a person who looks at this reading is told of nothing, in some column family. */
export function isSilent({ error, warnings, families }: Reading): boolean {
  const all = Object.values(families);
  return error === undefined && warnings.length === 0 && all.some((one) => 'digest' in one);
}

/** RocksDB's reading of the same files: of each column family, or why it does not open them. */
export type Theirs = { readonly read: PeerReading } | { readonly refusal: string };

/** Where we show something without a word that RocksDB does not show; undefined: nowhere. */
export function difference(ours: Reading, theirs: Theirs): string | undefined {
  const all = Object.entries(ours.families);
  if ('refusal' in theirs) {
    const silent = all.every(([, family]) => 'digest' in family);
    return silent ? `RocksDB refuses: ${theirs.refusal}` : undefined;
  }
  for (const [name, our] of all) {
    const their = theirs.read[name];
    if (!('digest' in our)) continue;
    if (!their) return `${name}: not a column family for RocksDB`;
    if ('error' in their) return `${name}: RocksDB cannot read it: ${their.error}`;
    if (our.digest !== their.digest) {
      return `${name}: ${our.count} entries of ours, ${their.count} of RocksDB, not the same`;
    }
  }
  const missing = Object.keys(theirs.read).find((name) => !ours.families[name]);
  return missing === undefined ? undefined : `${missing}: a column family only for RocksDB`;
}

/** In either order of keys: where a scan that passes damage over shows something else than it says; undefined: nowhere. */
export function wrongMark(
  { rows, whole, damaged }: MarkedReading,
  sound: readonly Row[],
): string | undefined {
  const isDamaged = (key: string) =>
    damaged.some(([a, b]) => (a <= key && key <= b) || (b <= key && key <= a));
  if (!whole || sound.length >= mostRows) return undefined;
  const shown = new Map(rows);
  for (const [key, value] of sound) {
    if (isDamaged(key)) continue;
    if (shown.get(key) !== value) return `${key} is not as it was, and not marked`;
  }
  const known = new Set(sound.map(([key]) => key));
  const more = rows.find(([key]) => !isDamaged(key) && !known.has(key));
  return more && `${more[0]} was not there, and is not marked`;
}
