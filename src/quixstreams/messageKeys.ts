import { compareBytes, type Entry } from '../rocksdb/index';
import { isJson } from './json';
import {
  asJsonString,
  decodeKey,
  endOf,
  jsonRanges,
  seekPast,
  splitByBytes,
  splitKey,
  startOf,
  type DecodedKey,
  type SplitKey,
} from './keys';

/** A message key of a default store, and how many state keys it has. */
export interface MessageKey {
  readonly kind: 'messageKey';
  readonly prefix: Uint8Array;
  readonly key: DecodedKey;
  readonly count: number;
  /** false: at least `count`, the rest was not counted. */
  readonly countIsExact: boolean;
}

/** A key without a prefix, with the entry that it is. */
export interface BareEntry {
  readonly kind: 'bare';
  readonly entry: Entry;
}

/** Reads entries in key order, from a key on and before another; what a store is for this file. */
export type Scan = (from: Uint8Array, to?: Uint8Array) => AsyncIterableIterator<Entry>;

export interface KeyPage<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined at the end. */
  readonly next: Uint8Array | undefined;
}

export interface Limits {
  /** State keys of one message key are counted up to here. */
  readonly counted: number;
  /** Keys read without a new row before a page ends, so that a page never takes long. */
  readonly scanned: number;
}

const usualLimits: Limits = { counted: 100, scanned: 50_000 };
/** Keys read behind a page's end to make a count exact. */
const mostRecounted = 1000;
/** Answers of the store that are kept. */
const mostRemembered = 1000;

interface Group {
  readonly prefix: Uint8Array;
  count: number;
  exact: boolean;
}

/** Reads on in key order, and jumps over what is not wanted. */
class Walk {
  private iterator: AsyncIterableIterator<Entry> | undefined;

  constructor(
    private readonly scan: Scan,
    private from: Uint8Array,
    private readonly to?: Uint8Array,
  ) {}

  async next(): Promise<Entry | undefined> {
    this.iterator ??= this.scan(this.from, this.to);
    const result = await this.iterator.next();
    return result.done === true ? undefined : result.value;
  }

  async jump(from: Uint8Array): Promise<void> {
    await this.close();
    this.from = from;
  }

  async close(): Promise<void> {
    await this.iterator?.return?.();
    this.iterator = undefined;
  }
}

/**
 * Lists message keys, and the entries of one, over a store in key order. Keys of a message key need
 * not stand together: those of `a|b` lie between those of `a`. Each message key is listed once, where
 * its first key stands.
 */
export class MessageKeys {
  private readonly answers = new Map<string, boolean>();

  constructor(
    private readonly scan: Scan,
    private readonly limits: Limits = usualLimits,
  ) {}

  /** The prefix and state key of a raw key. */
  async split(key: Uint8Array): Promise<SplitKey> {
    return splitByBytes(key) ?? (await splitKey(key, (prefix) => this.knows(prefix)));
  }

  /** What a prefix stands for. */
  async decode(prefix: Uint8Array): Promise<DecodedKey> {
    const asString = asJsonString(prefix);
    return asString && (await this.has(asString)) ? { bytes: prefix } : decodeKey(prefix);
  }

  /**
   * Up to `limit` message keys and bare entries from `from` on. Fewer, though there is a next page,
   * after a long run of keys that bring no new one.
   */
  async page(from: Uint8Array, limit: number): Promise<KeyPage<MessageKey | BareEntry>> {
    const items: (Group | BareEntry)[] = [];
    const groups = new Map<string, Group>();
    let next: Uint8Array | undefined;
    let quiet = 0;
    const walk = new Walk(this.scan, from);
    try {
      for (let entry = await walk.next(); entry; entry = await walk.next()) {
        const split = await this.split(entry.key);
        const name = nameOf(split.prefix);
        let group = split.bare ? undefined : groups.get(name);
        const listed = group ?? (!split.bare && (await this.hasBefore(split.prefix, from)));
        if ((!listed && items.length === limit) || quiet === this.limits.scanned) {
          next = entry.key;
          break;
        }
        quiet = listed ? quiet + 1 : 0;
        if (split.bare) {
          items.push({ kind: 'bare', entry });
          continue;
        }
        if (!group) {
          group = { prefix: split.prefix, count: 0, exact: true };
          groups.set(name, group);
          if (!listed) items.push(group);
        }
        if (group.count < this.limits.counted) {
          group.count++;
          continue;
        }
        group.exact = false;
        const past = seekPast(split);
        if (past) await walk.jump(past);
      }
    } finally {
      await walk.close();
    }
    const rows: (MessageKey | BareEntry)[] = [];
    for (const item of items) rows.push('kind' in item ? item : await this.messageKey(item, next));
    return { items: rows, next };
  }

