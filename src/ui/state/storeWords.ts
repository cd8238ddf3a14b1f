import type { StoreKind } from '../../quixstreams/index';
import type { Translate } from '../translate';

/**
 * A store's kind in words, with the icon of the kind. Window stores are named by Quix Streams, unless the app names
 * them (quixstreams/dataframe/windows/definitions.py, `_get_name`):
 *
 *   tumbling_window_10000_sum  hopping_window_10000_5000_collect  sliding_window_10000_max  session_window_3000_sum
 *   tumbling_count_window_10_reduce  hopping_count_window_collect  sliding_count_window_…
 */
export function storeWords(
  name: string,
  kind: StoreKind | undefined,
  t: Translate,
): { text: string; icon: string } {
  switch (kind) {
    case 'default':
      return { text: t('keys'), icon: 'database' };
    case 'timestamped':
      return { text: t('join'), icon: 'merge' };
    case 'windowed':
      return { text: windowWords(name, t) ?? t('windows'), icon: 'calendar' };
    case 'lookupBuffer':
      return { text: t('lookup buffer'), icon: 'merge' };
    case 'dictionary':
      return { text: t('rocksdict dictionary'), icon: 'database' };
    case 'unknown':
      return { text: '', icon: 'database' };
    case undefined:
      return { text: '', icon: 'database' };
  }
}

function windowWords(name: string, t: Translate): string | undefined {
  const count = /^(tumbling|hopping|sliding)_count_window(?:_|$)/.exec(name);
  if (count !== null) {
    const words = {
      tumbling: t('tumbling count window'),
      hopping: t('hopping count window'),
      sliding: t('sliding count window'),
    };
    return words[count[1] as keyof typeof words];
  }
  const time = /^(tumbling|hopping|sliding|session)_window_(\d{1,15})(?:_|$)/.exec(name);
  if (time === null) return undefined;
  const length = durationText(Number(time[2]));
  switch (time[1]) {
    case 'tumbling':
      return t('tumbling window {0}', length);
    case 'sliding':
      return t('sliding window {0}', length);
    case 'session':
      return t('session window {0}', length);
    default: {
      const step = /^hopping_window_\d+_(\d{1,15})(?:_|$)/.exec(name)?.[1];
      if (step === undefined) return t('hopping window {0}', length);
      return t('hopping window {0} by {1}', length, durationText(Number(step)));
    }
  }
}

/** 10000 → `10 s`: the largest unit that holds it whole. */
function durationText(ms: number): string {
  const units: [number, string][] = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
    [1_000, 's'],
  ];
  const unit = units.find(([length]) => ms >= length && ms % length === 0);
  return unit === undefined ? `${ms} ms` : `${ms / unit[0]} ${unit[1]}`;
}
