import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { askFiles, FilesError } from '../../src/app/index';
import type { Progress } from '../../src/rocksdb/index';

const root = path.resolve(import.meta.dirname, '../..');
const state = path.join(root, 'test/fixtures/11-damaged/state/damage');

describe('askFiles', function () {
  this.timeout(30_000);
  let folder: string;
  let module: string;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-files-'));
    module = path.join(folder, 'files.js');
    await build({
      absWorkingDir: root,
      entryPoints: ['src/app/files/filesWorker.ts'],
      outfile: module,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      mainFields: ['module', 'main'],
      logLevel: 'silent',
    });
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const ask = (
    task: 'verify' | 'inspect',
    directory: string,
    signal = new AbortController().signal,
    progress?: (progress: Progress) => void,
  ) => askFiles(module, { task, directory, follow: true }, signal, progress);

  it('verifies a store in a thread, and says how far it is', async () => {
    const told: Progress[] = [];
    const answer = await ask('verify', path.join(state, 'sound'), undefined, (progress) => {
      told.push(progress);
    });
    const { verdict, stores, findings, text } = answer;
    assert.deepEqual([verdict, stores, findings], ['sound', 1, 0]);
    assert.match(text, /sound\/orders\/0\nVerified: 4 tables .*\nNothing is damaged\.\n$/);
    assert.ok(told.length > 0);
  });

  it('verifies all stores below a folder', async () => {
    const { verdict, stores, findings, text } = await ask('verify', state);
    assert.deepEqual([verdict, stores], ['damaged', 28]);
    assert.ok(findings >= 22, String(findings));
    assert.match(text, /^damaged: 000011\.sst at byte 14922: block checksum mismatch$/m);
    assert.match(text, /^ {2}RocksDB refuses to open the store\./m);
  });

  it('says in a sentence why there is no answer', async () => {
    const missing = path.join(state, 'current-missing/orders/0');
    await assert.rejects(ask('inspect', missing), (error) => {
      assert.ok(error instanceof FilesError);
      assert.match(error.message, /is not a store: it has no CURRENT\.$/);
      return true;
    });
  });

  it('ends at once when it is told to', async () => {
    const abort = new AbortController();
    const reason = new Error('enough');
    const asked = ask('verify', state, abort.signal, () => abort.abort(reason));
    await assert.rejects(asked, reason);
    await assert.rejects(ask('verify', state, AbortSignal.abort(reason)), reason);
  });
});
