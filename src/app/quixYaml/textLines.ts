/** Line and column from 1, the column in UTF-16. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** The lines of a text, and which of them an offset is in: the text is gone through once, however often that is asked. */
export class TextLines {
  readonly lines: readonly string[];
  readonly #starts: number[] = [];

  constructor(text: string) {
    this.lines = text.split('\n');
    let start = 0;
    for (const { length } of this.lines) {
      this.#starts.push(start);
      start += length + 1;
    }
  }

  /** Where an offset is. */
  placeOf(offset: number): TextPlace {
    let line = 1;
    for (let behind = this.#starts.length; line < behind;) {
      const middle = (line + behind + 1) >> 1;
      if (this.#startOf(middle) <= offset) line = middle;
      else behind = middle - 1;
    }
    return { line, column: offset - this.#startOf(line) + 1 };
  }

  #startOf(line: number): number {
    return this.#starts[line - 1] ?? 0;
  }
}
