// What quixstreams calls the store of a window (`_get_name` in quixstreams/dataframe/windows/definitions.py):
//
//   tumbling_window_{duration}_{func}            sliding_window_…, session_window_… likewise
//   hopping_window_{duration}_{step}_{func}
//   tumbling_count_window_{func}                 hopping_count_window_…, sliding_count_window_… likewise
//
// with {func} left out, and the `_` before it, for agg() (since 3.13). With name=: {name}_ before all that since 3.0; up to 2.11
// the name alone.

import type { WindowType } from './codeUse';

/** What a window is given, in milliseconds. */
export interface WindowArguments {
  readonly window: WindowType;
  readonly name: string | undefined;
  readonly duration: number | undefined;
  readonly step: number | undefined;
  /** The method that makes its result. */
  readonly aggregation: string | undefined;
}

/** The names of the window's store, that of quixstreams 3 first; none where an argument is not known. */
export function windowStores({
  window,
  name,
  duration,
  step,
  aggregation,
}: WindowArguments): string[] {
  const known: (string | number | undefined)[] = [];
  if (!window.endsWith('Count')) known.push(duration);
  if (window === 'hopping') known.push(step);
  // 2.x has tumbling and hopping windows only.
  const before3 = name !== undefined && /^(?:tumbling|hopping)$/.test(window) ? [name] : [];
  if (known.includes(undefined) || aggregation === undefined) return before3;
  const kind = window.replace('Count', '_count');
  const parts = [...(name === undefined ? [] : [name]), kind, 'window', ...known];
  if (aggregation !== 'agg') parts.push(aggregation);
  return [parts.join('_'), ...before3];
}
