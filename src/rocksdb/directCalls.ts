// A promise of the file system costs 50–100 µs, its answer from the page cache 1–5 µs. What is little is
// therefore asked for directly, but not so that anybody notices: after some ms the others have their turn
// first; and where a call took long, as a disk or a network may, nothing is asked so for many times as long.

import { clock } from './clock';

/** How long a turn of the event loop may be held by direct calls and what is between them, ms. */
const turnMs = 6;
/** Bytes of a direct call at most. */
const mostBytes = 256 << 10;
/** A call that takes longer is no answer from memory, ms. */
const slowMs = 3;
/** Slow calls hold the thread for this part of its time at most. */
const shareOfSlow = 1 / 10;

let turnBegan: number | undefined;
let waitUntil = 0;

/**
 * What `call` gives, which moves up to `bytes`; undefined where it may not be made now.
 * @throws what `call` throws
 */
export function answerNow<T>(call: () => T, bytes = 0): { readonly answer: T } | undefined {
  const start = clock();
  if (bytes > mostBytes || start < waitUntil) return undefined;
  if (turnBegan === undefined) {
    turnBegan = start;
    setImmediate(() => (turnBegan = undefined));
  } else if (start - turnBegan > turnMs) {
    return undefined;
  }
  try {
    return { answer: call() };
  } finally {
    const end = clock();
    if (end - start > slowMs) waitUntil = end + (end - start) / shareOfSlow;
  }
}

/**
 * What `call` gives, which moves up to `bytes`, now or in a later turn; where it may take long, the promise
 * that `wait` makes of the same. @throws what `call` throws
 */
export function answerOf<T>(call: () => T, wait: () => Promise<T>, bytes = 0): T | Promise<T> {
  const now = answerNow(call, bytes);
  if (now) return now.answer;
  if (bytes > mostBytes || clock() < waitUntil) return wait();
  return new Promise((resolve) => setImmediate(resolve)).then(() => answerOf(call, wait, bytes));
}
