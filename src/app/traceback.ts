// An exception as Python prints it (Lib/traceback.py); of a chain the one that was raised last comes last:
//
//   Traceback (most recent call last):
//     File "/app/main.py", line 12, in count
//       state.set("total", 1 / 0)
//                          ~~^~~
//   ZeroDivisionError: division by zero
//
// The main file's SyntaxError has no first line, and its frame no function. A group has a margin, and so have its
// exceptions, which follow it:
//
//     + Exception Group Traceback (most recent call last):
//     |   File "/app/main.py", line 3, in <module>
//     | ExceptionGroup: both (2 sub-exceptions)
//     +-+---------------- 1 ----------------
//       | Traceback (most recent call last):

export interface Frame {
  readonly file: string;
  /** from 1 */
  readonly line: number;
}

/** An exception, as its traceback tells. */
export interface LoggedException {
  /** `quixstreams.state.exceptions.StateError`; Python's own, and those of the main file, without a module */
  readonly type: string;
  /** its first line */
  readonly message: string;
  /** The innermost last. */
  readonly frames: readonly Frame[];
  /** Whether it was raised from the one that was told before it, or while that was handled. */
  readonly chained: boolean;
}

const mostFrames = 200;
/** Characters of a message that are kept. */
const longestMessage = 2000;

const header = 'Traceback (most recent call last):';
const frame = /^ {2}File "([^"]+)", line (\d{1,9})(, in .*)?$/;
const end = /^([\p{L}_][\p{L}\p{N}_.<>]*)(?:: (.*))?$/u;
const syntaxErrors = new Set(['SyntaxError', 'IndentationError', 'TabError']);
const links = new Set([
  'The above exception was the direct cause of the following exception:',
  'During handling of the above exception, another exception occurred:',
]);
/** What goes on without them: they did not end the app. */
const aside = /^(?:Exception ignored |Exception in thread )/;

/** Finds the tracebacks among lines that an app prints. */
export class TracebackReader {
  #frames: Frame[] | undefined;
  #hasHeader = false;
  #chained = false;
  #isAside = false;
  #inGroup = false;
  #previous = '';

  /** Takes the next line; gives the exception that it ends, or whether it belongs to a traceback. */
  read(raw: string): LoggedException | boolean {
    if (raw === '') {
      this.#previous = '';
      return this.#frames !== undefined;
    }
    const line = this.#withoutMargin(raw);
    const previous = this.#previous;
    this.#previous = line;
    // Other text may stand before it, without a line feed of its own.
    if (line.endsWith(header)) {
      this.#begin(true, aside.test(previous));
      return true;
    }
    const [, file, number, inFunction] = frame.exec(line) ?? [];
    if (file !== undefined) {
      if (this.#frames === undefined && inFunction !== undefined) return false;
      const frames = this.#frames ?? this.#begin(false, false);
      if (frames.length === mostFrames) frames.shift();
      frames.push({ file, line: Number(number) });
      return true;
    }
    if (this.#frames === undefined) {
      if (line !== '') this.#chained = links.has(line);
      return false;
    }
    if (line === '' || line.startsWith(' ')) return true;
    return this.#end(line, this.#frames);
  }

  #begin(hasHeader: boolean, isAside: boolean): Frame[] {
    this.#hasHeader = hasHeader;
    this.#isAside = isAside;
    return (this.#frames = []);
  }

  #end(line: string, frames: readonly Frame[]): LoggedException | boolean {
    const chained = this.#chained;
    this.#frames = undefined;
    this.#chained = false;
    // Python 3.10 names the main file's module, too.
    const [, type, message = ''] = end.exec(line.replace(/^__main__\./, '')) ?? [];
    if (type === undefined) return false;
    if (!this.#hasHeader && !syntaxErrors.has(type)) return false;
    return this.#isAside || { type, message: message.slice(0, longestMessage), frames, chained };
  }

  #withoutMargin(line: string): string {
    if (/^ *\+ Exception Group Traceback /.test(line)) this.#inGroup = true;
    if (!this.#inGroup) return line;
    const [margin] = /^ *(?:\+-.*|\| ?|\+ )/.exec(line) ?? [];
    this.#inGroup = margin !== undefined;
    return line.slice(margin?.length ?? 0);
  }
}
