import assert from 'node:assert/strict';
import path from 'node:path';
import { fixtures, run, runIn } from './commandLine';

describe('state-folder verify', function () {
  this.timeout(60_000);

  it('says of a sound store how much of it there is', async () => {
    const store = '11-damaged/state/damage/sound/orders/0';
    const { code, lines, stderr } = await run('verify', store);
    assert.deepEqual([code, stderr], [0, '']);
    const counts = '4 tables with 23 blocks and 422 entries, 1 write-ahead log with 9 records';
    assert.deepEqual(lines, [`ok  ${store}  ${counts}`]);
  });

  it('tells of each store below a folder, what is damaged and what RocksDB does', async () => {
    const { code, lines, stderr } = await run('verify', '11-damaged');
    assert.deepEqual([code, stderr], [1, '']);
    const stores = lines.filter((line) => !line.startsWith(' '));
    assert.equal(stores.length, 28);
    const sound = stores.filter((line) => line.startsWith('ok  '));
    assert.deepEqual(
      sound.map((line) => line.split('/')[3]),
      [
        ...['identity-missing', 'options-missing', 'sound', 'stray-files', 'wal-empty'],
        'wal-zeros-appended',
      ],
    );
    const at = lines.findIndex((line) => line.includes('/wal-bitflip-middle/'));
    assert.deepEqual(lines.slice(at + 1, at + 6), [
      '  damaged: 000013.log at byte 6404: record checksum mismatch',
      '    Keys that may be missing or old: from "k25"|"s00" to "k29"|"s19"',
      '    Keys of __metadata__ that may be missing or old: from __changelog_offset__ to __changelog_offset__',
      '    Operations that are missing: 105, sequences 526 to 630',
      '    RocksDB opens the store without what the write-ahead logs hold from there on.',
    ]);
  });

  it('looks for stores in state where no folder is named', async () => {
    const { code, lines } = await runIn(path.join(fixtures, '12-real-app'), 'verify');
    assert.equal(code, 0);
    assert.equal(lines.length, 12);
    for (const line of lines) assert.match(line, /^ok {2}state\/freddy-example-prod-features\//);
  });

  it('says what is no store, and what is not there', async () => {
    const empty = await run('verify', 'logs');
    assert.deepEqual([empty.code, empty.stderr], [1, 'state-folder: no store in logs\n']);
    const missing = await run('verify', '/does/not/exist');
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^state-folder: .*\/does\/not\/exist.*\n$/);
  });
});
