import type { Span } from './yamlTree';

/** A part of a text, and what is to stand there. */
export interface TextEdit extends Span {
  readonly text: string;
}

/** The text after the edits, which do not overlap; of two at one place the first comes first. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const parts: string[] = [];
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    parts.push(text.slice(at, edit.start), edit.text);
    at = edit.end;
  }
  return parts.join('') + text.slice(at);
}
