import assert from 'node:assert/strict';
import { run } from './commandLine';

describe('state-folder ls', function () {
  this.timeout(60_000);

  it('shows the folder of a real app as a tree', async () => {
    const { code, lines, stderr } = await run('ls', '12-real-app');
    assert.deepEqual([code, stderr], [0, '']);
    assert.match(lines[0] ?? '', /^12-real-app\/state {2}9 stores · 1\.4 MB$/);
    assert.equal(lines[1], '└─ freddy-example-prod-features');
    assert.equal(lines[2], '   ├─ default');
    assert.match(lines[4] ?? '', /0 {2}keys · changelog offset 14 · \S+ KB$/);
    assert.match(lines.join('\n'), /f-ttl\n.* 0 {2}keys · TTL · changelog offset 48/);
    assert.match(lines.join('\n'), /asof\n.*f-meta\n.* 0 {2}join/);
    assert.match(lines.join('\n'), /tumbling_count_window_reduce\n.*f-in\n.* 0 {2}windows/);
  });

  it('shows what else lies there, and stores that are half there', async () => {
    const { code, lines, stderr } = await run('ls', '10-layout');
    assert.equal(code, 0);
    assert.match(stderr, /^state-folder: warning: .*\/app\/10-layout\/wal.*\n$/);
    const text = lines.join('\n');
    assert.match(text, /half-deleted\n.*0 {2}not a store/);
    assert.match(text, /models\/\n.*deep\//);
    assert.match(text, /model1\.dat {2}\d/);
  });

  it('says which partitions are damaged, and goes on', async () => {
    const { code, lines, stderr } = await run('ls', '11-damaged');
    assert.equal(code, 1);
    assert.match(lines.join('\n'), /manifest-bitflip\n.*orders\n.* 0 {2}damaged/);
    assert.match(lines.join('\n'), /sound\n.*orders\n.* 0 {2}keys · changelog offset 599/);
    assert.match(stderr, /state-folder: damaged: .*manifest-bitflip.*MANIFEST-000005/);
  });

  it('of a partition says what it is', async () => {
    const { lines } = await run(
      'ls',
      '12-real-app/state/freddy-example-prod-features/default/f-in/0',
    );
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? '', /f-in\/0 {2}keys · changelog offset 14$/);
  });
});
