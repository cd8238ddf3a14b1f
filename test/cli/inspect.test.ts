import assert from 'node:assert/strict';
import { parsed, run } from './commandLine';

describe('state-folder inspect', function () {
  this.timeout(60_000);

  const store = '03b-default-20k-levels-open/state/quixstreams-default/default/orders/0';

  it('tells levels, tables, logs and who keeps them', async () => {
    const { code, lines, stderr } = await run('inspect', store);
    assert.deepEqual([code, stderr], [0, '']);
    const text = lines.join('\n');
    assert.match(text, /^RocksDB 9\.8\.4 · .* · MANIFEST-000005 \(3\.1 KB\) · OPTIONS-000009 · /m);
    assert.match(
      text,
      /^ {2}default +L1 +000036\.sst +5\.3 KB +277 .* 0 +6 LZ4 XXH3 bloomfilter +2026-/m,
    );
    assert.match(text, /^ {2}default +L\d +000029\.sst +75\.1 KB/m);
    assert.match(text, /^ {2}000037\.log +15\.5 KB +\S+ \S+Z +all$/m);
    assert.match(text, /^ {2}wal_recovery_mode=kPointInTimeRecovery$/m);
  });

  it('gives JSON with --json', async () => {
    const { code, lines } = await run('inspect', store, '--json');
    assert.equal(code, 0);
    assert.equal(lines.length, 1);
    const found = parsed(lines[0] ?? '');
    const tables = found['tables'] as Record<string, unknown>[];
    assert.equal(tables.length, 9);
    assert.deepEqual(
      [tables[0]?.['columnFamily'], tables[0]?.['level'], tables[0]?.['name']],
      ['default', 0, '000038.sst'],
    );
    assert.match(String(tables[0]?.['smallest']), /^[0-9a-f]+$/);
    const [log] = found['logs'] as Record<string, unknown>[];
    assert.deepEqual(log?.['keptBy'], ['default', '__metadata__']);
  });

  it('shows what is damaged among the rest', async () => {
    const damaged = '11-damaged/state/damage/sst-footer-flip/orders/0';
    const { code, lines, stderr } = await run('inspect', damaged);
    assert.equal(code, 1);
    assert.match(lines.join('\n'), /000011\.sst .*Damaged: footer checksum mismatch$/m);
    assert.match(stderr, /^state-folder: damaged: .*000011\.sst.*\n$/);
  });
});
