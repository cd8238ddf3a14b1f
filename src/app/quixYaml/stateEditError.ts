/** Why the `state` of a deployment cannot be changed by a program. */
export type StateEditObstacle =
  /** an alias stands where it is: changing it changes others */
  | 'alias'
  /** others mean it by its anchor */
  | 'anchor'
  /** the key is written twice */
  | 'twice'
  /** `{{ name }}`: the value is elsewhere */
  | 'placeholder'
  /** `state` is no map, or a value in it no single word */
  | 'notAMap'
  /** a tag gives it a meaning of its own */
  | 'tag'
  /** the text would mean something else elsewhere, or not what was wanted */
  | 'unclear';

/** The `state` of a deployment stands so that it cannot be changed safely. */
export class StateEditError extends Error {
  constructor(
    readonly obstacle: StateEditObstacle,
    /** as it is written; undefined: the deployment has none */
    readonly deployment: string | undefined,
    /** where the obstacle stands */
    readonly offset: number,
    /** its line, from 1 */
    readonly line: number,
  ) {
    super(`${obstacle} in line ${line}`);
    this.name = 'StateEditError';
  }
}
