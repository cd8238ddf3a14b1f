import { python, pythonWith } from '../python.mjs';

/** A version of quixstreams with the rocksdict of its time, and what app.py leaves out with it. */
export interface Version {
  readonly name: string;
  interpreter(): Promise<string>;
  readonly leftOut: readonly string[];
}

const before3_28 = ['join_asof', 'join_interval', 'join_lookup with a buffer', 'TTL'];
const manyAggregations = ['tumbling agg', 'hopping agg', 'sliding agg', 'session agg', 'count agg'];
const sessions = ['session sum', 'session by partition'];

export const versions: readonly Version[] = [
  {
    name: '3.0.0',
    interpreter: () => pythonWith('quixstreams==3.0.0\nrocksdict==0.3.23'),
    leftOut: [
      ...['tumbling collect', 'tumbling by partition: by key', 'hopping collect'],
      ...['sliding max', 'sliding mean', 'sliding collect'],
      ...['count sum', 'count mean', 'count collect'],
      ...[...manyAggregations, ...sessions, ...before3_28],
    ],
  },
  {
    name: '3.10.0',
    interpreter: () => pythonWith('quixstreams==3.10.0\nrocksdict==0.3.25'),
    leftOut: [...manyAggregations, ...sessions, ...before3_28],
  },
  { name: '3.28.1', interpreter: () => python(), leftOut: [] },
];
