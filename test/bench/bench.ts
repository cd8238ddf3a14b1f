// How fast the reader is beside RocksDB itself.
// Usage: tsx bench.ts [--json FILE] [--rows ID,…] [--small]
//   --small   stores of a million keys for all rows: shows that the benchmark works, not how the reader does
import { writeFile } from 'node:fs/promises';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { Arena } from './arena';
import { rocksdbVersion } from './library';
import { results, table, type Result, type Versions } from './report';
import { rows, stores } from './rows';

const keys = 10_000_000;
const smallKeys = 1_000_000;

const versions: Versions = {
  ours: `Node ${process.versions.node}`,
  c: `RocksDB ${rocksdbVersion}, C API`,
  rocksdict: 'rocksdict 0.3.29',
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { json: { type: 'string' }, rows: { type: 'string' }, small: { type: 'boolean' } },
  });
  const wanted = values.rows?.split(',') ?? rows.map(({ id }) => id);
  const unknown = wanted.filter((id) => !rows.some((row) => row.id === id));
  if (unknown.length) {
    throw new Error(
      `No such row: ${unknown.join(', ')}. There are ${rows.map(({ id }) => id).join(', ')}.`,
    );
  }
  const log = (line: string) => console.error(line);
  const made = stores(values.small ? smallKeys : keys, log);
  const arena = await Arena.create();
  const lines: Result[] = [];
  try {
    for (const row of rows.filter(({ id }) => wanted.includes(id))) {
      const measured = results(row, await row.measure(arena, made), versions);
      for (const { name, ours, theirs, unit, ratio } of measured) {
        const against = theirs === null ? '' : ` against ${theirs} ${unit}: ${ratio} ×`;
        log(`${name}: ${ours} ${unit}${against}`);
      }
      lines.push(...measured);
    }
  } finally {
    await arena.dispose();
  }
  const count = (values.small ? smallKeys : keys).toLocaleString('en');
  console.log(`${count} keys; ${os.cpus().length} × ${os.cpus()[0]?.model.trim() ?? 'unknown'}\n`);
  console.log(table(lines));
  if (values.json) await writeFile(values.json, `${JSON.stringify(lines, undefined, 2)}\n`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
