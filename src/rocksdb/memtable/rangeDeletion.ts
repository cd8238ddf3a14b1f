import type { KeyRange } from '../manifest/version';

/** A deleted range: entries of a lower sequence in it are gone. */
export interface RangeDeletion extends KeyRange {
  readonly sequence: number;
}
