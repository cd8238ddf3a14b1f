import { setImmediate as nextTurn } from 'node:timers/promises';
import { clock } from '../clock';
import { ValueType } from '../internalKey';
import type { Comparator } from '../manifest/comparator';
import { userKeyOf } from '../manifest/version';
import type { RangeDeletion } from '../memtable/rangeDeletion';
import { seekBlock, type Run } from '../memtable/run';
import type { Block } from '../table/block';
import { HashedKey } from '../table/filterHash';
import { ScanMemory } from '../table/readAhead';
import type { Sink } from './merge';
import type { ViewTable } from './sources';
import type { ColumnFamilyView } from './view';

/** How long lookups hold their thread at most, and after how many keys they look at the clock. */
const turnMs = 6;
const keysOfStep = 32;

type Compare = Comparator['compare'];

/**
 * The values of `keys`, in their order: copies; undefined for one that is not there. In key order, level by
 * level, so that each table is opened and each of its blocks read once.
 * @throws CorruptionError, UnsupportedFormatError
 */
export function lookUp(
  view: ColumnFamilyView,
  keys: readonly Uint8Array[],
): Promise<(Uint8Array | undefined)[]> {
  return new Lookups(view, keys).run();
}

class Lookups {
  private readonly keys: readonly HashedKey[];
  private readonly values: (Uint8Array | undefined)[];
  /** Positions in `keys`, in key order, of those that the levels before do not have. */
  private left: number[];
  /** By position, 1 where a key's newest entry was found. */
  private readonly found: Uint8Array;
  /** Positions of those that are perhaps deleted, merged or refused. */
  private readonly unusual: number[] = [];
  /** Of the logs, and of the tables that were looked at. */
  private readonly deletions: RangeDeletion[];
  private readonly compare: Compare;
  /** A filter in parts is looked up bytewise. */
  private readonly filtered: boolean;
  /** For blocks that nobody looks at again. */
  private readonly memory: ScanMemory | undefined;
  private turnBegan = clock();

  constructor(
    private readonly view: ColumnFamilyView,
    keys: readonly Uint8Array[],
  ) {
    this.keys = keys.map((key) => new HashedKey(key));
    const comparator = view.comparator();
    const { compare, bytewise } = comparator;
    this.compare = compare;
    this.filtered = bytewise;
    this.values = keys.map(() => undefined);
    this.found = new Uint8Array(keys.length);
    this.left = inOrder(keys, comparator);
    this.deletions = view.memtable.rangeDeletions;
    this.memory = keys.length > 1 ? new ScanMemory() : undefined;
  }

  async run(): Promise<(Uint8Array | undefined)[]> {
    await this.lookIntoLogs(this.view.memtable.runs);
    for (const level of this.view.levels) {
      for (const table of level) await this.lookInto(table);
      this.forgetFound();
    }
    for (const position of this.unusual) {
      this.values[position] = await this.asScanned(this.key(position));
    }
    return this.values;
  }

  private key(position: number): Uint8Array {
    return this.keys[position]?.userKey ?? new Uint8Array(0);
  }

