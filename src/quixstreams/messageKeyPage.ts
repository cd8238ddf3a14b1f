import type { Entry } from '../rocksdb/index';
import { nameOf } from './answers';
import type { BareEntry, MessageKey } from './messageKeys';
import { Walk, type KeyPage, type Limits, type Scan } from './walk';

/** A message key that a page lists, and how many of its entries were seen: all, or at least so many. */
export interface Group {
  readonly prefix: Uint8Array;
  count: number;
  exact: boolean;
}

/** Where a raw key belongs. */
export interface Place {
  readonly prefix: Uint8Array;
  /** A key behind which no more of this message key's are counted; undefined where none can be told. */
  past(): Uint8Array | undefined;
}

/** How a kind of store has its message keys. */
export interface ListedKeys {
  /** undefined for a key that belongs to no message key: it is listed as it is. */
  placeOf(key: Uint8Array): Place | undefined | Promise<Place | undefined>;
  /** Whether a prefix has a key before `end`. */
  hasBefore(prefix: Uint8Array, end: Uint8Array): Promise<boolean>;
  /** The row of a group; it is counted on where the page ended within it, at `pageEnd`. */
  messageKey(group: Group, pageEnd: Uint8Array | undefined): Promise<MessageKey>;
}

/**
 * Up to `limit` message keys and bare entries from `from` on, each message key where its first key stands.
 * Fewer, though there is a next page, after a long run of keys that bring no new one.
 */
export async function messageKeyPage(
  scan: Scan,
  limits: Limits,
  keys: ListedKeys,
  from: Uint8Array,
  limit: number,
): Promise<KeyPage<MessageKey | BareEntry>> {
  const items: (Group | Entry)[] = [];
  const groups = new Map<string, Group>();
  let next: Uint8Array | undefined;
  let quiet = 0;
  const walk = new Walk(scan, from);
  try {
    for (let entry = await walk.next(); entry; entry = await walk.next()) {
      const place = await keys.placeOf(entry.key);
      const name = place && nameOf(place.prefix);
      let group = name === undefined ? undefined : groups.get(name);
      const listed = group ?? (place && (await keys.hasBefore(place.prefix, from)));
      if ((!listed && items.length === limit) || quiet === limits.scanned) {
        next = entry.key;
        break;
      }
      quiet = listed ? quiet + 1 : 0;
      if (!place || name === undefined) {
        items.push(entry);
        continue;
      }
      if (!group) {
        group = { prefix: place.prefix, count: 0, exact: true };
        groups.set(name, group);
        if (!listed) items.push(group);
      }
      if (group.count < limits.counted) {
        group.count++;
        continue;
      }
      group.exact = false;
      const past = place.past();
      if (past) await walk.jump(past);
    }
  } finally {
    await walk.close();
  }
  const rows: (MessageKey | BareEntry)[] = [];
  for (const item of items) {
    rows.push('prefix' in item ? await keys.messageKey(item, next) : { kind: 'bare', entry: item });
  }
  return { items: rows, next };
}
