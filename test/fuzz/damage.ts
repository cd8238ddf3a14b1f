import { forgeFooter, forgeRecord, forgeTable, isUnchecked } from './forgeries';
import type { RandomNumbers } from './randomNumbers';
import { kindOf, type FileKind, type SoundStore, type StoreFiles } from './soundStores';

/** What was done to a store. */
export interface Damage {
  /** Files that are others now; undefined: gone. */
  readonly changed: ReadonlyMap<string, Buffer | undefined>;
  readonly what: readonly string[];
  /** Checksums are right, or there are none: nobody can tell that these bytes are not what RocksDB wrote. */
  readonly forged: boolean;
}

/** Damages a store in one to three places; the same for the same numbers. */
export function damage(
  numbers: RandomNumbers,
  store: SoundStore,
  others: readonly SoundStore[],
): Damage {
  const changed = new Map<string, Buffer | undefined>();
  const what: string[] = [];
  let forged = false;
  for (let times = numbers.chance(0.8) ? 1 : 2 + numbers.below(2); times > 0; times--) {
    const files = new Map(store.files);
    for (const [name, bytes] of changed) {
      if (bytes) files.set(name, bytes);
      else files.delete(name);
    }
    const name = someFile(numbers, files);
    const bytes = name === undefined ? undefined : files.get(name);
    if (name === undefined || !bytes) break;
    const [kind, result] = one(numbers, name, bytes, files, others);
    for (const [other, now] of result.files) changed.set(other, now);
    forged ||= kind === 'forge' || (kindOf(name) === 'table' && isUnchecked(bytes));
    what.push(`${name}: ${kind} ${result.what}`);
  }
  return { changed, what, forged };
}

const weights: Record<FileKind, number> = { table: 7, log: 6, manifest: 4, current: 1, options: 1 };

function someFile(numbers: RandomNumbers, files: StoreFiles): string | undefined {
  const names = [...files.keys()].flatMap((name) => {
    const kind = kindOf(name);
    return kind ? Array.from({ length: weights[kind] }, () => name) : [];
  });
  return names.length > 0 ? numbers.one(names) : undefined;
}

interface Result {
  readonly files: Iterable<readonly [string, Buffer | undefined]>;
  readonly what: string;
}

type DamageKind = 'flip' | 'cut' | 'zero' | 'noise' | 'splice' | 'swap' | 'append' | 'forge';

const kinds: readonly DamageKind[] = [
  ...(['flip', 'flip', 'flip', 'cut', 'cut', 'zero', 'noise', 'splice', 'splice'] as const),
  ...(['swap', 'append', 'forge', 'forge', 'forge', 'forge'] as const),
];

function one(
  numbers: RandomNumbers,
  name: string,
  bytes: Buffer,
  files: StoreFiles,
  others: readonly SoundStore[],
): [DamageKind, Result] {
  const kind = numbers.one(kinds);
  if (kind === 'swap') return [kind, swap(numbers, name, files, others)];
  if (kind === 'forge') {
    const result = forge(numbers, name, bytes);
    if (result) return [kind, { files: [[name, result[0]]], what: result[1] }];
    return ['flip', { files: [[name, flip(numbers, bytes)]], what: '' }];
  }
  const copy = Buffer.from(bytes);
  switch (kind) {
    case 'flip':
      return [kind, { files: [[name, flip(numbers, bytes)]], what: '' }];
    case 'cut': {
      const length = place(numbers, bytes.length);
      return [kind, { files: [[name, copy.subarray(0, length)]], what: `to ${length}` }];
    }
    case 'append': {
      const tail = numbers.one([
        ...[numbers.bytes(1 + numbers.below(100)), Buffer.alloc(1 + numbers.below(5000))],
        bytes.subarray(place(numbers, bytes.length)),
      ]);
      return [kind, { files: [[name, Buffer.concat([bytes, tail])]], what: `${tail.length}` }];
    }
    case 'zero':
    case 'noise': {
      const [start, end] = range(numbers, bytes.length);
      if (kind === 'zero') copy.fill(0, start, end);
      else numbers.bytes(end - start).copy(copy, start);
      return [kind, { files: [[name, copy]], what: `${start} to ${end}` }];
    }
    case 'splice': {
      const source = numbers.chance(0.5) ? files : numbers.one(others).files;
      const [from, part] = numbers.one([...source]);
      const [start, end] = range(numbers, part.length);
      const at = place(numbers, bytes.length);
      const over = numbers.chance(0.7) ? end - start : 0;
      const spliced = [bytes.subarray(0, at), part.subarray(start, end), bytes.subarray(at + over)];
      const what = `at ${at} ${over > 0 ? 'over' : 'in'} ${start} to ${end} of ${from}`;
      return [kind, { files: [[name, Buffer.concat(spliced)]], what }];
    }
  }
}

function forge(numbers: RandomNumbers, name: string, bytes: Buffer): [Buffer, string] | undefined {
  try {
    switch (kindOf(name)) {
      case 'table':
        return numbers.chance(0.15) ? forgeFooter(numbers, bytes) : forgeTable(numbers, bytes);
      case 'log':
      case 'manifest':
        return forgeRecord(numbers, bytes);
      default:
        return undefined;
    }
  } catch {
    return undefined; // damaged already, so that its parts are not found
  }
}

function flip(numbers: RandomNumbers, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let times = 1 + numbers.below(4); times > 0 && bytes.length > 0; times--) {
    const at = place(numbers, bytes.length);
    copy[at] = (copy[at] ?? 0) ^ (1 << numbers.below(8));
  }
  return copy;
}

/** Somewhere, at the file's ends more often than in between. */
function place(numbers: RandomNumbers, length: number): number {
  if (length === 0) return 0;
  const near = Math.min(length, 128);
  if (numbers.chance(0.5)) return numbers.below(length);
  return numbers.chance(0.3) ? numbers.below(near) : length - 1 - numbers.below(near);
}

function range(numbers: RandomNumbers, length: number): [start: number, end: number] {
  const start = place(numbers, length);
  return [start, Math.min(length, start + 1 + numbers.below(numbers.one([8, 300, 5000, 70_000])))];
}

/** Another file in its place, or its name for another's contents, or no file. */
function swap(
  numbers: RandomNumbers,
  name: string,
  files: StoreFiles,
  others: readonly SoundStore[],
): Result {
  const kind = kindOf(name);
  const within = [...files.keys()].filter((other) => other !== name && kindOf(other) === kind);
  const way = numbers.below(5);
  if (way === 0) return { files: [[name, undefined]], what: 'gone' };
  if (way === 1) return { files: [[name, Buffer.alloc(0)]], what: 'empty' };
  if (way <= 3 && within.length > 0) {
    const other = numbers.one(within);
    return {
      files: [
        [name, files.get(other)],
        [other, files.get(name)],
      ],
      what: `with ${other}`,
    };
  }
  const store = numbers.one(others);
  const alike = [...store.files].filter(([other]) => kindOf(other) === kind);
  const [other, bytes] = numbers.one(alike.length > 0 ? alike : [...store.files]);
  return { files: [[name, bytes]], what: `for ${other} of ${store.name}` };
}