  /** How many of the keys that are left come before `bound`, or up to it. */
  private countTo(bound: Uint8Array, included: boolean): number {
    const { left, compare } = this;
    let low = 0;
    let high = left.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compare(this.key(left[middle] ?? -1), bound);
      if (order < 0 || (included && order === 0)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private forgetFound(): void {
    this.left = this.left.filter((position) => this.found[position] === 0);
  }

  private async turn(): Promise<void> {
    if (clock() - this.turnBegan < turnMs) return;
    await nextTurn();
    this.turnBegan = clock();
  }

  /** Takes the newest entry of a key. */
  private settle(position: number, { block, index }: Found): void {
    this.found[position] = 1;
    const type = block.type(index);
    const isDeletion = type === ValueType.deletion || type === ValueType.singleDeletion;
    if (this.deletions.length > 0 || !(isDeletion || type === ValueType.value)) {
      this.unusual.push(position);
    } else if (!isDeletion) {
      this.values[position] = block.value(index).slice();
    }
  }

  private async lookIntoLogs(runs: readonly Run[]): Promise<void> {
    if (runs.length === 0) return;
    for (const [i, position] of this.left.entries()) {
      if (i % keysOfStep === 0) await this.turn();
      const found = findInRuns(runs, this.key(position), this.compare);
      if (found) this.settle(position, found);
    }
    this.forgetFound();
  }

  private async lookInto({ meta, table }: ViewTable): Promise<void> {
    const { compare } = this;
    const start = this.countTo(userKeyOf(meta.smallest), false);
    const end = this.countTo(userKeyOf(meta.largest), true);
    if (start === end) return;
    const { rangeDeletions, filter } = await table.head();
    this.deletions.push(...rangeDeletions);
    let number = 0;
    let block: Block | undefined;
    for (let i = start; i < end; i++) {
      if (i % keysOfStep === 0) await this.turn();
      const position = this.left[i] ?? -1;
      const hashed = this.keys[position];
      if (!hashed || this.found[position] !== 0) continue;
      const key = hashed.userKey;
      const may = !this.filtered || (filter?.mayContain(hashed) ?? true);
      if (!(may instanceof Promise ? await may : may)) continue;
      const at = table.seekBlock(key, compare, number);
      let next = at instanceof Promise ? await at : at;
      let found: Found | 'later' | undefined = 'later';
      // The newest version stands first; a key's versions may go on in the next block.
      for (; found === 'later'; next++) {
        if (!block || next !== number) {
          const read = this.memory ? table.blockOnce(next, this.memory) : table.block(next);
          block = read instanceof Promise ? await read : read;
          number = next;
        }
        found = block && findInBlock(block, key, compare);
      }
      if (found) this.settle(position, found);
    }
  }

  /** As a scan has it, which knows all that there may be. */
  private async asScanned(key: Uint8Array): Promise<Uint8Array | undefined> {
    const first = new FirstValue(key);
    const merge = this.view.merge({ from: key });
    while (!first.full && (await merge.fill(first)));
    return first.value;
  }
}

/** Bytes of a key that make a number. */
const numberBytes = 6;

/** The positions of keys in their order; bytewise by some bytes behind those that all of them share. */
function inOrder(keys: readonly Uint8Array[], { compare, bytewise }: Comparator): number[] {
  const nothing = new Uint8Array(0);
  const order = (a: number, b: number) => compare(keys[a] ?? nothing, keys[b] ?? nothing);
  if (!bytewise) return [...keys.keys()].sort(order);
  const [first = nothing] = keys;
  let shared = first.length;
  for (const key of keys) {
    let same = 0;
    while (same < shared && key[same] === first[same]) same++;
    shared = same;
  }
  const numbers = Float64Array.from(keys, (key) => {
    let number = 0;
    for (let i = shared; i < shared + numberBytes; i++) number = number * 256 + (key[i] ?? 0);
    return number;
  });
  return [...keys.keys()].sort((a, b) => (numbers[a] ?? 0) - (numbers[b] ?? 0) || order(a, b));
}

/** The newest entry of a key in what was asked. */
interface Found {
  readonly block: Block;
  readonly index: number;
}

/** Takes the value of a key, if it is the first that is given. */
class FirstValue implements Sink {
  value: Uint8Array | undefined;
  full = false;

  constructor(private readonly key: Uint8Array) {}

  add(block: Block, from: number): void {
    if (this.full) return;
    this.full = true;
    const isIt = Buffer.compare(block.userKey(from), this.key) === 0;
    this.value = isIt ? block.value(from).slice() : undefined;
  }
}

function findInBlock(block: Block, key: Uint8Array, compare: Compare): Found | 'later' | undefined {
  const index = block.seek(key, compare);
  if (index === block.length) return 'later';
  return compare(block.userKey(index), key) === 0 ? { block, index } : undefined;
}

/** By sequence, as a scan has it: logs need not be in the order of their numbers. */
function findInRuns(runs: readonly Run[], key: Uint8Array, compare: Compare): Found | undefined {
  let newest: Found | undefined;
  for (const run of runs) {
    const found = findInRun(run, key, compare);
    if (found && (!newest || sequenceOf(found) > sequenceOf(newest))) newest = found;
  }
  return newest;
}

function sequenceOf({ block, index }: Found): number {
  return block.sequence(index);
}

function findInRun(run: Run, key: Uint8Array, compare: Compare): Found | undefined {
  for (let i = seekBlock(run, key, compare); i < run.blocks; i++) {
    const found = findInBlock(run.block(i), key, compare);
    if (found !== 'later') return found;
  }
  return undefined;
}
