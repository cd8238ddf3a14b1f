// Expressions → values, by all files of an app: names that are set once, in the file or another.

import { valueOf, type CodeArgument } from '../codeValue';
import type { PythonSource } from '../pythonSource';
import type { CodeText, Expression, SourceUses } from './codeUse';

/** Names that stand for names, and expressions in expressions. */
const deepest = 16;
/** A name longer than this is none of a store or key. */
const longestText = 1000;

export type Numbers = ReadonlyMap<string, Expression>;

/** What expressions of one file are worth. */
export class CodeValues {
  constructor(
    private readonly source: PythonSource,
    private readonly sources: readonly PythonSource[],
    /** Of the file, then of all others where they agree on one. */
    private readonly numbers: readonly Numbers[],
  ) {}

  /** A number; undefined where it is none, or only running the code would tell. */
  number(expression: Expression | undefined, depth = 0): number | undefined {
    if (expression === undefined || depth > deepest) return undefined;
    switch (expression.kind) {
      case 'number':
        return expression.value;
      case 'timedelta': {
        let sum = 0;
        for (const part of expression.parts) sum += this.number(part, depth + 1) ?? NaN;
        // ensure_milliseconds (quixstreams/dataframe/utils.py): int(round(seconds, 3) * 1000)
        return Number.isFinite(sum) ? Math.trunc(Math.round(sum)) : undefined;
      }
      case 'arithmetic': {
        const left = this.number(expression.left, depth + 1);
        const right = this.number(expression.right, depth + 1);
        if (left === undefined || right === undefined) return undefined;
        return calculated(expression.operator, left, right);
      }
      case 'code': {
        const [, name = ''] = /^(?:self\.|\w+\.)?(\w+)$/.exec(expression.text) ?? [];
        const set = this.numbers.map((known) => known.get(name)).find((one) => one !== undefined);
        return this.number(set, depth + 1);
      }
      default:
        return undefined;
    }
  }

  /** A text, whole or in the parts that are known; `undefined` where nothing of it is. */
  text(expression: Expression | undefined): CodeText {
    if (expression === undefined) return undefined;
    const parts = ['']; // a gap between each two
    this.append(expression, parts, 0);
    const [only = ''] = parts;
    if (parts.some(({ length }) => length > longestText)) return undefined;
    if (parts.length === 1) return { value: only };
    return parts.some((part) => part !== '') ? { parts } : undefined;
  }

  /** A path or a variable's name, as `codeValue` has them. */
  path(expression: Expression): CodeArgument {
    if (expression.kind === 'code') {
      if (expression.text === '') return { kind: 'expression' };
      return valueOf(expression.text, this.source, this.sources) ?? { kind: 'expression' };
    }
    const text = this.text(expression);
    if (text !== undefined && 'value' in text) return { kind: 'literal', value: text.value };
    return { kind: 'expression' };
  }

  private append(expression: Expression, parts: string[], depth: number): void {
    const last = parts.length - 1;
    if (expression.kind === 'text') {
      parts[last] += expression.value;
    } else if (expression.kind === 'concatenated' && depth <= deepest) {
      for (const part of expression.parts) this.append(part, parts, depth + 1);
    } else {
      const number = this.number(expression);
      const value =
        number === undefined && expression.kind === 'code' ? this.path(expression) : undefined;
      if (number !== undefined) parts[last] += String(number);
      else if (value?.kind === 'literal') parts[last] += value.value;
      else parts.push('');
    }
  }
}

function calculated(operator: string, left: number, right: number): number | undefined {
  const value = {
    '+': left + right,
    '-': left - right,
    '*': left * right,
    '/': left / right,
    '//': Math.floor(left / right),
  }[operator];
  return value !== undefined && Number.isFinite(value) ? value : undefined;
}

/** The numbers that all files together tell of: a name that two of them set is none. */
export function sharedNumbers(all: readonly SourceUses[]): Numbers {
  const found = new Map<string, Expression>();
  const doubtful = new Set<string>();
  for (const { numbers } of all) {
    for (const [name, value] of numbers) {
      if (found.has(name)) doubtful.add(name);
      found.set(name, value);
    }
  }
  for (const name of doubtful) found.delete(name);
  return found;
}
