import { pythonBytes } from '../text';
import { floatLiteral, intLiteral, strLiteral } from './pythonLiterals';
import {
  Call,
  Deferred,
  Dict,
  Name,
  Sequence,
  type PythonObject,
  type PythonValue,
} from './pythonValue';

/** Python's own repr() goes no deeper. */
const deepest = 1000;
/** What shares members in many places can be far longer as text than as bytes; documents end here. */
const mostCharacters = 20_000_000;
/** Up to here a value of a document stays on its line, as Python's formatters have it. */
const lineWidth = 88;

const brackets = {
  list: ['[', ']'],
  tuple: ['(', ')'],
  set: ['{', '}'],
  frozenset: ['frozenset({', '})'],
} as const;

/** A value as repr() prints it, on one line of at most `maxLength` characters; `…` where it was cut. */
export function pythonLine(value: PythonValue, maxLength: number): string {
  // A character is one or two of what a string counts.
  const text = new PythonText(maxLength * 2).line(value);
  if (text.length <= maxLength) return text;
  const characters = [...text];
  if (characters.length <= maxLength) return text;
  return `${characters.slice(0, maxLength - 1).join('')}…`;
}

/**
 * A value as Python source laid out over lines, 2 spaces a level; what fits on a line stays on it. Ends with a line
 * break. `…` stands where it is nested deeper than 1,000 or longer than 20,000,000 characters.
 */
export function pythonDocument(value: PythonValue): string {
  return new PythonText(mostCharacters).document(value) + '\n';
}

/** Members of something, and how it opens and closes. */
interface Group {
  readonly open: string;
  readonly close: string;
  readonly count: number;
  /** What is written before member `i`, and the member. */
  readonly member: (
    i: number,
  ) => readonly [key: PythonValue | undefined, between: string, value: PythonValue];
  /** A tuple of one has a comma. */
  readonly comma: boolean;
}

class PythonText {
  private out: string[] = [];
  private length = 0;
  /** What is being written: a member of itself is shown as Python shows it, `[...]`. */
  private readonly path = new Set<PythonObject>();

  constructor(private limit: number) {}

  line(value: PythonValue): string {
    this.write(value, undefined);
    return this.out.join('');
  }

  document(value: PythonValue): string {
    this.write(value, 0);
    return this.out.join('') + (this.full ? '…' : '');
  }

  private get full(): boolean {
    return this.length > this.limit;
  }

  private put(text: string): void {
    this.out.push(text);
    this.length += text.length;
  }

  /** Writes a value; over lines from `indent` levels on, or on one line where that is undefined. */
  private write(value: PythonValue, indent: number | undefined): void {
    if (this.full) return;
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) {
      this.put(this.literal(value));
    } else if (value instanceof Name) {
      this.put(value.text);
    } else if (this.path.has(value)) {
      this.put(recursion(value));
    } else if (this.path.size >= deepest) {
      this.put('…');
    } else {
      this.path.add(value);
      if (value instanceof Deferred) this.write(value.notation(), indent);
      else if (indent === undefined || this.fits(value, indent)) this.onLine(value);
      else this.overLines(value, indent);
      this.path.delete(value);
    }
  }

  private literal(value: null | boolean | bigint | number | string | Uint8Array): string {
    // Of what is cut no more is escaped than is shown: an escape is no shorter than what it stands for.
    const room = Math.max(0, this.limit - this.length) + 1;
    if (typeof value === 'string')
      return strLiteral(value.length > room ? value.slice(0, room) : value);
    if (value instanceof Uint8Array) return pythonBytes(value.subarray(0, room));
    if (value === null) return 'None';
    if (typeof value === 'boolean') return value ? 'True' : 'False';
    return typeof value === 'bigint' ? intLiteral(value) : floatLiteral(value);
  }

  /** Whether a value has a place on the line that it starts on. */
  private fits(value: Sequence | Dict | Call, indent: number): boolean {
    const { out, length, limit } = this;
    this.out = [];
    this.length = 0;
    this.limit = lineWidth - 2 * indent;
    this.onLine(value);
    const fits = !this.full;
    this.out = out;
    this.length = length;
    this.limit = limit;
    return fits;
  }

  private onLine(value: Sequence | Dict | Call): void {
    const { open, close, count, member, comma } = group(value);
    this.put(open);
    for (let i = 0; i < count && !this.full; i++) {
      if (i > 0) this.put(', ');
      const [key, between, item] = member(i);
      if (key !== undefined) this.write(key, undefined);
      this.put(between);
      this.write(item, undefined);
    }
    if (this.full) return;
    this.put(comma ? ',' + close : close);
    if (value instanceof Call && value.then) this.onLine(value.then);
  }

  private overLines(value: Sequence | Dict | Call, indent: number): void {
    const { open, close, count, member, comma } = group(value);
    this.put(open);
    const newLine = '\n' + '  '.repeat(indent + 1);
    for (let i = 0; i < count && !this.full; i++) {
      this.put(i > 0 ? ',' + newLine : newLine);
      const [key, between, item] = member(i);
      if (key !== undefined) this.write(key, undefined);
      this.put(between);
      this.write(item, indent + 1);
    }
    if (this.full) return;
    if (comma) this.put(',');
    this.put(count > 0 ? '\n' + '  '.repeat(indent) + close : close);
    if (value instanceof Call && value.then) this.overLines(value.then, indent);
  }
}

function group(value: Sequence | Dict | Call): Group {
  if (value instanceof Dict) {
    const { entries } = value;
    return {
      open: '{',
      close: '}',
      count: entries.length,
      member: (i) => [entries[i]?.[0] ?? null, ': ', entries[i]?.[1] ?? null],
      comma: false,
    };
  }
  if (value instanceof Call) {
    const { args, named } = value;
    return {
      open: `${value.callee}(`,
      close: ')',
      count: args.length + named.length,
      member: (i) => {
        if (i < args.length) return [undefined, '', args[i] ?? null];
        const [name, item] = named[i - args.length] ?? ['', null];
        return [undefined, `${name}=`, item];
      },
      comma: false,
    };
  }
  const { kind, items } = value;
  // {} would be a dict.
  const empty = items.length === 0 && (kind === 'set' || kind === 'frozenset');
  const [open, close] = empty ? [`${kind}(`, ')'] : brackets[kind];
  return {
    open,
    close,
    count: items.length,
    member: (i) => [undefined, '', items[i] ?? null],
    comma: kind === 'tuple' && items.length === 1,
  };
}

function recursion(value: PythonObject): string {
  if (value instanceof Dict) return '{...}';
  if (!(value instanceof Sequence)) return '...';
  if (value.kind === 'list') return '[...]';
  return value.kind === 'tuple' ? '(...)' : `${value.kind}(...)`;
}
