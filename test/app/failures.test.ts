import assert from 'node:assert/strict';
import {
  AheadOfChangelogError,
  AppFailedError,
  AppKilledError,
  AppProgress,
  failureOf,
  IncompatibleStoreError,
  LockedError,
  MissingVariableError,
  NoBrokerError,
  NoInterpreterError,
  NoTokenError,
} from '../../src/app/index';
import { loggedApp, logText, progressOf } from './logFixtures';

const failure = (log: string, given?: string) =>
  failureOf(progressOf(logText(log)), loggedApp, 1, {
    broker: given,
    interpreter: '/venv/bin/python',
    secrets: ['s3cr3t-token'],
  });

/** The failure, which must be of this class. */
function failureAs<T extends Error>(log: string, kind: new (...given: never[]) => T): T {
  const error = failure(log);
  assert.ok(error instanceof kind, `${log}: ${error?.name}`);
  return error;
}

const main = '/home/dev/app/main.py';
const versions = ['3.28.1', '3.10.0', '3.0.0'];

const traceback = (last: string, file = main, line = 12) =>
  `Traceback (most recent call last):\n  File "${file}", line ${line}, in count\n    x()\n${last}\n`;

describe('failureOf', () => {
  for (const version of versions) {
    it(`tells the app's own exception with its line and message, of ${version}`, () => {
      const error = failureAs(`quixstreams-${version}/exception`, AppFailedError);
      assert.equal(error.app, 'counter');
      assert.deepEqual(error.place, { file: main, line: 14 });
      assert.equal(error.error, 'ZeroDivisionError: division by zero');
      assert.deepEqual(error.failedMessage, { topic: 'readings', partition: 0, offset: 2n });
    });

    it(`tells of a lock, of ${version}`, () => {
      const { partition } = failureAs(`quixstreams-${version}/lock`, LockedError);
      assert.equal(partition, 'readings[0]');
    });

    it(`tells that a store is ahead of its changelog, of ${version}`, () => {
      failureAs(`quixstreams-${version}/behind`, AheadOfChangelogError);
    });

    it(`tells that no broker answers, of ${version}`, () => {
      failureAs(`quixstreams-${version}/broker`, NoBrokerError);
    });
  }

  it('names the broker that did not answer, or else the one that was given', () => {
    const address = (log: string) => (failure(log, 'given:9092') as NoBrokerError).address;
    assert.equal(address('quixstreams-3.28.1/broker'), '127.0.0.1:1');
    assert.equal(address('quixstreams-3.0.0/broker'), 'given:9092'); // names none
  });

  for (const log of ['quixstreams-3.28.1/variable', 'quixstreams-3.10.0/variable']) {
    it(`tells a missing variable and where it is read, of ${log}`, () => {
      const { variable, place } = failureAs(log, MissingVariableError);
      assert.equal(variable, 'DEVICE_TOPIC');
      assert.deepEqual(place, { file: main, line: 30 });
    });
  }

  it('tells a missing token, a missing library, a store that cannot be opened', () => {
    failureAs('quixstreams-3.28.1/token', NoTokenError);
    failureAs('quixstreams-3.28.1/module', NoInterpreterError);
    const { path } = failureAs('quixstreams-3.28.1/marker', IncompatibleStoreError);
    assert.equal(path, '/home/dev/app/state/g13/default/m/0');
    const before = failureOf(
      progressOf(
        traceback(
          `quixstreams.state.exceptions.IncompatibleStateStoreError: State store at "/s/g/default/t/0" is marked TTL-enabled but is missing its format-version marker.`,
        ),
      ),
      loggedApp,
      1,
    );
    assert.ok(before instanceof IncompatibleStoreError);
    assert.equal(before.path, '/s/g/default/t/0');
  });

  it("tells a source's exception by what the source logged", () => {
    const error = failureAs('quixstreams-3.28.1/source', AppFailedError);
    assert.equal(error.error, 'RuntimeError: no device');
    assert.deepEqual(error.place, { file: main, line: 31 });
  });

  it('tells a message that cannot be read by where the app runs', () => {
    const error = failureAs('quixstreams-3.28.1/json', AppFailedError);
    assert.match(error.error, /^SerializationError: invalid literal/);
    assert.deepEqual(error.place, { file: main, line: 59 });
    assert.deepEqual(error.failedMessage, { topic: 'bad', partition: 0, offset: 0n });
  });

  it('tells where the syntax is wrong, and the innermost of an exception group', () => {
    const place = (log: string) => failureAs(log, AppFailedError).place;
    assert.deepEqual(place('python-3.13/syntax'), { file: '/home/dev/app/syntax.py', line: 2 });
    assert.deepEqual(place('python-3.13/importsSyntax'), {
      file: '/home/dev/app/syntax.py',
      line: 2,
    });
    assert.deepEqual(place('python-3.13/group'), { file: '/home/dev/app/group.py', line: 5 });
    assert.deepEqual(place('python-3.13/aside'), { file: '/home/dev/app/aside.py', line: 17 });
  });

  it('takes a KeyError of the app for its own', () => {
    const own = failureOf(progressOf(traceback("KeyError: 'DEVICE_TOPIC'")), loggedApp, 1);
    assert.ok(own instanceof AppFailedError);
    const text = traceback(`KeyError: 'x'`).replace(
      '    x()\n',
      '    x()\n  File "/usr/lib/python3.11/site-packages/pos.py", line 3, in get\n',
    );
    assert.ok(failureOf(progressOf(text), loggedApp, 1) instanceof AppFailedError);
  });

  it("does not take the environment's files for the app's own, nor what is no file", () => {
    const frames = [
      main,
      'helpers/rates.py',
      '/home/dev/app/.venv/lib/python3.11/site-packages/x.py',
      '/home/dev/app/env/lib/y.py',
      '<string>',
    ];
    const text = `Traceback (most recent call last):\n${frames
      .map((file, i) => `  File "${file}", line ${i + 1}, in f\n`)
      .join('')}ValueError\n`;
    const error = failureOf(progressOf(text), loggedApp, 1);
    assert.ok(error instanceof AppFailedError);
    assert.deepEqual(error.place, { file: '/home/dev/app/helpers/rates.py', line: 2 });
    assert.equal(error.error, 'ValueError');
  });

  it('tells nothing of an app that ended well or was interrupted', () => {
    const handled = progressOf(traceback('ValueError: handled'));
    for (const code of [0, 130, 0xc000013a, -1073741510]) {
      assert.equal(failureOf(handled, loggedApp, code), undefined, String(code));
    }
    const interrupted = progressOf(traceback('KeyboardInterrupt'));
    assert.equal(failureOf(interrupted, loggedApp, 1), undefined);
    assert.equal(failureOf(interrupted, loggedApp, undefined), undefined);
    assert.equal(failureOf(new AppProgress(), loggedApp, undefined), undefined);
  });

  it('tells the exit code where there was no word, or a signal', () => {
    const silent = failureOf(new AppProgress(), loggedApp, 3);
    assert.ok(silent instanceof AppKilledError);
    assert.equal(silent.exitCode, 3);
    const handled = progressOf(traceback('ValueError: handled long ago'));
    for (const code of [137, 139, -9]) {
      assert.ok(failureOf(handled, loggedApp, code) instanceof AppKilledError, String(code));
    }
  });

  it('tells the exception where the exit code is not known', () => {
    const progress = progressOf(logText('quixstreams-3.28.1/exception'));
    assert.ok(failureOf(progress, loggedApp, undefined) instanceof AppFailedError);
  });

  it('tells what ended the app, not what it had outlived', () => {
    const outlived = traceback(
      'cimpl.KafkaException: KafkaError{code=_TRANSPORT,val=-195,str="Broker transport failure"}',
    );
    const error = failureOf(progressOf(outlived + traceback('ValueError: own')), loggedApp, 1);
    assert.ok(error instanceof AppFailedError);
    assert.equal(error.error, 'ValueError: own');
  });

  it('names the interpreter that lacks quixstreams, so that it can be installed', () => {
    const error = failureOf(
      progressOf(traceback("ModuleNotFoundError: No module named 'quixstreams'")),
      loggedApp,
      1,
      { interpreter: '/venv/bin/python' },
    );
    assert.deepEqual(error, new NoInterpreterError(loggedApp.name, ['/venv/bin/python']));
  });

  it('shows no value of a secret', () => {
    const text = traceback('RuntimeError: cannot log in with s3cr3t-token');
    const error = failureOf(progressOf(text), loggedApp, 1, { secrets: ['s3cr3t-token'] });
    assert.ok(error instanceof AppFailedError);
    assert.equal(error.error, 'RuntimeError: cannot log in with ***');
  });
});
