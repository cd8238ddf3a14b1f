// firstPage.js DIRECTORY: the first 100 entries of a database, and no more than that.
import { openReadOnly } from '../../src/rocksdb';

async function main(directory: string): Promise<void> {
  const database = await openReadOnly(directory);
  let left = 100;
  for await (const { key } of database.entries('default')) {
    if (key.length === 0 || --left === 0) break;
  }
  await database.close();
  process.exitCode = left;
}

void main(process.argv[2] ?? '.');
