import assert from 'node:assert/strict';
import { streamOrigin } from '../../src/quixstreams/index';

describe('the id of a stream', () => {
  it('says what it is grouped by, where it can be read in one way', () => {
    const origin = (id: string) => streamOrigin(id, 'my--group');
    assert.deepEqual(origin('f-in--groupby--region'), {
      kind: 'groupBy',
      of: 'f-in',
      by: 'region',
    });
    // Topics are joined by what stands between them and the rest, too.
    assert.deepEqual(origin('a--b--groupby--region'), {
      kind: 'groupBy',
      of: 'a--b',
      by: 'region',
    });
    assert.deepEqual(origin('repartition__my--group--f-in--region'), {
      kind: 'groupBy',
      of: 'f-in',
      by: 'region',
    });
    assert.deepEqual(origin('source__csv'), { kind: 'source', name: 'csv' });
    for (const other of [
      ...['f-in', 'a--b', 'repartition__other--f-in--region', 'source__', '--groupby--', ''],
      ...['repartition__my--group--a--b--region', 'a--groupby--b--groupby--c'],
    ]) {
      assert.equal(origin(other), undefined, other);
    }
  });
});
