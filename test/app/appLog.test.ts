import assert from 'node:assert/strict';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import type { AppLogEvent, LoggedException } from '../../src/app/index';
import { eventsOf, logNames, logText } from './logFixtures';

/** A record as the library's logger writes it. */
const record = (text: string, level = 'INFO') =>
  `[2026-11-24 03:10:04,214] [${level}] [quixstreams] : ${text}\n`;

const kinds = (events: readonly AppLogEvent[]) => events.map(({ kind }) => kind);

const exceptionsIn = (text: string): LoggedException[] =>
  eventsOf(text).flatMap((event) => (event.kind === 'exception' ? [event.exception] : []));

/** Type, message and the innermost line of each exception. */
const told = (text: string) =>
  exceptionsIn(text).map(({ type, message, frames }) => {
    const last = frames.at(-1);
    return `${type}: ${message} (${last?.file}:${last?.line})`;
  });

describe('AppLog, of what quixstreams printed', () => {
  it('hears broker, group, folder, running and stopping', () => {
    const events = (state: string, port: number) => [
      { kind: 'configured', brokerAddress: `127.0.0.1:${port}`, consumerGroup: 'failing' },
      { kind: 'stateDirectory', path: state },
      { kind: 'running' },
      { kind: 'stopping' },
    ];
    assert.deepEqual(
      eventsOf(logText('quixstreams-3.28.1/run')),
      events('/home/dev/app/state', 37677),
    );
    assert.deepEqual(
      eventsOf(logText('quixstreams-3.0.0/run')),
      events('/home/dev/app/state', 45369),
    );
  });

  for (const version of ['3.28.1', '3.0.0']) {
    it(`hears a recovery and partitions opened and closed, of ${version} at DEBUG`, () => {
      const path = '/home/dev/app/state2/failing/default/readings/0';
      assert.deepEqual(eventsOf(logText(`quixstreams-${version}/recovery`)).slice(3), [
        { kind: 'opened', path },
        { kind: 'recoveryBegun' },
        { kind: 'recovered', partition: 'changelog__failing--readings--default[0]' },
        { kind: 'recoveryComplete' },
        { kind: 'stopping' },
        { kind: 'closed', path },
      ]);
    });
  }

  it('hears the progress of a recovery, and not that a position is unknown', () => {
    const partition = '<RecoveryPartition "changelog__g--t--default[3]">';
    assert.deepEqual(
      eventsOf(
        record(`Recovery progress for ${partition}: position not yet established (offset: -1001)`),
        record(`Recovery progress for ${partition}: 41 / 18446744073709551615`),
        record(`Recovery progress for ${partition}: -1 / 9007199254740993`),
        record(`Recovery progress for ${partition}: 41 / 9007199254740993`),
      ),
      [-1n, 41n].map((offset) => ({
        kind: 'recovering',
        partition: 'changelog__g--t--default[3]',
        done: offset + 1n,
        total: 9007199254740993n,
      })),
    );
  });

  it('hears that a lock is waited for, with the partition where the log names it', () => {
    const waits = (log: string) =>
      eventsOf(logText(log)).flatMap((event) =>
        event.kind === 'waitingForLock' ? event.path : [],
      );
    const path = '/home/dev/app/state/g4/default/readings/0';
    assert.deepEqual(waits('quixstreams-3.28.1/lock'), [path, path]);
    assert.deepEqual(waits('quixstreams-3.10.0/lock'), ['', '']);
    assert.deepEqual(waits('quixstreams-3.0.0/lock'), ['', '']);
  });

  for (const version of ['3.28.1', '3.10.0', '3.0.0']) {
    it(`hears the message that failed and the exception, logged and raised, of ${version}`, () => {
      const events = eventsOf(logText(`quixstreams-${version}/exception`)).slice(3);
      assert.deepEqual(events[0], {
        kind: 'failedMessage',
        topic: 'readings',
        partition: 0,
        offset: 2n,
      });
      const one = 'ZeroDivisionError: division by zero (/home/dev/app/main.py:14)';
      assert.deepEqual(told(logText(`quixstreams-${version}/exception`)), [one, one]);
    });
  }

  it('hears the message that could not be read', () => {
    const [message] = eventsOf(logText('quixstreams-3.28.1/json')).slice(3);
    assert.deepEqual(message, { kind: 'failedMessage', topic: 'bad', partition: 0, offset: 0n });
  });

  it('hears no message where there was none', () => {
    for (const log of ['quixstreams-3.28.1/behind', 'quixstreams-3.28.1/marker']) {
      assert.ok(!kinds(eventsOf(logText(log))).includes('failedMessage'), log);
    }
  });

  it('hears where no broker answers', () => {
    assert.deepEqual(eventsOf(logText('quixstreams-3.28.1/broker'))[0], {
      kind: 'noConnection',
      address: '127.0.0.1:1',
    });
    assert.deepEqual(eventsOf(record('1/1 brokers are down', 'ERROR')), []); // says not which
    const raw =
      "%3|1700000000.123|FAIL|rdkafka#producer-1| [thrd:sasl_ssl://kafka:9093/bootstrap]: sasl_ssl://kafka:9093/bootstrap: Failed to resolve 'kafka:9093': Name or service not known\n";
    assert.deepEqual(eventsOf(raw), [{ kind: 'noConnection', address: 'kafka:9093' }]);
  });

  it('is not put off a traceback by what another thread logs in the middle of it', () => {
    const lines = 'Traceback (most recent call last):\n  File "main.py", line 3, in f\n    g()\n';
    const events = eventsOf(`${lines}${record('Waiting for incoming messages')}ValueError: x\n`);
    assert.deepEqual(kinds(events), ['running', 'exception']);
  });

  it('tells nothing of the settings but the servers', () => {
    const config = (broker: string) =>
      record(
        `Starting the Application with the config: broker_address="${broker}" consumer_group="g" auto_offset_reset="latest"`,
      );
    const address = (broker: string) => {
      const [event] = eventsOf(config(broker));
      return event?.kind === 'configured' ? event.brokerAddress : event;
    };
    assert.equal(
      address("{'sasl.password': 'secret', 'bootstrap.servers': 'a:1,b:2', 'x': 'y'}"),
      'a:1,b:2',
    );
    assert.equal(address("{'sasl.password': 'secret'}"), '');
    assert.equal(address('localhost:9092'), 'localhost:9092');
  });

  it('knows a record of a source, of older versions, and behind text without a line feed', () => {
    const stopping = [{ kind: 'stopping' }];
    const time = '[2026-11-24 03:10:04,214]';
    assert.deepEqual(eventsOf(`${time} [INFO] [src] [4711] : Stopping the application`), stopping);
    assert.deepEqual(eventsOf(`${time} [INFO] : Stopping the application`), stopping);
    assert.deepEqual(eventsOf(`{'n': 3}${record('Stopping the application')}\n`), stopping);
    assert.deepEqual(eventsOf('Stopping the application\n'), []);
  });
});

