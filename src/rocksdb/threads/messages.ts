import type { Damage } from '../read/sources';
import type { PostedMemory } from './batchRing';
import type { KeySpan } from './keySpans';
import type { SharedView } from './sharedView';

/** What threads are asked to do with a view, in spans of keys, which each of them takes when it is free. */
export type Work =
  | { readonly kind: 'scan' | 'count'; readonly spans: readonly KeySpan[] }
  /** Entries whose key or value contains `needle`. */
  | { readonly kind: 'search'; readonly needle: Uint8Array; readonly spans: readonly KeySpan[] };

/** A job as each thread gets it. */
export interface JobRequest {
  readonly kind: 'job';
  readonly job: number;
  readonly shared: SharedView;
  readonly work: Work;
  /** Of JobControl. */
  readonly cells: Int32Array;
  readonly tellDamage: boolean;
}

/** To a thread. */
export type Request =
  | JobRequest
  /** Memory that a thread waited for is free, or nothing more is wanted of a job. */
  | { readonly kind: 'go on' };

/** What an error is, so that the other thread can throw it. */
export interface PostedError {
  readonly name: string;
  readonly message: string;
  readonly file?: string | undefined;
  readonly reason?: string | undefined;
  readonly offset?: number | undefined;
}

/** From a thread. The spans' answers come in any order, those of one span in theirs. */
export type Answer = { readonly job: number } & (
  | {
      readonly kind: 'batch';
      readonly span: number;
      /** Which of the thread's memories it is in, and, where that is new, the memory. */
      readonly memory: number;
      readonly news: PostedMemory | undefined;
      readonly length: number;
    }
  | {
      readonly kind: 'damage';
      readonly damage: Omit<Damage, 'error'> & { readonly error: PostedError };
    }
  | { readonly kind: 'failure'; readonly span: number; readonly error: PostedError }
  /** A span that is waited for has ended. */
  | { readonly kind: 'ended' }
  /** The thread has no more to do; what it counted. */
  | { readonly kind: 'done'; readonly count: number }
);
