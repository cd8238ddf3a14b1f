import { compareBytes, type Entry } from '../rocksdb/index';
import {
  decodeMessageKey,
  endOf,
  seekPast,
  splitByBytes,
  splitKey,
  startOf,
  type DecodedKey,
  type SplitKey,
} from './keys';
import { isJson } from './json';

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

/** Reads entries in key order from a key on; what a store is for this file. */
export type Scan = (from: Uint8Array, to?: Uint8Array) => AsyncIterableIterator<Entry>;

export interface KeyPage<T> {
  readonly items: readonly T[];
  /** Where the next page begins; undefined at the end. */
  readonly next: Uint8Array | undefined;
}

/** State keys of one message key are counted up to here. */
export const countedKeys = 100;
/** How far a prefix's range is looked through for a JSON state key before it counts as not known. */
const probedKeys = 8;

interface Group {
  readonly prefix: Uint8Array;
  count: number;
  exact: boolean;
}

/**
 * Lists message keys, and the entries of one, over a store in key order. Keys of a message key need
 * not stand together: those of `a|b` lie between those of `a`. Each message key is listed where its
 * first key stands.
 */
export class MessageKeys {
  private readonly known = new Map<string, boolean>();

  constructor(private readonly scan: Scan) {}

  /** The prefix and state key of a raw key. */
  split(key: Uint8Array): Promise<SplitKey> {
    return splitKey(key, (prefix) => this.knows(prefix));
  }

  /** Up to `limit` message keys and bare entries from `from` on. */
  async page(from: Uint8Array, limit: number): Promise<KeyPage<MessageKey | BareEntry>> {
    const items: (Group | BareEntry)[] = [];
    const groups = new Map<string, Group>();
    let start: Uint8Array | undefined = from;
    let next: Uint8Array | undefined;
    while (start) {
      const seek: Uint8Array = start;
      start = undefined;
      for await (const entry of this.scan(seek)) {
        const split = splitByBytes(entry.key) ?? (await this.split(entry.key));
        const name = split.bare ? '' : Buffer.from(split.prefix).toString('latin1');
        let group = split.bare ? undefined : groups.get(name);
        if (!group) {
          const earlier = !split.bare && (await this.listedBefore(split.prefix, entry.key, from));
          if (!earlier && items.length === limit) {
            next = entry.key;
            break;
          }
          if (split.bare) {
            items.push({ kind: 'bare', entry });
            continue;
          }
          group = { prefix: split.prefix, count: 0, exact: true };
          groups.set(name, group);
          if (!earlier) items.push(group);
        }
        group.count++;
        if (group.count > countedKeys) {
          group.exact = false;
          start = seekPast(entry.key, split);
          break;
        }
      }
    }
    const listed = items.map((item) => ('kind' in item ? item : this.messageKey(item, next)));
    return { items: await Promise.all(listed), next };
  }

  /** The entries of a message key, in key order: up to `limit` from `from` on. */
  async entriesOf(
    prefix: Uint8Array,
    from: Uint8Array | undefined,
    limit: number,
  ): Promise<KeyPage<Entry>> {
    const items: Entry[] = [];
    for await (const entry of this.scan(from ?? startOf(prefix), endOf(prefix))) {
      const split = splitByBytes(entry.key) ?? (await this.split(entry.key));
      if (split.bare || compareBytes(split.prefix, prefix) !== 0) continue;
      if (items.length === limit) return { items, next: entry.key };
      items.push(entry);
    }
    return { items, next: undefined };
  }

  /** Whether a key of this prefix stands before `key` and before `from`: then an earlier page has it. */
  private async listedBefore(
    prefix: Uint8Array,
    key: Uint8Array,
    from: Uint8Array,
  ): Promise<boolean> {
    const first = startOf(prefix);
    if (compareBytes(first, from) >= 0) return false; // this scan has come past its first key
    const page = await this.entriesOf(prefix, undefined, 1);
    const found = page.items[0]?.key;
    return found !== undefined && compareBytes(found, key) < 0;
  }

  /** Counts a group anew whose range the page's end has cut. */
  private async messageKey(
    { prefix, count, exact }: Group,
    pageEnd: Uint8Array | undefined,
  ): Promise<MessageKey> {
    let counted = { count: Math.min(count, countedKeys), countIsExact: exact };
    if (exact && pageEnd && compareBytes(pageEnd, endOf(prefix)) < 0) {
      const { items, next } = await this.entriesOf(prefix, undefined, countedKeys);
      counted = { count: items.length, countIsExact: next === undefined };
    }
    return { kind: 'messageKey', prefix, key: decodeMessageKey(prefix), ...counted };
  }

  /** Whether the store has a key `prefix|` with JSON behind it. */
  private async knows(prefix: Uint8Array): Promise<boolean> {
    const name = Buffer.from(prefix).toString('latin1');
    const remembered = this.known.get(name);
    if (remembered !== undefined) return remembered;
    let probed = 0;
    let known = false;
    for await (const { key } of this.scan(startOf(prefix), endOf(prefix))) {
      known = isJson(key, prefix.length + 1);
      if (known || ++probed === probedKeys) break;
    }
    this.known.set(name, known);
    return known;
  }
}
