// What the Python code of an app says of state, as others ask for it: lint, Go to Code, lenses.

import type { CodeArgument } from '../codeValue';

/** A place in a file: lines and columns from 1, columns in UTF-16, the end exclusive. */
export interface CodeRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** A text that code makes: known, or the parts of it that are, with a gap between each two; undefined: not told. */
export type CodeText =
  { readonly value: string } | { readonly parts: readonly string[] } | undefined;

/** The types of windows, by time or by count. */
export type WindowType =
  | 'tumbling'
  | 'hopping'
  | 'sliding'
  | 'session'
  | 'tumblingCount'
  | 'hoppingCount'
  | 'slidingCount';

/** What is done with a file. */
export type FileAccess = 'read' | 'write' | 'readWrite';

export type StateOperation = 'get' | 'set' | 'delete' | 'exists';

/** One place in code that has to do with state. */
export type CodeUse = {
  /** Absolute. */
  readonly file: string;
  readonly range: CodeRange;
} & CodeFact;

/** What is there. */
export type CodeFact =
  | {
      readonly kind: 'window';
      readonly window: WindowType;
      /** What its store is called, by quixstreams 3 and by 2.x, where that differs; none where code does not tell. */
      readonly stores: readonly string[];
    }
  /** `apply`, `update` or `filter` with `stateful=True`: keeps the store `default`. */
  | { readonly kind: 'stateful'; readonly functionName: string | undefined }
  /** A function that takes a State: kept only where it is applied. */
  | { readonly kind: 'stateFunction'; readonly functionName: string }
  /** Makes another stream, and no store of its own. */
  | { readonly kind: 'groupBy'; readonly name: CodeText }
  | {
      readonly kind: 'join';
      readonly join: 'asof' | 'interval' | 'lookup';
      /** Of a lookup without a buffer there is none. */
      readonly hasStore: boolean;
      readonly store: CodeText;
    }
  /** A file that is opened, be it under the state folder or not. */
  | { readonly kind: 'file'; readonly access: FileAccess; readonly path: CodeArgument }
  /** What `state_dir` of Application is given, or where a variable of the state folder is read. */
  | { readonly kind: 'stateDir'; readonly path: CodeArgument }
  | { readonly kind: 'stateFolderVariable'; readonly variable: string }
  | { readonly kind: 'stateKey'; readonly operation: StateOperation; readonly key: CodeText };

/** An expression, as far as the grammar tells it; the rest is text, which `codeValue` may know. */
export type Expression =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  /** `f"…"`, or strings with `+` between. */
  | { readonly kind: 'concatenated'; readonly parts: readonly Expression[] }
  | {
      readonly kind: 'arithmetic';
      readonly operator: string;
      readonly left: Expression;
      readonly right: Expression;
    }
  /** `timedelta(…)`: milliseconds of each argument. */
  | { readonly kind: 'timedelta'; readonly parts: readonly Expression[] }
  | { readonly kind: 'code'; readonly text: string };

/** A use as one file tells it, without what other files say of its names. */
export type SourceUse = { readonly range: CodeRange } & (
  | {
      readonly kind: 'window';
      readonly window: WindowType;
      readonly name: Expression | undefined;
      readonly duration: Expression | undefined;
      readonly step: Expression | undefined;
      /** `sum`, or `agg`; undefined where it is not called there. */
      readonly aggregation: string | undefined;
    }
  | { readonly kind: 'groupBy'; readonly name: Expression | undefined }
  | {
      readonly kind: 'join';
      readonly join: 'asof' | 'interval' | 'lookup';
      readonly hasStore: boolean;
      readonly name: Expression | undefined;
    }
  | { readonly kind: 'file'; readonly access: FileAccess; readonly path: Expression }
  | { readonly kind: 'stateDir'; readonly path: Expression }
  | { readonly kind: 'stateKey'; readonly operation: StateOperation; readonly key: Expression }
  | Extract<CodeFact, { kind: 'stateful' | 'stateFunction' | 'stateFolderVariable' }>
);

/** What one file tells: plain data, fit for a cache and another thread. */
export interface SourceUses {
  readonly uses: readonly SourceUse[];
  /** Names that are given a number once. */
  readonly numbers: readonly (readonly [name: string, value: Expression])[];
}
