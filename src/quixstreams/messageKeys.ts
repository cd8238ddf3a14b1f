import { compareBytes, type Entry } from '../rocksdb/index';
import { Answers, nameOf } from './answers';
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
import { messageKeyPage, type Group, type ListedKeys, type Place } from './messageKeyPage';
import { usualLimits, Walk, type KeyPage, type Limits, type Scan } from './walk';

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

/** Keys read behind a page's end to make a count exact. */
const mostRecounted = 1000;

/**
 * Lists message keys, and the entries of one, over a store in key order. Keys of a message key need
 * not stand together: those of `a|b` lie between those of `a`. Each message key is listed once, where
 * its first key stands.
 */
export class MessageKeys implements ListedKeys {
  private readonly answers = new Answers();

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
  page(from: Uint8Array, limit: number): Promise<KeyPage<MessageKey | BareEntry>> {
    return messageKeyPage(this.scan, this.limits, this, from, limit);
  }

  /** For a page. */
  async placeOf(key: Uint8Array): Promise<Place | undefined> {
    const split = await this.split(key);
    return split.bare ? undefined : { prefix: split.prefix, past: () => seekPast(split) };
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

  /** How many entries a message key has, counted up to 100. */
  async count(prefix: Uint8Array): Promise<{ count: number; exact: boolean }> {
    const { items, next } = await this.entriesOf(prefix, undefined, this.limits.counted);
    return { count: items.length, exact: next === undefined };
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
  async hasBefore(prefix: Uint8Array, end: Uint8Array): Promise<boolean> {
    const first = startOf(prefix);
    if (compareBytes(first, end) >= 0) return false;
    for await (const { own } of this.ownEntries(prefix, first, end)) if (own) return true;
    return false;
  }

  /** Counts on where a page ended within a group's range. */
  async messageKey(
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
    return this.answers.remembered(`knows ${nameOf(prefix)}`, async () => {
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
    return this.answers.remembered(`has ${nameOf(prefix)}`, find);
  }

  private async first(from: Uint8Array, to: Uint8Array): Promise<Uint8Array | undefined> {
    for await (const { key } of this.scan(from, to)) return key;
    return undefined;
  }
}