  /** The entries of a message key, in key order: up to `limit` from `from` on; fewer as in `page`. */
  async entriesOf(
    prefix: Uint8Array,
    from: Uint8Array | undefined,
    limit: number,
  ): Promise<KeyPage<Entry>> {
    const items: Entry[] = [];
    let quiet = 0;
    for await (const entry of this.ownEntries(prefix, from ?? startOf(prefix), endOf(prefix))) {
      if (entry.own && items.length < limit) {
        items.push(entry.entry);
        quiet = 0;
      } else if (entry.own || ++quiet > this.limits.scanned) {
        return { items, next: entry.entry.key };
      }
    }
    return { items, next: undefined };
  }

  /** What stands in a part of a prefix's range: its own keys, and those of longer prefixes. */
  private async *ownEntries(prefix: Uint8Array, from: Uint8Array, to: Uint8Array) {
    const walk = new Walk(this.scan, from, to);
    let run: { prefix: Uint8Array; length: number } | undefined;
    try {
      for (let entry = await walk.next(); entry; entry = await walk.next()) {
        const split = await this.split(entry.key);
        const own = !split.bare && compareBytes(split.prefix, prefix) === 0;
        yield { entry, own };
        if (own) continue;
        if (run && compareBytes(run.prefix, split.prefix) === 0) run.length++;
        else run = { prefix: split.prefix, length: 1 };
        const past = run.length > this.limits.counted ? seekPast(split) : undefined;
        if (past) await walk.jump(past);
      }
    } finally {
      await walk.close();
    }
  }

  /** Whether a prefix has a key before `end`. */
  private async hasBefore(prefix: Uint8Array, end: Uint8Array): Promise<boolean> {
    const first = startOf(prefix);
    if (compareBytes(first, end) >= 0) return false;
    for await (const { own } of this.ownEntries(prefix, first, end)) if (own) return true;
    return false;
  }

  /** Counts on where a page ended within a group's range. */
  private async messageKey(
    { prefix, count, exact }: Group,
    pageEnd: Uint8Array | undefined,
  ): Promise<MessageKey> {
    const { counted } = this.limits;
    let total = count;
    let isExact = exact;
    const end = endOf(prefix);
    if (exact && pageEnd && compareBytes(pageEnd, end) < 0) {
      let read = 0;
      for await (const { own } of this.ownEntries(prefix, pageEnd, end)) {
        isExact = read++ < mostRecounted && !(own && total === counted);
        if (!isExact) break;
        if (own) total++;
      }
    }
    const key = await this.decode(prefix);
    return { kind: 'messageKey', prefix, key, count: total, countIsExact: isExact };
  }

  /** Whether the first key in one of the ranges where JSON state keys of a prefix stand is one. */
  private knows(prefix: Uint8Array): Promise<boolean> {
    return this.remembered(`knows ${nameOf(prefix)}`, async () => {
      for (const [from, to] of jsonRanges(prefix)) {
        const first = await this.first(from, to);
        if (first && isJson(first, prefix.length + 1)) return true;
      }
      return false;
    });
  }

  /** Whether there is any key behind `prefix|`. */
  private has(prefix: Uint8Array): Promise<boolean> {
    const find = async () => (await this.first(startOf(prefix), endOf(prefix))) !== undefined;
    return this.remembered(`has ${nameOf(prefix)}`, find);
  }

  private async first(from: Uint8Array, to: Uint8Array): Promise<Uint8Array | undefined> {
    for await (const { key } of this.scan(from, to)) return key;
    return undefined;
  }

  private async remembered(question: string, find: () => Promise<boolean>): Promise<boolean> {
    const before = this.answers.get(question);
    if (before !== undefined) return before;
    const answer = await find();
    if (this.answers.size === mostRemembered) this.answers.clear();
    this.answers.set(question, answer);
    return answer;
  }
}

function nameOf(prefix: Uint8Array): string {
  return Buffer.from(prefix.buffer, prefix.byteOffset, prefix.length).toString('latin1');
}
