// Regular expressions that people type are met with RE2's algorithm, by its port to JavaScript (re2js, MIT): the
// time that it takes grows with the text, and with nothing else. V8's own engine goes back and tries again, for
// ever with `(a+)+$`, and could only be stopped by ending its thread. The port is 150 KB, hence a file of its own.

import { RE2JS, RE2JSException } from 're2js';

/** A regular expression that takes no longer than the text is long. */
export interface Pattern {
  /** Whether it is found anywhere in a text. */
  test(text: string): boolean;
}

export type PatternProblem = {
  readonly problem: 'syntax' | 'large';
  /** What the compiler says; in English, and of hostile text. */
  readonly detail: string;
};

/** Compiles an expression in RE2's syntax, or says why that cannot be. */
export type CompilePattern = (source: string, ignoreCase: boolean) => Pattern | PatternProblem;

/** Steps of a program, which may all be taken for one character. */
const mostSteps = 1000;
/** Of a longer one not even the compiler is asked. */
const longestSource = 1000;

export const compilePattern: CompilePattern = (source, ignoreCase) => {
  if (source.length > longestSource) return { problem: 'large', detail: '' };
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(source, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    return { problem: 'syntax', detail: error.message };
  }
  if (compiled.programSize() > mostSteps) return { problem: 'large', detail: '' };
  return { test: (text) => compiled.test(text) };
};
