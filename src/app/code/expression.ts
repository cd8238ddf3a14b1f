// Expressions of the tree that values can be told of: strings, numbers, f-strings, durations.

import type { Node } from 'web-tree-sitter';
import type { Expression } from './codeUse';

/** Expressions in expressions. */
const deepest = 12;
/** An expression longer than this is none of ours. */
const longest = 4000;

/** Milliseconds of timedelta's arguments, in the order that it takes them by position. */
const milliseconds = new Map([
  ['days', 86_400_000],
  ['seconds', 1000],
  ['microseconds', 0.001],
  ['milliseconds', 1],
  ['minutes', 60_000],
  ['hours', 3_600_000],
  ['weeks', 604_800_000],
]);

/** The expression that a node is. */
export function expressionOf(node: Node, depth = 0): Expression {
  const code = (): Expression => ({ kind: 'code', text: node.text });
  if (depth > deepest || node.endIndex - node.startIndex > longest) {
    return { kind: 'code', text: '' };
  }
  const of = (inner: Node) => expressionOf(inner, depth + 1);
  switch (node.type) {
    case 'string':
      return stringOf(node, depth) ?? code();
    case 'concatenated_string':
      return { kind: 'concatenated', parts: node.namedChildren.map(of) };
    case 'integer':
    case 'float': {
      const value = Number(node.text.replaceAll('_', ''));
      return Number.isFinite(value) ? { kind: 'number', value } : code();
    }
    case 'parenthesized_expression': {
      const [inner] = node.namedChildren;
      return inner === undefined ? code() : of(inner);
    }
    case 'unary_operator': {
      const argument = node.childForFieldName('argument');
      if (argument === null || node.childForFieldName('operator')?.text !== '-') return code();
      const zero = { kind: 'number', value: 0 } as const;
      return { kind: 'arithmetic', operator: '-', left: zero, right: of(argument) };
    }
    case 'binary_operator': {
      const left = node.childForFieldName('left');
      const right = node.childForFieldName('right');
      const operator = node.childForFieldName('operator')?.text ?? '';
      if (left === null || right === null || !/^(?:[+\-*/]|\/\/)$/.test(operator)) return code();
      // `Path(…) / "…"` is a path: codeValue reads it.
      if (operator === '/' && !/^[\d\s()+\-*/._]+$/.test(node.text)) return code();
      const sides = [of(left), of(right)];
      if (operator === '+' && sides.some(({ kind }) => kind === 'text' || kind === 'concatenated'))
        return { kind: 'concatenated', parts: sides };
      return { kind: 'arithmetic', operator, left: of(left), right: of(right) };
    }
    case 'call':
      return timedeltaOf(node, depth) ?? code();
    default:
      return code();
  }
}

function stringOf(node: Node, depth: number): Expression | undefined {
  const start = node.namedChildren.find(({ type }) => type === 'string_start')?.text ?? '';
  if (/[bBtT]/.test(start)) return undefined;
  const parts: Expression[] = [];
  for (const child of node.namedChildren) {
    if (child.type === 'string_content') {
      const value = /[rR]/.test(start) ? child.text : unescaped(child.text, /[fF]/.test(start));
      if (value === undefined) return undefined;
      parts.push({ kind: 'text', value });
    } else if (child.type === 'interpolation') {
      const inner = child.childForFieldName('expression');
      // What is formatted (`{x:02}`, `{x!r}`) is another text.
      const plain = inner !== null && child.namedChildren.length === 1;
      parts.push(plain ? expressionOf(inner, depth + 1) : { kind: 'code', text: '' });
    }
  }
  const [only] = parts;
  if (parts.length === 0) return { kind: 'text', value: '' };
  return parts.length === 1 && only?.kind === 'text' ? only : { kind: 'concatenated', parts };
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** The characters that are written; undefined where an escape is one of the rare ones. */
function unescaped(text: string, isFormat: boolean): string | undefined {
  const plain = isFormat ? text.replaceAll('{{', '{').replaceAll('}}', '}') : text;
  if (!plain.includes('\\')) return plain;
  let isKnown = true;
  const value = plain.replace(/\\([\s\S])/g, (_, letter: string) => {
    isKnown &&= letter in escapes;
    return escapes[letter] ?? '';
  });
  return isKnown ? value : undefined;
}

/** `timedelta(seconds=10)`; undefined for all other calls. */
function timedeltaOf(node: Node, depth: number): Expression | undefined {
  const name = node.childForFieldName('function')?.text;
  if (name !== 'timedelta' && name !== 'datetime.timedelta') return undefined;
  const parts: Expression[] = [];
  for (const [i, argument] of (
    node.childForFieldName('arguments')?.namedChildren ?? []
  ).entries()) {
    const isNamed = argument.type === 'keyword_argument';
    const unit = isNamed ? argument.childForFieldName('name')?.text : [...milliseconds.keys()][i];
    const factor = milliseconds.get(unit ?? '');
    const value = isNamed ? argument.childForFieldName('value') : argument;
    if (factor === undefined || value === null) return undefined;
    const right = { kind: 'number', value: factor } as const;
    parts.push({
      kind: 'arithmetic',
      operator: '*',
      left: expressionOf(value, depth + 1),
      right,
    });
  }
  return { kind: 'timedelta', parts };
}
