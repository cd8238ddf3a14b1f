// Placeholders in lines of messages that are sent:
//
//   ${n}       counts from 1
//   ${n%5}     the rest of n when it is divided by 5: five keys in turn
//   ${random}  a number from 0.0 to 100.0
//   ${now}     the time, ms since epoch
//
// Within a string as text; as a whole string, `"${random}"`, as the number. So lines with them are JSON, too.

import { parseMessageLines, type ParsedMessage } from './messageLines';

const placeholder =
  /"\$\{(n(?:%[1-9]\d{0,8})?|random|now)\}"|\$\{(n(?:%[1-9]\d{0,8})?|random|now)\}/g;

export interface Chance {
  /** from 0 to 1 */
  random(): number;
  /** ms since epoch */
  now(): number;
}

const realChance: Chance = { random: () => Math.random(), now: () => Date.now() };

/** A line with its placeholders filled in, for the `n`th message. */
export function fillPlaceholders(line: string, n: number, chance: Chance = realChance): string {
  return line.replace(placeholder, (_, whole?: string, part?: string) => {
    const name = whole ?? part ?? '';
    if (name === 'random') return (chance.random() * 100).toFixed(1);
    if (name === 'now') return String(chance.now());
    return String(name === 'n' ? n : n % Number(name.slice(2)));
  });
}

/**
 * The messages of lines, over and over, placeholders filled in; none where there is no line.
 * @throws MessageLineError at a line that is no message
 */
export function* generateMessages(text: string, chance?: Chance): Generator<ParsedMessage, void> {
  const lines = text
    .split(/\r?\n/)
    .map((line, i) => ({ line, number: i + 1 }))
    .filter(({ line }) => line.trim() !== '');
  for (let n = 1; lines.length > 0; n++) {
    const next = lines[(n - 1) % lines.length];
    if (next === undefined) return;
    yield* parseMessageLines(fillPlaceholders(next.line, n, chance), next.number);
  }
}
