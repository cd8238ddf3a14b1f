// What may be wrong with the state of a project, found without running anything.

import { quixYamlFindingCodes } from '../quixYaml/quixYamlFindings';

/** Stable names, for filters and SARIF. */
export const findingCodes = [
  ...quixYamlFindingCodes,
  'state-disabled',
  'state-path',
  'state-path-in-code',
  'state-shared',
  'state-replicas',
  'state-job',
  'state-unused',
] as const;
export type FindingCode = (typeof findingCodes)[number];

export type FindingSeverity = 'error' | 'warning' | 'information';

/** A place: lines and columns from 1, columns in UTF-16, the end exclusive. */
export interface FindingPlace {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** One finding; `findingSentence` says it. */
export interface Finding<Code extends string = FindingCode> {
  readonly code: Code;
  readonly severity: FindingSeverity;
  readonly place: FindingPlace;
  /** What the sentence names, unescaped: they come from the project's files. */
  readonly names: FindingNames;
  /** Where the other half of it is: the code that keeps state, the deployment that has none. */
  readonly related: FindingPlace | undefined;
  /** A page of the documentation. */
  readonly docs: string;
  /** What would cure it, if one change does. */
  readonly fix: FindingFix | undefined;
}

export interface FindingNames {
  /** undefined: it has none */
  readonly deployment: string | undefined;
  /** Another deployment. */
  readonly other?: string;
  /** A path in code, and where the platform keeps the state folder. */
  readonly path?: string;
  readonly mounted?: string;
  /** What keeps state: `tumbling_window`, a file's name. */
  readonly what?: string;
  readonly replicas?: number;
  /** What stands in quix.yaml, as it is written. */
  readonly value?: string;
}

/** A change of a deployment in a quix.yaml. */
export interface FindingFix {
  readonly kind: 'enableState' | 'disableState';
  readonly file: string;
  readonly deployment: string;
}
