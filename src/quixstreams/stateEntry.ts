import type { DecodedKey } from './keys';
import type { Bookkeeping } from './bookkeeping';
import type { DictionaryPart } from './dictionary';
import type { BufferIndexEntry } from './lookupBuffer';
import type { PartitionFact } from './metadata';
import type { StateValue } from './values';

/** One entry in Quix Streams' terms. */
export interface StateEntry {
  readonly columnFamily: string;
  readonly rawKey: Uint8Array;
  /** `raw`: key and value are shown as they are; `meaning` has what they are, where that is certain. */
  readonly type: 'kv' | 'metadata' | 'ttlIndex' | 'raw';
  /** Of `kv` entries: the bytes in front of the state key, empty for a bare one. */
  readonly prefix?: Uint8Array;
  readonly messageKey?: DecodedKey;
  /** Of `ttlIndex` entries the raw key that expires, of `metadata` and `raw` ones the raw key. */
  readonly key: DecodedKey;
  readonly value: StateValue;
  /** ms since epoch; null: never; left out in stores without TTL. */
  readonly expiresAtMs?: bigint | null;
  readonly expired?: boolean;
  /** Left out where it fits nothing that is known. */
  readonly meaning?: Meaning;
}

/** A message key as it stands in raw keys, and what it is. */
export interface Prefixed {
  readonly prefix: Uint8Array;
  readonly messageKey: DecodedKey;
}

/** What an entry is that is no state key of a message key. Times are ms since epoch. */
export type Meaning =
  | ({ readonly kind: 'window'; readonly start: bigint; readonly end: bigint } & Prefixed)
  | ({ readonly kind: 'countWindows' } & Prefixed)
  | ({ readonly kind: 'collected'; readonly id: bigint; readonly counter: bigint } & Prefixed)
  | ({
      readonly kind: 'timestamped';
      readonly timestamp: bigint;
      readonly counter: bigint;
    } & Prefixed)
  | ({ readonly kind: 'buffered'; readonly received: bigint; readonly counter: bigint } & Prefixed)
  | ({ readonly kind: 'bufferIndex' } & BufferIndexEntry)
  | ({ readonly kind: 'bufferQueue'; readonly received: bigint } & Prefixed)
  | ({ readonly kind: 'bookkeeping' } & Omit<Bookkeeping, 'prefix'> & Prefixed)
  | { readonly kind: 'fact'; readonly fact: PartitionFact; readonly value: bigint | undefined }
  | { readonly kind: 'dictionary'; readonly key: DictionaryPart; readonly value: DictionaryPart };
