import { printable, type StateValue, type Window } from '../../src/quixstreams/index';

// Reads the words of rows back. What a row writes whole is taken from its words; of what it cuts off, its words have to
// be the beginning.

/** `1,204 keys`, `100+ values`: the number, and whether it is said to be all. */
export function amountIn(words: string): { count: number; isExact: boolean } | undefined {
  const match = /^([\d,]+)(\+?) (?:keys?|windows?|values?|records?)(?:$|:)/.exec(words);
  return match ? { count: integer(match[1]), isExact: match[2] === '' } : undefined;
}

/** The windows that a store's row says it has, as quixstreams calls them; undefined where it says no more than that. */
export function windowsIn(words: string): string | undefined {
  const match = /^(?:(?:tumbling|hopping|sliding) )?(count) window$|^(\w+) window\b/.exec(words);
  return match?.[1] ?? match?.[2];
}

/** `2026-11-24 03:32:50 - 03:33:00Z` as milliseconds: `1795491170000-1795491180000`. */
export function rangeIn(label: string): string {
  const [from = '', to = from] = label.replace(/Z$/, '').split(' - ');
  const end = to.includes(' ') ? to : `${from.split(' ')[0]} ${to}`;
  return `${milliseconds(from)}-${milliseconds(end)}`;
}

/** `2026-11-24 03:32:50.250Z #2` as milliseconds and the number: `1795491170250 2`. */
export function momentIn(label: string): string {
  const [time = '', nth = '1'] = label.split(' #');
  return `${milliseconds(time)} ${nth}`;
}

/** Whether words of a value's time are the ones of this time, which they tell to the second. */
export function isSecondOf(words: string, ms: bigint): boolean {
  return milliseconds(words) === Number(ms / 1000n) * 1000;
}

/** A value as its row writes it. Characters that a row escapes are taken from the value itself. */
export function valueIn(words: string, value: StateValue): string {
  const stored = textOf(value);
  if (value.format !== 'json' || printable(stored) !== stored) return stored;
  if (!words.endsWith('…')) return words;
  return stored.startsWith(words.slice(0, -1)) ? stored : words;
}

/** What is said of a window beside its times. */
export interface WindowWords {
  readonly open: string | undefined;
  readonly messages: string | undefined;
  /** texts of the results by their names; what fits none of them has the name '' */
  readonly results: ReadonlyMap<string, string>;
  readonly collected: string | undefined;
}

/** `past its end · avg 49.5, n 5`, `open · 3 values: 1, 2, 3` */
export function windowIn(
  words: string,
  { aggregations, collected }: Pick<Window, 'aggregations' | 'collected'>,
): WindowWords {
  const match = /^(?:(open|past its end)(?: · |$))?(?:([\d,]+) messages?(?: · |$))?(.*)$/.exec(
    words,
  );
  const [, openness, messages, rest = ''] = match ?? [];
  const split = aggregations.length === 0 ? 0 : rest.lastIndexOf(' · ');
  const results = collected === undefined ? rest : rest.slice(0, split);
  return {
    open: openness && `${openness === 'open'}`,
    messages: messages && `${integer(messages)}`,
    results: resultsIn(results, aggregations),
    collected: collected && rest.slice(split).replace(/^ · /, ''),
  };
}

function resultsIn(words: string, aggregations: Window['aggregations']): Map<string, string> {
  const found = new Map<string, string>();
  const [only, ...others] = aggregations;
  if (only?.name === 'value' && others.length === 0) {
    return found.set('value', valueIn(words, only.result));
  }
  const isCut = words.endsWith('…');
  let rest = isCut ? words.slice(0, -1) : words;
  for (const [number, { name, result }] of aggregations.entries()) {
    const head = `${number === 0 ? '' : ', '}${name} `;
    const line = head + textOf(result);
    const part = rest.slice(0, line.length);
    rest = rest.slice(line.length);
    const isSaid = part.startsWith(head) && !(isCut && rest === '');
    const isBegun = isCut && line.startsWith(part);
    found.set(name, isSaid ? part.slice(head.length) : isBegun ? textOf(result) : part);
  }
  return rest === '' ? found : found.set('', rest);
}

/** Whether words like `3 values: 1, 2, 3` are of these collected values, a JSON list. */
export function isCollected(words: string, json: string): boolean {
  const amount = amountIn(words);
  const { length } = JSON.parse(json) as unknown[];
  if (amount === undefined) return false;
  if (amount.isExact ? amount.count !== length : amount.count > length) return false;
  const first = /: (.*)$/.exec(words)?.[1] ?? '';
  const begun = `[${first.replaceAll(', ', ',')}`;
  return begun.endsWith('…') ? json.startsWith(begun.slice(0, -1)) : json === `${begun}]`;
}

export function textOf({ bytes }: StateValue): string {
  return Buffer.from(bytes).toString('utf8');
}

function integer(text = ''): number {
  return Number(text.replaceAll(',', ''));
}

function milliseconds(text: string): number {
  return Date.parse(`${text.replace(/Z$/, '').replace(' ', 'T')}Z`);
}
