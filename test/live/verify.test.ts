import assert from 'node:assert/strict';
import { inspectDatabase, verifyDatabase, type Finding } from '../../src/rocksdb/index';
import { startLiveWriter, type LiveWriter } from './liveWriter';

const seconds = 6;

describe('verifying beside a writer', function () {
  this.timeout(60_000);
  let writer: LiveWriter;

  before(async () => {
    writer = await startLiveWriter(seconds, 0);
  });
  after(() => writer?.remove());

  it('finds no damage in a store that flushes, compacts and begins new logs', async () => {
    let verified = 0;
    const files = new Set<string>();
    while (writer.running()) {
      const findings: Finding[] = [];
      const counts = await verifyDatabase(writer.directory, (finding) => findings.push(finding));
      assert.deepEqual(
        findings.filter(({ kind }) => kind !== 'note'),
        [],
      );
      assert.ok(counts.edits > 0);
      verified++;
      const { tables, logs, problems } = await inspectDatabase(writer.directory);
      assert.deepEqual(problems, []);
      for (const { name, error } of tables) {
        assert.equal(error, undefined);
        files.add(name);
      }
      for (const { name } of logs) files.add(name);
    }
    await writer.ended;
    assert.ok(verified >= 5, `${verified} views`);
    assert.ok(files.size > 10, 'files came and went');
  });
});
