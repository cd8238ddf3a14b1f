import fc from 'fast-check';
import type { PeerOptions } from './rocksdictPeer';
import { sessionOptions } from './storeOptions';

/** An operation on one of the column families that there are then, by index modulo their number. */
export interface Operation {
  readonly kind: 'put' | 'delete' | 'deleteRange';
  readonly family: number;
  readonly key: Buffer;
  /** Of a range delete: its other end. */
  readonly value: Buffer;
}

/** What is looked for in the store after a step. */
export interface Question {
  readonly from: Buffer | undefined;
  readonly to: Buffer | undefined;
  readonly keys: readonly Buffer[];
  /** After how many entries a scan is given up. */
  readonly abortAfter: number;
}

export type Step = { readonly question: Question } & (
  | { readonly kind: 'batch'; readonly operations: readonly Operation[]; readonly logged: boolean }
  /** Many keys at once: tables of many blocks, memtables that are full. */
  | {
      readonly kind: 'bulk';
      readonly family: number;
      readonly count: number;
      readonly first: number;
      readonly valueLength: number;
    }
  | { readonly kind: 'flush' | 'compact' | 'drop'; readonly family: number }
  | { readonly kind: 'create'; readonly name: string; readonly options: PeerOptions }
  /** Closed and opened again; with `kill` the process dies first, by SIGKILL. */
  | { readonly kind: 'reopen'; readonly kill: boolean; readonly options: PeerOptions }
  /** A copy as a power cut would leave it, while operations are under way, is compared, too. */
  | { readonly kind: 'freeze'; readonly delayMs: number; readonly first: number }
);

/** Few different keys, so that they are written again, with prefixes of each other among them. */
export const someKey: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.constantFrom('', 'a', 'aa', 'aa|', 'k00', '\x00', '\xff\xff', 'long'.repeat(60)),
    fc.array(fc.constantFrom(0x00, 0x61, 0x62, 0x7c, 0xff), { maxLength: 3 }),
  )
  .map(([prefix, suffix]) => Buffer.concat([Buffer.from(prefix, 'latin1'), Buffer.from(suffix)]));

const someValue: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(Buffer.alloc(0)) },
  { weight: 6, arbitrary: fc.uint8Array({ maxLength: 24 }).map((bytes) => Buffer.from(bytes)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.integer({ min: 1, max: 60 }))
      .map(([bytes, times]) => Buffer.concat(Array.from({ length: times }, () => bytes))),
  },
  {
    // Longer than a block of a log.
    weight: 1,
    arbitrary: fc
      .integer({ min: 30_000, max: 90_000 })
      .map((length) => Buffer.alloc(length, `${length}`)),
  },
);

const operation: fc.Arbitrary<Operation> = fc
  .tuple(
    fc.constantFrom<Operation['kind'][]>('put', 'put', 'put', 'put', 'delete', 'deleteRange'),
    fc.nat({ max: 3 }),
    someKey,
    someKey,
    someValue,
  )
  .map(([kind, family, key, other, value]) => {
    if (kind !== 'deleteRange') return { kind, family, key, value };
    const [begin = key, end = other] = [key, other].sort((a, b) => a.compare(b));
    return { kind, family, key: begin, value: end };
  });

const question: fc.Arbitrary<Question> = fc.record({
  from: fc.option(someKey, { nil: undefined }),
  to: fc.option(someKey, { nil: undefined }),
  keys: fc.array(someKey, { minLength: 2, maxLength: 8 }),
  abortAfter: fc.nat({ max: 40 }),
});

const family = fc.nat({ max: 3 });

const doing: fc.Arbitrary<object> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('batch'),
      operations: fc.array(operation, { minLength: 1, maxLength: 30 }),
      logged: fc.integer({ min: 0, max: 7 }).map((roll) => roll > 0),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('bulk'),
      family,
      count: fc.integer({ min: 50, max: 600 }),
      first: fc.nat({ max: 900 }),
      valueLength: fc.constantFrom(0, 5, 40, 300),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('flush', 'compact'), family }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('drop'), family }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('create'),
      name: fc.constantFrom('one', 'two', '__metadata__'),
      options: sessionOptions,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('reopen'),
      kill: fc.boolean(),
      options: sessionOptions,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('freeze'),
      delayMs: fc.nat({ max: 12 }),
      first: fc.nat({ max: 900 }),
    }),
  },
);

export const someStep = fc
  .tuple(doing, question)
  .map(([done, asked]) => ({ ...done, question: asked }) as Step);
