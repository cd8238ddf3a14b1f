import {
  printable,
  type StoreKind,
  type StreamOrigin,
  type WindowKind,
} from '../../quixstreams/index';
import type { Translate } from '../translate';
import { durationText } from './timeWords';

/** What is known of a store. The kind is told by its column families and keys. */
export interface KnownStore {
  readonly name: string;
  /** undefined: not read yet */
  readonly kind: StoreKind | undefined;
  /** undefined where the windows do not tell */
  readonly windows: WindowKind | undefined;
}

/**
 * A store's kind in words, with the icon of the kind. Window stores are named by Quix Streams, unless the app names
 * them (quixstreams/dataframe/windows/definitions.py, `_get_name`); a name adds its words where it fits the kind, as an
 * app may give any:
 *
 *   tumbling_window_10000_sum  hopping_window_10000_5000_collect  sliding_window_10000_max  session_window_3000_sum
 *   tumbling_count_window_10_reduce  hopping_count_window_collect  sliding_count_window_…
 */
export function storeWords(store: KnownStore, t: Translate): { text: string; icon: string } {
  switch (store.kind) {
    case 'default':
      return { text: t('keys'), icon: 'database' };
    case 'timestamped':
      return { text: t('join'), icon: 'merge' };
    case 'windowed':
      return { text: windowWords(store, t), icon: 'calendar' };
    case 'lookupBuffer':
      return { text: t('lookup buffer'), icon: 'merge' };
    case 'dictionary':
      return { text: t('rocksdict dictionary'), icon: 'database' };
    case 'unknown':
      return { text: t('keys and bytes'), icon: 'database' };
    case undefined:
      return { text: '', icon: 'database' };
  }
}

function windowWords({ name, windows }: KnownStore, t: Translate): string {
  if (windows === undefined) return t('windows');
  if (windows === 'count') return countWindowWords(name, t);
  const time =
    /(?:^|_)(tumbling|hopping|sliding|session)_window_(\d{1,15})(?:_(\d{1,15}))?(?:_|$)/.exec(name);
  const named = time?.[1];
  // Windows that do not overlap yet are no tumbling ones where the name says that they hop.
  if (windows === 'tumbling' && named === 'hopping') return t('windows');
  const length = named === windows ? durationText(BigInt(time?.[2] ?? 0)) : undefined;
  switch (windows) {
    case 'tumbling':
      return length === undefined ? t('tumbling window') : t('tumbling window {0}', length);
    case 'sliding':
      return length === undefined ? t('sliding window') : t('sliding window {0}', length);
    case 'session':
      return length === undefined ? t('session window') : t('session window {0}', length);
    case 'hopping': {
      if (length === undefined) return t('hopping window');
      const step = time?.[3];
      if (step === undefined) return t('hopping window {0}', length);
      return t('hopping window {0} by {1}', length, durationText(BigInt(step)));
    }
  }
}

function countWindowWords(name: string, t: Translate): string {
  switch (/(?:^|_)(tumbling|hopping|sliding)_count_window(?:_|$)/.exec(name)?.[1]) {
    case 'tumbling':
      return t('tumbling count window');
    case 'hopping':
      return t('hopping count window');
    case 'sliding':
      return t('sliding count window');
    default:
      return t('count window');
  }
}

/** What a stream's folder stands for: a topic, `f-in grouped by region`, `source prices`. */
export function streamText(
  streamId: string,
  origin: StreamOrigin | undefined,
  t: Translate,
): string {
  switch (origin?.kind) {
    case 'groupBy':
      return t('{0} grouped by {1}', printable(origin.of), printable(origin.by));
    case 'source':
      return t('source {0}', printable(origin.name));
    case undefined:
      return printable(streamId);
  }
}