describe('AppLog, of exceptions', () => {
  for (const version of ['3.10', '3.11', '3.13']) {
    it(`reads those that Python ${version} prints in a terminal`, () => {
      const log = (name: string) => logText(`python-${version}/${name}`);
      assert.deepEqual(told(log('chained')), [
        "ValueError: invalid literal for int() with base 10: 'x' (/home/dev/app/chained.py:7)",
        'Problem: no number (/home/dev/app/chained.py:9)',
        'main.<locals>.Local: while that was handled (/home/dev/app/chained.py:19)',
      ]);
      assert.deepEqual(
        exceptionsIn(log('chained')).map(({ chained }) => chained),
        [false, true, true],
      );
      const syntax = "SyntaxError: '(' was never closed (/home/dev/app/syntax.py:2)";
      assert.deepEqual(told(log('syntax')), [syntax]);
      assert.deepEqual(told(log('importsSyntax')), [syntax]);
      assert.deepEqual(told(log('deep')), [
        'RecursionError: maximum recursion depth exceeded (/home/dev/app/deep.py:2)',
      ]);
    });

    it(`tells only the app's own of those that Python ${version} prints beside others`, () => {
      assert.deepEqual(told(logText(`python-${version}/aside`)), [
        "LookupError: the app's own (/home/dev/app/aside.py:17)",
      ]);
    });
  }

  for (const version of ['3.11', '3.13']) {
    it(`reads a group and its exceptions, of Python ${version}`, () => {
      const [group, ...parts] = told(logText(`python-${version}/group`));
      assert.match(group ?? '', /^ExceptionGroup: unhandled errors in a TaskGroup \(2 sub/);
      assert.deepEqual(
        parts,
        ['first', 'second'].map((name) => `ValueError: ${name} failed (/home/dev/app/group.py:5)`),
      );
    });
  }

  it('leaves alone what looks like the middle of a traceback', () => {
    const lines = [
      '  File "main.py", line 3, in count',
      '    state.set("total", 1)',
      'done: yes',
      '  File "main.py", line 3',
      'Saved: yes',
      'ValueError: printed by the app',
      'Traceback (most recent call last): that was all',
      'Trouble: none',
    ];
    assert.deepEqual(eventsOf(`${lines.join('\n')}\n${record('Stopping the application')}`), [
      { kind: 'stopping' },
    ]);
  });

  it('goes on behind a traceback that was cut off', () => {
    const text = `Traceback (most recent call last):\n  File "a.py", line 1, in f\n${record('Stopping the application')}`;
    assert.deepEqual(kinds(eventsOf(text)), ['stopping']);
  });

  it('takes a record in a message for what it is', () => {
    const text = `Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: ${record('Stopping the application')}`;
    assert.deepEqual(kinds(eventsOf(text)), ['exception']);
  });

  it('reads a source line with a bar as part of its traceback', () => {
    const text =
      'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    | other)\nTypeError: no\n';
    assert.deepEqual(told(text), ['TypeError: no (a.py:1)']);
  });

  it('keeps the innermost frames of a deep traceback, and of a long message its beginning', () => {
    const frames = Array.from({ length: 5000 }, (_, i) => `  File "a.py", line ${i + 1}, in f\n`);
    const text = `Traceback (most recent call last):\n${frames.join('')}E: ${'x'.repeat(1 << 20)}\n`;
    const [exception] = exceptionsIn(text);
    assert.equal(exception?.frames.length, 200);
    assert.equal(exception.frames.at(-1)?.line, 5000);
    assert.equal(exception.message, 'x'.repeat(2000));
  });
});

describe('AppLog, in pieces', () => {
  const numRuns = 30;

  for (const name of logNames) {
    it(`hears the same of ${name}, wherever it is cut`, () => {
      const text = logText(name);
      const whole = eventsOf(text);
      assert.ok(whole.length > 0);
      const positions = fc.array(fc.nat({ max: text.length }), { maxLength: 40 });
      fc.assert(
        fc.property(positions, (cuts) => {
          const at = [0, ...cuts.sort((a, b) => a - b), text.length];
          const pieces = at.slice(1).map((to, i) => text.slice(at[i], to));
          assert.deepEqual(eventsOf(...pieces), whole);
        }),
        { numRuns },
      );
    });
  }

  for (const name of ['quixstreams-3.28.1/run', 'python-3.13/chained', 'python-3.13/group']) {
    it(`hears the same of ${name}, cut at every position and by characters`, () => {
      const text = logText(name);
      const whole = eventsOf(text);
      for (let at = 0; at <= text.length; at++) {
        assert.deepEqual(eventsOf(text.slice(0, at), text.slice(at)), whole, `cut at ${at}`);
      }
      assert.deepEqual(eventsOf(...text), whole);
    });
  }

  for (const name of logNames) {
    it(`hears the same of ${name} in a terminal`, () => {
      const text = stripVTControlCharacters(logText(name)).replaceAll('\r\n', '\n');
      const whole = eventsOf(text);
      const sequence = fc.constantFrom(
        '\u001b[0m',
        '\u001b[1;38;5;208m',
        '\u001b[?25l',
        '\u001b[2K',
        '\u001b]633;E;python main.py "a b"\\x3b x;0f3c\u0007',
        '\u001b]633;C\u0007',
        '\u001b]0;dev@host: ~/my app\u001b\\',
        '\u001b]8;;file:///home/dev/my app/main.py\u001b\\',
        '\u001bP+q544e\u001b\\',
        '\u001b(B',
        '\u001b=',
      );
      const place = fc.record({ at: fc.nat({ max: text.length }), sequence });
      const lineEnd = fc.constantFrom('\n', '\r\n', '\r\r\n');
      fc.assert(
        fc.property(fc.array(place, { maxLength: 30 }), lineEnd, (places, end) => {
          let written = '';
          let from = 0;
          for (const { at, sequence } of places.sort((a, b) => a.at - b.at)) {
            written += text.slice(from, at) + sequence;
            from = at;
          }
          written += text.slice(from);
          const prompt = '\u001b]633;A\u0007$ \u001b]633;B\u0007python main.py\r\n';
          assert.deepEqual(eventsOf(prompt + written.replaceAll('\n', end)), whole);
        }),
        { numRuns },
      );
    });
  }

  it('sees of a line that is written over what is last', () => {
    const bar = Array.from({ length: 5000 }, (_, i) => `\r${i}/5000 ${'#'.repeat(i % 80)}`);
    const pieces = [...bar, '\r', record('Stopping the application')];
    assert.deepEqual(eventsOf(...pieces), [{ kind: 'stopping' }]);
    assert.deepEqual(eventsOf(pieces.join('')), [{ kind: 'stopping' }]);
  });
});

describe('AppLog, of hostile output', () => {
  const mebibyte = 1 << 20;
  /** Takes far less; a quadratic pattern would take minutes. */
  const mostMs = 20_000;

  const time = '[2026-11-24 03:10:04,214] [INFO] : ';
  const lines: Record<string, string> = {
    'no line feed': 'x',
    'empty lines': '\n',
    'carriage returns': '\r',
    'carriage returns with text': '\rx',
    ESC: '\u001b',
    CSI: '\u001b[',
    'CSI without an end': '\u001b[0;0;0;0;0;0;0;0',
    parameters: '0;',
    'OSC without an end': '\u001b]633;E;',
    'OSC and half an end': '\u001b]0;\u001b',
    DCS: '\u001bP',
    brackets: '[2026-11-24 ',
    times: `${time} `,
    settings: '" consumer_group="',
    quotes: 'broker_address="',
    'words with dots': 'a.',
    spaces: ' ',
    File: '  File "',
    margins: '  | ',
    plus: '+-',
    failures: 'FAIL ]: a:1/',
    numbers: '11111111/',
    headers: 'Traceback (most recent call last):\n',
    frames: '  File "a.py", line 1, in f\n',
    groups: '  + Exception Group Traceback (most recent call last):\n',
  };
  const starts = [
    '',
    '\u001b]',
    '\u001b[',
    `${time}Starting the Application with the config: broker_address="`,
    `${time}Recovery progress for <RecoveryPartition "`,
    `${time}Failed to process a Row: partition="`,
    'Traceback (most recent call last):\n',
  ];

  for (const [name, part] of Object.entries(lines)) {
    it(`takes 10 MiB of ${name} in time and memory`, function () {
      this.timeout(60_000);
      const piece = part.repeat(Math.ceil((64 << 10) / part.length));
      const begun = performance.now();
      const before = process.memoryUsage().heapUsed;
      let most = 0;
      // One long text and many short ones: both ways to be slow.
      eventsOf(...starts.flatMap((start) => [start, piece, piece, '\n']));
      let heard = 0;
      const pieces = (function* () {
        for (let i = 0; i < (10 * mebibyte) / piece.length; i++) yield piece;
      })();
      for (const event of eventsOf(...pieces)) heard += event.kind.length;
      most = Math.max(most, process.memoryUsage().heapUsed - before);
      const ms = performance.now() - begun;
      assert.ok(ms < mostMs, `${ms} ms`);
      assert.ok(most < 200 * mebibyte, `${most} bytes`);
      assert.equal(heard, 0);
    });
  }

  it('takes 10 MiB that come in pieces of 100 characters', function () {
    const piece = 'x'.repeat(100);
    const begun = performance.now();
    eventsOf(...Array.from({ length: (10 * mebibyte) / 100 }, () => piece));
    assert.ok(performance.now() - begun < mostMs);
  });

  it('never throws, and tells the same in pieces', () => {
    const word = fc.constantFrom(...Object.values(lines), ...starts, '\r\n', ': ', 'Error', '"');
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), (words) => {
        assert.deepEqual(eventsOf(...words), eventsOf(words.join('')));
      }),
      { numRuns: 500 },
    );
  });
});
