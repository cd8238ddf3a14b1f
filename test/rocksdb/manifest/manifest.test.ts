import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { CorruptionError, openReadOnly } from '../../../src/rocksdb/index';
import { fixtures, withCopy } from '../expected';

async function withManifest(use: (directory: string, manifest: string) => Promise<void>) {
  await withCopy(path.join(fixtures, '13-logs/dropped-8'), async (copy) => {
    const name = (await readdir(copy)).find((each) => each.startsWith('MANIFEST-'));
    await use(copy, path.join(copy, name ?? assert.fail()));
  });
}

const opens = async (directory: string) => (await openReadOnly(directory)).close();

describe('a MANIFEST that is not whole', () => {
  it('counts up to a record that was cut, or that would go on behind the end', async () => {
    const { length } = await readEdits();
    await withManifest(async (directory, manifest) => {
      await truncate(manifest, length - 2);
      await opens(directory);
    });
    for (const rest of ['abc', 'a record whose length is nonsense']) {
      await withManifest(async (directory, manifest) => {
        await appendFile(manifest, rest);
        await opens(directory);
      });
    }
  });

  it('is refused where its records are damaged', async () => {
    const bytes = await readEdits();
    for (const at of [9, bytes.length - 1]) {
      await withManifest(async (directory, manifest) => {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ 1;
        await writeFile(manifest, damaged);
        await assert.rejects(openReadOnly(directory), CorruptionError);
      });
    }
  });

  it('is refused where an edit contradicts those before it', () =>
    withManifest(async (directory, manifest) => {
      const bytes = await readEdits();
      await appendFile(manifest, bytes.subarray(0, bytes.length)); // adds its column families again
      await assert.rejects(openReadOnly(directory), /twice/);
    }));
});

async function readEdits(): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  await withManifest(async (_, manifest) => {
    bytes = await readFile(manifest);
  });
  return bytes;
}
