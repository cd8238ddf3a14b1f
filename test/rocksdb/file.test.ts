import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CorruptionError, FileGoneError } from '../../src/rocksdb/index';
import { ReadableFile } from '../../src/rocksdb/file';

function hold(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('files', () => {
  const contents = Uint8Array.from({ length: 1 << 20 }, (_, i) => i % 251);
  let folder: string;
  let file: string;
  let opened: ReadableFile;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'state-folder-rocksdb-'));
    file = path.join(folder, 'file');
    writeFileSync(file, contents);
    opened = await ReadableFile.open(file);
  });
  afterEach(async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  });

  it('give the same bytes, whether one waits for them or not', async () => {
    for (const length of [1, 4096, 1 << 19]) {
      for (const held of [0, 10]) {
        await nextTurn();
        await opened.readExactly(0, 1);
        hold(held);
        const read = opened.readExactly(7, length);
        // What is much, or comes late in a turn, is waited for.
        if (length > 4096 || held > 0) assert.ok(read instanceof Promise);
        assert.deepEqual(await read, contents.subarray(7, 7 + length));
        assert.deepEqual(await opened.read(7, length), contents.subarray(7, 7 + length));
        const late = contents.length - 3;
        assert.deepEqual(await opened.read(late, length), contents.slice(late, late + length));
      }
    }
  });

  it('do not make one wait for what is little', async () => {
    // But where the machine was busy for a while.
    while (opened.readExactly(0, 4096) instanceof Promise) await nextTurn();
  });

  it('say what is wrong, whether one waits for it or not', async () => {
    for (const held of [0, 10]) {
      await nextTurn();
      await opened.stat();
      hold(held);
      const short = async () => opened.readExactly(contents.length - 1, 2);
      await assert.rejects(short, (error) => {
        assert.ok(error instanceof CorruptionError && error.file === file);
        assert.equal(error.offset, contents.length - 1);
        return true;
      });
      await assert.rejects(ReadableFile.open(path.join(folder, 'other')), FileGoneError);
      await assert.rejects(ReadableFile.open(folder), CorruptionError);
    }
  });

  it('are read on after a rest, unless they are gone or others by then', async () => {
    await opened.rest();
    assert.deepEqual(await opened.readExactly(0, 4), contents.subarray(0, 4));
    await opened.rest();
    rmSync(file);
    const read = async () => opened.readExactly(0, 4);
    await assert.rejects(read, FileGoneError);
    writeFileSync(path.join(folder, 'other'), 'not in its inode');
    writeFileSync(file, contents);
    await assert.rejects(read, FileGoneError);
  });

  it('stay open for whoever holds them, and as long as they are read', async () => {
    const { descriptor, release } = await opened.hold();
    const reading = opened.read(0, 1 << 19);
    await opened.close();
    assert.equal((await reading).length, 1 << 19);
    assert.ok(descriptor > 0);
    rmSync(file);
    assert.equal((await opened.readExactly(0, 4)).length, 4);
    release();
  });
});
