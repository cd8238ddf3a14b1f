import assert from 'node:assert/strict';
import {
  BrokerError,
  messageFor,
  NoApplicationError,
  NoBrokerError,
  NoInterpreterError,
  PortInUseError,
  UntrustedError,
} from '../../src/app/index';
import {
  AccessError,
  CorruptionError,
  FileGoneError,
  NotADatabaseError,
  UnsupportedFormatError,
  WalElsewhereError,
  WalMissingError,
  WalTailError,
} from '../../src/rocksdb/index';

const file = '/ws/state/g/default/f-in/0/000011.sst';
const gone = Object.assign(new Error(), { code: 'ENOENT', path: '/ws/state' });

/** An error and the sentence that a person gets for it, for partition `f-in[0]`. */
const sentences: [Error, RegExp][] = [
  [new CorruptionError(file, 'x', { offset: 7 }), /^000011\.sst is damaged at byte 7\b/],
  [new CorruptionError(file, 'missing'), /^000011\.sst of f-in\[0\] is missing/],
  [new UnsupportedFormatError(file, 'bz2'), /^000011\.sst uses bz2, which cannot be read\. It is/],
  [new FileGoneError(file, 'gone'), /^f-in\[0\] changes faster than it can be read\.$/],
  [new AccessError(file, 'EACCES'), /^No permission to read .*000011\.sst/],
  [new NotADatabaseError(file, 'no CURRENT'), /is not a store/],
  [new WalTailError(file, 'x', 1, true), /ends in the middle of a write\. All before it is shown/],
  [new WalTailError(file, 'x', 1, false), /is damaged at byte 1 \(x\)/],
  [new WalMissingError(file, 'missing'), /Checkpoints since the last flush are not shown/],
  [new WalElsewhereError('/app/wal', 'not here'), /^The WAL of f-in\[0\] is in \/app\/wal, which/],
  [new WalElsewhereError('/app/wal', 'not followed'), /where Restricted Mode does not look/],
  [new NoInterpreterError('app', []), /^No Python interpreter for "app"\.$/],
  [new NoInterpreterError('app', ['python3']), /^quixstreams is not installed in python3\.$/],
  [new PortInUseError(9092), /^Port 9092 is in use by another program\.$/],
  [new NoBrokerError('h:1'), /^No Kafka broker answers at h:1\.$/],
  [new BrokerError('ended'), /ended/],
  [new NoApplicationError(), /No Quix Streams app/],
  [new UntrustedError(), /^Restricted Mode: nothing runs, installs or writes\.$/],
  [gone, /^State folder "\/ws\/state" does not exist yet\. The app makes it\.$/],
];

describe('messageFor', () => {
  for (const [error, sentence] of sentences) {
    it(`${error.name} ${error.message}`, () => {
      assert.match(messageFor(error, 'f-in[0]').text, sentence);
    });
  }
});
