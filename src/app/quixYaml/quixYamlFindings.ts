// What is wrong within the `state` of a deployment, as far as quix.yaml alone tells. Keys that are not known are left alone:
// Quix Cloud may know them.

import { isIgnored } from '../ignoreComment';
import {
  defaultStatePath,
  hasOwnState,
  isStateSize,
  leastSize,
  mostSize,
  stateDocs,
  type QuixYaml,
  type StatefulDeployment,
  type StateValue,
} from './quixYaml';
import { firstSize } from './stateEdits';
import type { StateChange } from './stateWriter';
import { TextLines } from './textLines';
import type { Span } from './yamlTree';

/** Stable names, for filters and SARIF. */
export const quixYamlFindingCodes = [
  'state-not-a-map',
  'state-enabled-not-boolean',
  'state-size-missing',
  'state-size-not-whole',
  'state-size-too-large',
  'state-path-not-absolute',
] as const;
export type QuixYamlFindingCode = (typeof quixYamlFindingCodes)[number];

export interface QuixYamlFinding {
  readonly code: QuixYamlFindingCode;
  /** a warning: Quix Cloud may take it as it is meant */
  readonly severity: 'error' | 'warning';
  readonly span: Span;
  readonly deployment: StatefulDeployment;
  /** as it is written */
  readonly value: string;
  /** a page of the documentation */
  readonly docs: string;
  /** what would cure it, where that is certain */
  readonly fix: StateChange | undefined;
}

/** Words that are true and false to some readers of YAML, but no booleans of YAML 1.2. */
const words: readonly [RegExp, boolean][] = [
  [/^(true|yes|on|y)$/i, true],
  [/^(false|no|off|n)$/i, false],
];

/** What is wrong in the file, in its order; without what a comment silences. */
export function quixYamlFindings({ text, deployments }: QuixYaml): QuixYamlFinding[] {
  const lines = new TextLines(text);
  const silenced = (offset: number) => isIgnored(lines.lines, lines.placeOf(offset).line);
  return deployments.filter(hasOwnState).flatMap((deployment) => {
    // What an alias brings is found where it is written.
    const found = findingsOf(deployment, text).filter(
      ({ span: { start, end } }) => start >= deployment.span.start && end <= deployment.span.end,
    );
    if (found.length === 0) return [];
    // Above or beside `state` a comment silences all of it.
    if (silenced(deployment.state?.key.start ?? 0)) return [];
    return found.filter(({ span }) => !silenced(span.start));
  });
}

/** What a finding says to people; what it names is not escaped. */
export function quixYamlFindingSentence({
  code,
  deployment,
  value,
}: Pick<QuixYamlFinding, 'code' | 'value'> & {
  readonly deployment: Pick<StatefulDeployment, 'name'>;
}): string {
  const { name } = deployment;
  const state = name === undefined ? 'State' : `State of "${name}"`;
  switch (code) {
    case 'state-not-a-map':
      return `${state} is no map: it has the keys enabled, size and path.`;
    case 'state-enabled-not-boolean':
      return `enabled is true or false, without quotes; ${value} is neither.`;
    case 'state-size-missing':
      return `${state} is enabled, but has no size.`;
    case 'state-size-not-whole':
      return `size is a whole number of GB, from ${leastSize} to ${mostSize}, without quotes and units; ${value} is none.`;
    case 'state-size-too-large':
      return `${state} has ${value} GB. Quix Cloud gives it at most ${mostSize} GB.`;
    case 'state-path-not-absolute':
      return `${value} is no absolute path. Quix Cloud mounts state at one, ${defaultStatePath} by default.`;
  }
}

function findingsOf(deployment: StatefulDeployment, text: string): QuixYamlFinding[] {
  const { state } = deployment;
  if (state === undefined || state.isNothing || state.isPlaceholder) return [];
  const finding = (
    code: QuixYamlFindingCode,
    span: Span,
    fix?: StateChange,
    severity: QuixYamlFinding['severity'] = 'error',
  ): QuixYamlFinding => {
    const value = text.slice(span.start, span.end);
    return { code, severity, span, deployment, value, docs: stateDocs, fix };
  };
  if (state.values === undefined) return [finding('state-not-a-map', state.span)];

  const found: QuixYamlFinding[] = [];
  const { enabled, size, path } = state.values;
  const on = meant(enabled);
  if (enabled !== undefined && isWritten(enabled) && typeof enabled.value !== 'boolean') {
    const fix = on === undefined ? undefined : { enabled: on };
    const severity = on === undefined ? 'error' : 'warning';
    found.push(finding('state-enabled-not-boolean', enabled.span, fix, severity));
  }
  if (on === false) return found; // What is kept for the next time does no harm.
  if (size === undefined || size.value === null) {
    const place = size?.key ?? state.key;
    if (on === true) found.push(finding('state-size-missing', place, { size: firstSize }));
  } else if (!size.isPlaceholder && !isStateSize(size.value)) {
    found.push(sizeFinding(size, finding));
  }
  if (path !== undefined && isWritten(path) && !isAbsolute(path.value)) {
    found.push(finding('state-path-not-absolute', path.span, absolute(path.value)));
  }
  return found;
}

function sizeFinding(
  { span, value }: StateValue,
  finding: (
    code: QuixYamlFindingCode,
    span: Span,
    fix?: StateChange,
    severity?: QuixYamlFinding['severity'],
  ) => QuixYamlFinding,
): QuixYamlFinding {
  const written =
    typeof value === 'string' ? /^\s*(\d+(?:\.\d+)?)\s*(?:G|GB|Gi|GiB)?\s*$/i : /(?!)/;
  const number = typeof value === 'number' ? value : Number(written.exec(String(value))?.[1]);
  if (!Number.isFinite(number)) return finding('state-size-not-whole', span);
  const size = Math.min(Math.max(Math.ceil(number), leastSize), mostSize);
  if (number > mostSize) return finding('state-size-too-large', span, { size });
  // `"5"` may be read as 5.
  const severity = typeof value === 'string' && isStateSize(Number(value)) ? 'warning' : 'error';
  return finding('state-size-not-whole', span, { size }, severity);
}

/** What `enabled` means to those who read it kindly; undefined: that is not known. */
function meant(enabled: StateValue | undefined): boolean | undefined {
  if (enabled === undefined || !isWritten(enabled)) return undefined;
  const { value } = enabled;
  if (typeof value === 'boolean') return value;
  return words.find(([word]) => typeof value === 'string' && word.test(value))?.[1];
}

/** A value stands there that is known. */
const isWritten = ({ value, isPlaceholder }: StateValue) => value !== null && !isPlaceholder;

const isAbsolute = (path: unknown) => typeof path === 'string' && path.startsWith('/');

/** A path as an app means it, which runs in /app; undefined where it leads out of there. */
function absolute(path: unknown): StateChange | undefined {
  if (typeof path !== 'string' || !/^[\w.][\w./-]*$/.test(path)) return undefined;
  const parts = path.split('/').filter((part) => part !== '.' && part !== '');
  if (parts.length === 0 || parts.includes('..')) return undefined;
  return { path: ['/app', ...parts].join('/') };
}
