import assert from 'node:assert/strict';
import { median, results, table } from './bench/report';
import type { Row } from './bench/rows';

const versions = { ours: 'Node 20', c: 'RocksDB 10, C API', rocksdict: 'rocksdict 0.3' };
const row: Row = {
  id: 'open',
  name: 'open',
  unit: 'ms',
  atMost: 2,
  times: { rocksdict: 2 },
  measure: () => Promise.resolve({}),
};

describe('bench: the report', () => {
  it('has a line for each peer, which holds the medians against all goals', () => {
    const lines = results(row, { ours: [1, 4, 2], c: [1.5, 6, 3], rocksdict: [3, 6, 1] }, versions);
    assert.deepEqual(
      lines.map(({ name, ours, theirs, ratio, goal, met }) => [
        name,
        ours,
        theirs,
        ratio,
        goal,
        met,
      ]),
      [
        ['open / RocksDB 10, C API', 2, 3, 1.5, '≤ 2 ms', true],
        ['open / rocksdict 0.3', 2, 3, 1.5, '≤ 2 ms, ≥ 2 ×', false],
      ],
    );
    assert.deepEqual(lines[1]?.versions, { ours: 'Node 20', theirs: 'rocksdict 0.3' });
  });

  it('has one line where no peer was measured, which misses its goal or meets it', () => {
    const [slow] = results(row, { ours: [2.001] }, versions);
    assert.deepEqual([slow?.theirs, slow?.ratio, slow?.met], [null, null, false]);
    assert.equal(results(row, { ours: [2] }, versions)[0]?.met, true);
  });

  it('pairs what was measured in the same round', () => {
    const [line] = results(row, { ours: [1, 10, 3], c: [2, 30, 3, 8] }, versions);
    assert.deepEqual([line?.ours, line?.theirs, line?.ratio], [3, 5.5, 2]);
  });

  it('misses every goal where nothing was measured', () => {
    assert.equal(results(row, {}, versions)[0]?.met, false);
  });

  it('takes the mean of the two in the middle', () => {
    assert.equal(median([4, 1, 3, 2]), 2.5);
  });

  it('prints a table whose columns are in line', () => {
    const widths = table(results(row, { ours: [1], c: [30] }, versions))
      .split('\n')
      .map((line) => line.length);
    assert.equal(new Set(widths).size, 1);
  });
});
