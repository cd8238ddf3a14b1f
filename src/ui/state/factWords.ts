import { countText, exactTimeText } from '../../app/index';
import {
  keyText,
  valueText,
  type Meaning,
  type StateEntry,
  type WindowKind,
} from '../../quixstreams/index';
import type { Translate } from '../translate';

/** Label and description of a row that tells a fact. */
export interface FactWords {
  readonly label: string;
  readonly text: string;
}

type Bookkeeping = Extract<Meaning, { kind: 'bookkeeping' }>;
type PartitionMeaning = Extract<Meaning, { kind: 'fact' }>;

/** What a column family of Quix Streams' own has, in words; undefined for others. */
export function familyWords(name: string, t: Translate): string | undefined {
  const words: Readonly<Record<string, string>> = {
    '__latest-timestamps__': t('newest event times'),
    '__expiration-index__': t('expired windows'),
    '__deletion-index__': t('deleted windows'),
    __values__: t('collected values'),
    '__value-deletion-index__': t('deleted values'),
    '__min-eligible-timestamps__': t('oldest joined times'),
    '__global-counter__': t('counter'),
    __lookup_buffer_index__: t('message keys that have records'),
    __lookup_buffer_queue__: t('the same by time'),
    __ttl_index__: t('expiry of keys, by time'),
    __ttl_system__: t('TTL'),
    __ttl_backfill_stamped__: t('keys that migration to TTL has stamped'),
    __ttl_backfill_pending__: t('keys that migration to TTL has not stamped yet'),
    __ttl_adopt_backup__: t('values before migration to TTL'),
  };
  return Object.hasOwn(words, name) ? words[name] : undefined;
}

/** What an entry of Quix Streams' own says; undefined where it fits nothing that is known. */
export function factWords(
  entry: StateEntry,
  windows: WindowKind | undefined,
  longest: number,
  t: Translate,
): FactWords | undefined {
  const { meaning } = entry;
  if (entry.type === 'ttlIndex' && typeof entry.expiresAtMs === 'bigint') {
    return { label: keyText(entry.key), text: t('expires {0}', exactTimeText(entry.expiresAtMs)) };
  }
  switch (meaning?.kind) {
    case 'fact':
      return partitionFact(meaning, t);
    case 'bookkeeping': {
      const text = bookkeepingText(meaning, windows, t);
      if (text === undefined) return undefined;
      return { label: whose(meaning, t), text };
    }
    case 'collected': {
      const { id, messageKey } = meaning;
      // In windows by count the id is a running number.
      const when = windows === 'count' ? `#${id}` : exactTimeText(id);
      const label = `${keyText(messageKey)} · ${when}`;
      return { label, text: valueText(entry.value, longest) };
    }
    case 'bufferIndex': {
      const { count, earliest, messageKey } = meaning;
      const time = exactTimeText(earliest);
      const text =
        count === 1n
          ? t('1 record, from {0}', time)
          : t('{0} records, from {1} on', countText(count), time);
      return { label: keyText(messageKey), text };
    }
    case 'bufferQueue': {
      const text = t('received {0}', exactTimeText(meaning.received));
      return { label: keyText(meaning.messageKey), text };
    }
    default:
      return undefined;
  }
}

/** Without a message key it may be of the partition, or of the message key that is empty. */
function whose({ fact, prefix, messageKey }: Bookkeeping, t: Translate): string {
  if (prefix.length > 0) return keyText(messageKey);
  return fact === 'counter' ? t('Partition') : t('No message key');
}

function bookkeepingText(
  { fact, prefix, value }: Bookkeeping,
  windows: WindowKind | undefined,
  t: Translate,
): string | undefined {
  if (value === undefined) return undefined;
  const time = exactTimeText(value);
  switch (fact) {
    case 'latestTimestamp':
      return t('latest event time: {0}', time);
    case 'expiredStart':
      if (prefix.length > 0) return t('expired: all windows that start at or before {0}', time);
      return expiredInPartition(value, windows, t);
    case 'deletedStart':
      return t('deleted: all windows that start at or before {0}', time);
    case 'deletedValueId':
      return windows === 'count'
        ? t('deleted: all values up to #{0}', String(value))
        : t('deleted: all values up to {0}', time);
    case 'minEligibleTimestamp':
      return t('joined: all values from {0} on', time);
    case 'counter':
      return t('last number given: {0}', String(value));
  }
}

/** That no session is open. */
const none = 2n ** 64n - 1n;

function expiredInPartition(
  value: bigint,
  windows: WindowKind | undefined,
  t: Translate,
): string | undefined {
  const time = exactTimeText(value);
  if (value === none) return t('no window is open');
  if (windows === 'session') return t('no window closes before {0}', time);
  return windows === undefined
    ? undefined
    : t('expired: all windows that end at or before {0}', time);
}

function partitionFact({ fact, value }: PartitionMeaning, t: Translate): FactWords | undefined {
  // Offsets are no amounts: without separators, as logs have them.
  const number = value === undefined ? undefined : String(value);
  const time = value === undefined ? undefined : exactTimeText(value);
  const words: Record<PartitionMeaning['fact'], readonly [string, string | undefined]> = {
    changelogOffset: [t('Changelog offset'), number],
    topicOffset: [t('Offset of the last message'), number],
    latestTimestamp: [t('Latest event time'), time],
    ttlEnabled: ['TTL', t('on')],
    ttlFormatVersion: [t('Version of TTL stamps'), number],
    ttlHighWater: [t('TTL high water'), time],
    ttlBackfillProgress: [t('Values stamped by migration to TTL'), number],
    ttlBackfillInProgress: [t('Migration to TTL'), t('begun')],
    ttlAdoptPending: [t('Stamps of an older version taken over'), time],
    ttlMigrationDone: [t('Migration to TTL'), t('done')],
  };
  const [label, text] = words[fact];
  return text === undefined ? undefined : { label, text };
}

/** `3 windows`, `100+ keys`: how much a message key has, in a store of this kind. */
export function amountText(
  kind: string | undefined,
  count: number,
  isExact: boolean,
  t: Translate,
): string {
  const number = countText(count) + (isExact ? '' : '+');
  const isOne = count === 1 && isExact;
  switch (kind) {
    case 'windowed':
      return isOne ? t('1 window') : t('{0} windows', number);
    case 'timestamped':
      return isOne ? t('1 value') : t('{0} values', number);
    case 'lookupBuffer':
      return isOne ? t('1 record') : t('{0} records', number);
    default:
      return isOne ? t('1 key') : t('{0} keys', number);
  }
}
