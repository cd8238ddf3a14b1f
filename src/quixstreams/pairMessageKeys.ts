import { compareBytes, type Entry } from '../rocksdb/index';
import { Answers, nameOf } from './answers';
import { behindPairs, pairRanges, type KeyRange, type PairKey } from './integerPairKeys';
import { asJsonString, decodeKey, type DecodedKey } from './keys';
import type { BareEntry, MessageKey } from './messageKeys';
import { messageKeyPage, type Group, type ListedKeys, type Place } from './messageKeyPage';
import { usualLimits, type KeyPage, type Limits, type Scan } from './walk';

/** An entry whose key is a message key and two numbers. */
export interface PairEntry {
  readonly entry: Entry;
  readonly pair: PairKey;
}

/** What a key is made of; undefined where it is none that is looked for. */
export type SplitKey = (key: Uint8Array) => PairKey | undefined;

/**
 * Lists message keys, and the entries of one, over a store whose keys are of integer pairs. Each
 * message key is listed once, where its first key stands; what is no such key is listed as it is.
 *
 * Behind 100 entries of a message key the rest is jumped over. A message key that goes on with "|" and a
 * zero byte where another one ends is not listed where the other one has more than these.
 */
export class PairMessageKeys implements ListedKeys {
  private readonly answers = new Answers();

  constructor(
    private readonly scan: Scan,
    private readonly split: SplitKey,
    private readonly limits: Limits = usualLimits,
  ) {}

  /** Up to `limit` rows from `from` on; fewer, though there is a next page, after many keys without one. */
  page(from: Uint8Array, limit: number): Promise<KeyPage<MessageKey | BareEntry>> {
    return messageKeyPage(this.scan, this.limits, this, from, limit);
  }

  /** For a page. */
  placeOf(key: Uint8Array): Place | undefined {
    const pair = this.split(key);
    return pair && { prefix: pair.prefix, past: () => behindPairs(key) };
  }

  /** The entries of a message key, in key order: up to `limit` from `from` on; fewer as in `page`. */
  async entriesOf(
    prefix: Uint8Array,
    from: Uint8Array | undefined,
    limit: number,
  ): Promise<KeyPage<PairEntry>> {
    const items: PairEntry[] = [];
    for (const range of rangesFrom(prefix, from)) {
      const page = await this.entriesBetween(prefix, range.from, range.to, limit - items.length);
      items.push(...page.items);
      if (page.next) return { items, next: page.next };
    }
    return { items, next: undefined };
  }

  /** As `entriesOf`, in a part of the store that has keys of this prefix and, among them, of longer ones. */
  async entriesBetween(
    prefix: Uint8Array,
    from: Uint8Array,
    to: Uint8Array,
    limit: number,
  ): Promise<KeyPage<PairEntry>> {
    const items: PairEntry[] = [];
    let quiet = 0;
    for await (const entry of this.scan(from, to)) {
      const pair = this.split(entry.key);
      const own = pair && compareBytes(pair.prefix, prefix) === 0;
      if (own && items.length < limit) {
        items.push({ entry, pair });
        quiet = 0;
      } else if (own || ++quiet > this.limits.scanned) {
        return { items, next: entry.key };
      }
    }
    return { items, next: undefined };
  }

  /** How many entries a message key has with a first number from `from` to, exclusive, `to`. */
  async count(prefix: Uint8Array, from?: bigint, to?: bigint) {
    let count = 0;
    for (const range of pairRanges(prefix, from, to)) {
      let others = 0;
      for await (const { key } of this.scan(range.from, range.to)) {
        const pair = this.split(key);
        const own = pair && compareBytes(pair.prefix, prefix) === 0;
        const full = own ? count === this.limits.counted : ++others > this.limits.scanned;
        if (full) return { count, exact: false };
        if (own) count++;
      }
    }
    return { count, exact: true };
  }

  /**
   * What a prefix stands for: JSON where it is that. `1` may be the number or the bytes: it is the bytes
   * where there are keys of `"1"`, too.
   */
  async decode(prefix: Uint8Array): Promise<DecodedKey> {
    const asString = asJsonString(prefix);
    const both = asString && (await this.has(asString));
    return both ? { bytes: prefix } : decodeKey(prefix);
  }

  private has(prefix: Uint8Array): Promise<boolean> {
    return this.answers.remembered(nameOf(prefix), async () => {
      const { items } = await this.entriesOf(prefix, undefined, 1);
      return items.length > 0;
    });
  }

  /** Whether a prefix has a key before `end`. */
  async hasBefore(prefix: Uint8Array, end: Uint8Array): Promise<boolean> {
    const [range] = pairRanges(prefix);
    if (!range || compareBytes(range.from, end) >= 0) return false;
    const { items } = await this.entriesOf(prefix, undefined, 1);
    const first = items[0]?.entry.key;
    return first !== undefined && compareBytes(first, end) < 0;
  }

  /** Counts anew where a page ended within a group's range. */
  async messageKey(
    { prefix, count, exact }: Group,
    pageEnd: Uint8Array | undefined,
  ): Promise<MessageKey> {
    const end = pairRanges(prefix).at(-1)?.to;
    const cut = pageEnd && end && compareBytes(pageEnd, end) < 0;
    const all = exact && cut ? await this.count(prefix) : { count, exact };
    const key = await this.decode(prefix);
    return { kind: 'messageKey', prefix, key, count: all.count, countIsExact: all.exact };
  }
}

/** Where the keys of a prefix stand from `from` on, which is one of them. */
function rangesFrom(prefix: Uint8Array, from: Uint8Array | undefined): KeyRange[] {
  const ranges = pairRanges(prefix);
  if (!from) return ranges;
  return ranges
    .filter(({ to }) => compareBytes(from, to) < 0)
    .map((range) => (compareBytes(from, range.from) > 0 ? { ...range, from } : range));
}
