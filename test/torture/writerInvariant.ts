// What a view of tortureWriter.py's store must show, which follows from the numbers of its first and last
// batch alone.

/** Entries of a column family: keys and values as text. */
export type FamilyText = ReadonlyMap<string, string>;

const fillers = { default: 2000, one: 500 } as const;
const rounds = 50;
const rangeKeys = 200;
const rangeEvery = 1000;
const factor = 7919;

const keyOf = (letter: string, i: number) => `${letter}${String(i).padStart(4, '0')}`;

/** The value that batch `m` writes. */
const valueOf = (m: number) => `${m}:${'x'.repeat(m % 90)}`;

/** The batches that write key i of `count` fillers, modulo `count`. */
const fillerBatches = new Map<number, number[]>();

function batchOfFiller(i: number, count: number): number {
  let batches = fillerBatches.get(count);
  if (!batches) {
    batches = [];
    for (let m = 0; m < count; m++) batches[(m * factor) % count] = m;
    fillerBatches.set(count, batches);
  }
  return batches[i] ?? 0;
}

/** The largest number up to `n` that is `rest` modulo `count`. */
const lastOf = (n: number, rest: number, count: number) =>
  n - ((((n - rest) % count) + count) % count);

function putCommon(family: Map<string, string>, base: number, n: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const m = lastOf(n, batchOfFiller(i, count), count);
    if (m >= base) family.set(keyOf('k', i), valueOf(m));
  }
  for (let i = 0; i < rounds; i++) {
    const m = lastOf(n, i, rounds);
    if (m >= base) family.set(keyOf('c', i), valueOf(m));
  }
}

/** All that the store holds after batches `base` to `n`. */
export function expectedEntries(base: number, n: number): Record<string, FamilyText> {
  const first = new Map<string, string>();
  putCommon(first, base, n, fillers.default);
  for (let i = 0; i < rounds; i++) {
    const put = lastOf(n, i + rounds / 2, rounds);
    if (put >= base && put > lastOf(n, i, rounds)) first.set(keyOf('d', i), valueOf(put));
  }
  for (let i = 0; i < rangeKeys; i++) {
    const put = lastOf(n, i, rangeKeys);
    if (put >= base && put >= lastOf(n, 0, rangeEvery)) first.set(keyOf('r', i), valueOf(put));
  }
  const one = new Map<string, string>();
  putCommon(one, base, n, fillers.one);
  const metadata = new Map([
    ['base', String(base)],
    ['n', valueOf(n)],
  ]);
  return { default: first, one, __metadata__: metadata };
}

/** The numbers of a view's first and last batch, as it tells them itself; undefined when nothing is in it. */
export function batchesOf(
  view: Readonly<Record<string, FamilyText>>,
): [number, number] | undefined {
  const [base, n] = ['base', 'n'].map((key) => view['__metadata__']?.get(key));
  if (base !== undefined && n !== undefined) return [Number(base), Number.parseInt(n, 10)];
  if (Object.values(view).some(({ size }) => size > 0)) throw new Error('entries, but no batch');
  return undefined;
}

/** Where a view is not what it must be; undefined: nowhere. */
export function wrongIn(view: Readonly<Record<string, FamilyText>>): string | undefined {
  let batches: [number, number] | undefined;
  try {
    batches = batchesOf(view);
  } catch (error) {
    return String(error);
  }
  if (!batches) return undefined;
  const [base, n] = batches;
  const at = `batches ${base} to ${n}`;
  for (const [family, entries] of Object.entries(expectedEntries(base, n))) {
    const found = view[family];
    if (!found) return `${at}: no ${family}`;
    for (const [key, value] of entries) {
      const other = found.get(key);
      if (other !== value) return `${at}: ${family} has ${key} = ${other} instead of ${value}`;
    }
    if (found.size !== entries.size) {
      const more = [...found].find(([key]) => !entries.has(key));
      return `${at}: ${family} has ${more?.join(' = ')}`;
    }
  }
  return undefined;
}
