import { countText } from '../../app/index';
import { cutText, printable, valueText, type Window } from '../../quixstreams/index';
import type { Translate } from '../translate';
import type { ShownWindow } from './shownValues';
import { rangeText } from './timeWords';

/** `2026-11-24 03:32:50 - 03:33:00Z` */
export function windowLabel({ start, end }: Window): string {
  return rangeText(start, end);
}

/** `open · avg 49.5, n 5`: what a window's row says beside its times. */
export function windowDescription(shown: ShownWindow, longest: number, t: Translate): string {
  const { open, messages } = shown.window;
  const parts: string[] = [];
  if (open !== undefined) parts.push(open ? t('open') : t('past its end'));
  if (messages !== undefined) {
    parts.push(messages === 1n ? t('1 message') : t('{0} messages', countText(messages)));
  }
  const value = windowValueText(shown, longest, t);
  return [...parts, value].filter((part) => part !== '').join(' · ');
}

/** `avg 49.5, n 5`, `4 values: 43, 17, …`: the results of a window, and the first values that it has collected. */
export function windowValueText(
  { window, values }: ShownWindow,
  longest: number,
  t: Translate,
): string {
  const parts: string[] = [];
  const results = resultsText(window, longest);
  if (results !== '') parts.push(results);
  const { collected } = window;
  if (collected !== undefined) {
    const { count, countIsExact } = collected;
    const number = countText(count) + (countIsExact ? '' : '+');
    const words = count === 1 && countIsExact ? t('1 value') : t('{0} values', number);
    const first = values.map(({ value }) => valueText(value, longest));
    const more = count > values.length || !countIsExact ? ['…'] : [];
    parts.push(
      count === 0 ? words : `${words}: ${cutText([...first, ...more].join(', '), longest)}`,
    );
  }
  return parts.join(' · ');
}

/** `avg 49.5, n 5`; of one result without a name the value alone. */
function resultsText({ aggregations }: Window, longest: number): string {
  const [only, ...others] = aggregations;
  if (only === undefined) return '';
  if (others.length === 0 && only.name === 'value') return valueText(only.result, longest);
  const results = aggregations.map(
    ({ name, result }) => `${printable(name)} ${valueText(result, longest)}`,
  );
  return cutText(results.join(', '), longest);
}
