import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  AheadOfChangelogError,
  AppFailedError,
  checkBeforeRun,
  IncompatibleStoreError,
  LocalBroker,
  LockedError,
  MissingVariableError,
  NoBrokerError,
  NoInterpreterError,
  NoTokenError,
  StoreIncompleteError,
  StoreRecreatedError,
  type Frame,
} from '../../src/app/index';
import { python } from '../python.mjs';
import { FailingApp, failingApp, runScript } from './failingApp';

const root = path.resolve(import.meta.dirname, '../..');

/** The line of the app that is marked so. */
async function lineOf(mark: string): Promise<Frame> {
  const lines = (await readFile(failingApp.mainFile, 'utf8')).split('\n');
  return {
    file: failingApp.mainFile,
    line: lines.findIndex((text) => text.endsWith(`# ${mark}`)) + 1,
  };
}

function assertIs<T extends Error>(
  error: Error | undefined,
  kind: new (...given: never[]) => T,
): asserts error is T {
  assert.ok(error instanceof kind, error?.stack);
}

describe('failures of a real app', function () {
  this.timeout(60_000);
  let folder: string;
  let interpreter: string;
  let brokers: LocalBroker[];
  let address: string;
  let otherAddress: string;
  let made = 0;
  const apps: FailingApp[] = [];

  /** A state folder, a topic and a group that nobody else uses. */
  const fresh = async () => {
    const name = `t${made++}`;
    const stateDir = path.join(folder, name);
    await mkdir(stateDir);
    const store = path.join(stateDir, name, 'default', name, '0');
    return { env: { STATE_DIR: stateDir, TOPIC: name, GROUP: name }, stateDir, name, store };
  };
  const start = (
    way: string,
    env: Readonly<Record<string, string | undefined>>,
    args: readonly string[] = [],
  ): FailingApp => {
    const app = new FailingApp([interpreter, ...args], way, { BROKER: address, ...env });
    apps.push(app);
    return app;
  };
  /** Runs it until it has counted its four messages. */
  const runOnce = async (way: string, env: Readonly<Record<string, string>>) => {
    const app = start(way, env);
    await app.counts(Number(env.MESSAGES ?? 4));
    assert.equal(await app.stop(), 0);
    return app;
  };

  before(async () => {
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'state-folder-failures-')));
    interpreter = await python();
    const programFolder = path.join(root, 'dist/broker');
    brokers = ['broker', 'other'].map(
      (name) =>
        new LocalBroker(
          { programFolder, dataDir: path.join(folder, name), port: 0 },
          () => undefined,
        ),
    );
    [address = '', otherAddress = ''] = await Promise.all(brokers.map((one) => one.acquire()));
  });
  afterEach(() => Promise.all(apps.splice(0).map((app) => app.kill())));
  after(async () => {
    await Promise.all(brokers.map((one) => one.stop()));
    await rm(folder, { recursive: true, force: true });
  });

  it('its own exception: line, text, message', async () => {
    const { env, name } = await fresh();
    const error = await start('exception', env).failure();
    assertIs(error, AppFailedError);
    assert.deepEqual(error.place, await lineOf('fails'));
    assert.equal(error.error, 'ZeroDivisionError: division by zero');
    assert.deepEqual(error.failedMessage, { topic: name, partition: 0, offset: 2n });
  });

  it('a message that it cannot read', async () => {
    const { env, name } = await fresh();
    const error = await start('json', env).failure();
    assertIs(error, AppFailedError);
    assert.match(error.error, /^SerializationError: /);
    assert.deepEqual(error.failedMessage, { topic: name, partition: 0, offset: 0n });
  });

  it('an exception in a source, which is a process of its own', async () => {
    const { env } = await fresh();
    const error = await start('source', env).failure();
    assertIs(error, AppFailedError);
    assert.deepEqual(error.place, await lineOf('breaks'));
    assert.equal(error.error, 'RuntimeError: no device');
  });

  it('a variable that is not set', async () => {
    const error = await start('variable', (await fresh()).env).failure();
    assertIs(error, MissingVariableError);
    assert.equal(error.variable, 'DEVICE_TOPIC');
    assert.deepEqual(error.place, await lineOf('reads'));
  });

  it('no address and no token', async () => {
    const { env } = await fresh();
    assertIs(await start('run', { ...env, BROKER: undefined }).failure(), NoTokenError);
  });

  it('no quixstreams', async () => {
    // Neither the environment's packages nor the user's.
    const error = await start('run', (await fresh()).env, ['-I', '-S']).failure();
    assertIs(error, NoInterpreterError);
  });

  it('no broker', async () => {
    const { env } = await fresh();
    const nobody = { BROKER: '127.0.0.1:1', REQUEST_TIMEOUT: '1' };
    const error = await start('run', { ...env, ...nobody }).failure(nobody.BROKER);
    assertIs(error, NoBrokerError);
    assert.equal(error.address, '127.0.0.1:1');
  });

  it('a lock: said before the run, waited for, failed at, and got when its holder leaves', async () => {
    const { env, stateDir, store, name } = await fresh();
    const holder = start('run', env);
    await holder.counts(4);

    const { problems } = await checkBeforeRun(stateDir);
    if (process.platform === 'linux') {
      assert.equal(problems.length, 1);
      const [locked] = problems;
      assertIs(locked, LockedError);
      assert.equal(locked.partition, `${name}[0]`);
      assert.equal(locked.pid, holder.pid);
    }

    // On another broker: no group coordinates the two.
    const elsewhere = { ...env, BROKER: otherAddress };
    const error = await start('run', elsewhere).failure();
    assertIs(error, LockedError);
    assert.equal(error.partition, `${name}[0]`);

    // Without messages: its own changelog there knows nothing of the state, and a commit would fail.
    const patient = start('run', {
      ...elsewhere,
      ...{ LOCK_RETRIES: '200', MESSAGES: '0', LOGLEVEL: 'DEBUG' },
    });
    await patient.until(({ progress }) => progress.status.kind === 'waitingForLock');
    assert.deepEqual(patient.progress.status, { kind: 'waitingForLock', path: store });
    assert.equal(await holder.stop(), 0);
    await patient.until(({ progress }) => progress.open.has(store));
  });

  it('a store that is ahead of its changelog, which was made anew', async () => {
    const { env } = await fresh();
    await runOnce('run', { ...env, MESSAGES: '8' });
    const anew = { ...env, BROKER: otherAddress };
    await runOnce('run', { ...anew, STATE_DIR: (await fresh()).stateDir });
    assertIs(await start('run', anew).failure(), AheadOfChangelogError);
  });

  it('TTL: none when it is turned on over older data; a format that quixstreams does not know', async () => {
    const { env, store } = await fresh();
    await runOnce('run', env);
    const { text } = await runOnce('ttl', env);
    assert.match(text, /Enabled TTL on a populated legacy store/);

    await runScript(interpreter, 'setTtlFormat.py', store);
    const error = await start('ttl', env).failure();
    assertIs(error, IncompatibleStoreError);
    assert.equal(error.path, store);
  });

  it('a damaged table: the app destroys the store and recovers it; no MANIFEST: it takes that for a lock', async () => {
    const { env, stateDir, store, name } = await fresh();
    await runOnce('run', env);
    assert.deepEqual((await checkBeforeRun(stateDir)).problems, []);
    const table = (await readdir(store)).find((file) => file.endsWith('.sst'));
    assert.ok(table);
    const file = path.join(store, table);
    const bytes = await readFile(file);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 0x10;
    await writeFile(file, bytes);

    const { problems, before } = await checkBeforeRun(stateDir);
    const [problem] = problems;
    assertIs(problem, StoreRecreatedError);
    assert.equal(problem.partition, `${name}[0]`);
    assert.equal(problem.path, store);
    assert.deepEqual(
      [...before],
      [
        [
          store,
          { changelogOffset: undefined, changelog: `changelog__${name}--${name}--default[0]` },
        ],
      ],
    );

    const { text, progress } = await runOnce('run', env);
    assert.match(text, /Destroying corrupted RocksDB/);
    assert.ok(progress.wasRecovered(`changelog__${name}--${name}--default[0]`));
    assert.match(text, /'total': 8\b/); // four again and four more: nothing was lost
    assert.deepEqual((await checkBeforeRun(stateDir)).problems, []);

    const manifest = (await readdir(store)).find((file) => file.startsWith('MANIFEST'));
    assert.ok(manifest);
    await rm(path.join(store, manifest));
    assertIs((await checkBeforeRun(stateDir)).problems[0], StoreIncompleteError);
    const app = start('run', env);
    const error = await app.failure();
    assertIs(error, AppFailedError);
    assert.match(error.error, /IO error: No such file or directory: .*MANIFEST/);
    assert.match(app.text, /cannot acquire a lock/);
  });

  it('each kind of damage: checkBeforeRun says what quixstreams does', async () => {
    const stateDir = path.join(folder, 'damaged');
    await cp(path.join(root, 'test/fixtures/11-damaged/state'), stateDir, { recursive: true });
    const kinds = await readdir(path.join(stateDir, 'damage'));
    const storeOf = (kind: string) => path.join(stateDir, 'damage', kind, 'orders/0');

    const { problems } = await checkBeforeRun(stateDir);
    const said = new Map(
      problems.map((problem) => {
        assert.ok(!(problem instanceof LockedError));
        return [problem.path, problem instanceof StoreRecreatedError ? 'recreated' : 'failed'];
      }),
    );
    const printed = await runScript(interpreter, 'openStores.py', ...kinds.map(storeOf));
    const outcomes = JSON.parse(printed) as Record<string, string>;
    assert.equal(kinds.length, 28);
    for (const kind of kinds) {
      assert.equal(said.get(storeOf(kind)) ?? 'opened', outcomes[storeOf(kind)], kind);
    }
  });

  it('a folder that is not there: nothing', async () => {
    const { problems, before } = await checkBeforeRun(path.join(folder, 'nowhere'));
    assert.deepEqual(problems, []);
    assert.equal(before.size, 0);
  });
});
