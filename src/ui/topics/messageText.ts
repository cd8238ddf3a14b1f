import { countText, messageLine, type LastMessages } from '../../app/index';
import type { Translate } from '../translate';

/** VS Code hands no larger texts to extensions than 50 MB, and is slow long before. */
const mostBytes = 20_000_000;

/** The text of a document that shows messages. */
export interface MessageText {
  /** a line for each message, the newest last */
  readonly text: string;
  readonly lines: number;
  /** older messages that were found but would make too large a text */
  readonly leftOut: number;
}

/** Messages as lines; the oldest are left out where all would be too much, the newest never is. */
export function messageText(
  messages: LastMessages['messages'],
  most: number = mostBytes,
): MessageText {
  const lines: string[] = [];
  let bytes = 0;
  for (const message of [...messages].reverse()) {
    const line = `${messageLine(message)}\n`;
    bytes += Buffer.byteLength(line);
    if (bytes > most && lines.length > 0) break;
    lines.push(line);
  }
  const leftOut = messages.length - lines.length;
  return { text: lines.reverse().join(''), lines: lines.length, leftOut };
}

/** `100 messages`, and what is not among them though it was asked for. */
export function foundWords(
  { lines, leftOut }: MessageText,
  { complete, scanned }: Pick<LastMessages, 'complete' | 'scanned'>,
  t: Translate,
): string {
  const words = [
    lines === 0
      ? t('no messages')
      : lines === 1
        ? t('1 message')
        : t('{0} messages', countText(lines)),
  ];
  if (leftOut > 0)
    words.push(t('{0} older are not shown, for the size of the text', countText(leftOut)));
  if (!complete) words.push(t('only the newest {0} were searched', countText(scanned)));
  return words.join(' · ');
}
