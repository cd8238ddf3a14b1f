import { FormatError } from '../formatError';
import { Sequence, type PythonValue } from '../pythonValue';
import { Global, Instance } from './instance';

/** The stack of an unpickler with its marks, and its memo. What is not there is a FormatError at `position()`. */
export class PickleStack {
  private readonly stack: PythonValue[] = [];
  /** Heights of the stack at which marks were set. */
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PythonValue>();

  constructor(private readonly position: () => number) {}

  private fail(reason: string): FormatError {
    return new FormatError('mismatch', reason, this.position());
  }

  get memoSize(): number {
    return this.memo.size;
  }

  mark(): void {
    this.marks.push(this.stack.length);
  }

  /** Takes off a value, or the mark that is in its place. */
  drop(): void {
    if (this.stack.length > (this.marks.at(-1) ?? 0)) this.stack.pop();
    else this.popMark();
  }

  push(value: PythonValue): void {
    this.stack.push(value);
  }

  pop(): PythonValue {
    this.top();
    return this.stack.pop() ?? null;
  }

  top(): PythonValue {
    const value = this.stack.length > (this.marks.at(-1) ?? 0) ? this.stack.at(-1) : undefined;
    if (value === undefined) throw this.fail('nothing on the stack');
    return value;
  }

  popMark(): PythonValue[] {
    const mark = this.marks.pop();
    if (mark === undefined) throw this.fail('no mark on the stack');
    return this.stack.splice(mark);
  }

  popTuple(): PythonValue[] {
    const value = this.pop();
    if (!(value instanceof Sequence) || value.kind !== 'tuple') throw this.fail('no tuple');
    return value.items;
  }

  popText(): string {
    const value = this.pop();
    if (typeof value !== 'string') throw this.fail('no str');
    return value;
  }

  popCallee(): Global | Instance {
    const value = this.pop();
    if (value instanceof Global || value instanceof Instance) return value;
    throw this.fail('cannot be called');
  }

  put(index: number | undefined): void {
    if (index === undefined || index < 0) throw this.fail('no index of the memo');
    this.memo.set(index, this.top());
  }

  get(index: number | undefined): void {
    const value = index === undefined ? undefined : this.memo.get(index);
    if (value === undefined) throw this.fail('nothing in the memo');
    this.push(value);
  }
}
