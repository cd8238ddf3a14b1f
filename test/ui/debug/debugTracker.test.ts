import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import type { DebugTerminals } from '../../../src/ui/debug/debugTerminals';
import { DebugTracker } from '../../../src/ui/debug/debugTracker';

/** A tracker, what its run hears and what its session is asked for. */
function track(redirectOutput = false) {
  const heard: unknown[] = [];
  const asked: string[] = [];
  const expected: string[][] = [];
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const session = {
    configuration: { redirectOutput },
    customRequest: async (command: string) => void asked.push(command),
  } as unknown as vscode.DebugSession;
  const run = {
    log: (text: string) => void heard.push(['log', text]),
    isProcess: (pid: number) => void heard.push(['process', pid]),
    pauses: (paused: boolean) => void heard.push(['paused', paused]),
    ended: (exitCode: number | undefined) => {
      heard.push(['ended', exitCode]);
      end();
    },
  };
  const terminals = {
    expect: (command: string[]) => {
      expected.push(command);
      return { dispose: () => expected.pop() };
    },
  } as unknown as DebugTerminals;
  const tracker = new DebugTracker(session, Promise.resolve(run), terminals);
  const event = (name: string, body = {}) =>
    tracker.onDidSendMessage({ type: 'event', event: name, body });
  return { tracker, event, heard, asked, expected, ended };
}

const terminate = { type: 'request', command: 'terminate' };
const terminated = { type: 'response', command: 'terminate', success: true };
const runInTerminal = {
  type: 'request',
  command: 'runInTerminal',
  arguments: { args: ['python', 'debugpy/launcher', '4711', '--', 'main.py'] },
};

describe('the tracker of a debug session', () => {
  it('tells the run what the app prints, which process it is, when it pauses and how it ends', async () => {
    const { event, heard, ended } = track();
    event('process', { systemProcessId: 42 });
    event('output', { category: 'stdout', output: 'counted' });
    event('output', { category: 'telemetry', output: 'debugpy' });
    event('stopped', { reason: 'breakpoint' });
    event('continued');
    event('exited', { exitCode: 3 });
    event('terminated');
    await ended;
    assert.deepEqual(heard, [
      ['process', 42],
      ['log', 'counted'],
      ['paused', true],
      ['paused', false],
      ['ended', 3],
    ]);
  });

  it('lets an app that stands at a breakpoint go on when it is told to end, and again where it stops once more', () => {
    const { tracker, event, asked } = track();
    event('stopped', { reason: 'breakpoint' });
    tracker.onWillReceiveMessage(terminate);
    assert.deepEqual(asked, []);
    tracker.onDidSendMessage(terminated);
    assert.deepEqual(asked, ['continue']);
    event('stopped', { reason: 'breakpoint' });
    assert.deepEqual(asked, ['continue', 'continue']);
  });

  it('lets one that runs run', () => {
    const { tracker, asked } = track();
    tracker.onWillReceiveMessage(terminate);
    tracker.onDidSendMessage(terminated);
    assert.deepEqual(asked, []);
  });

  it('takes no exit code for a failure that comes of a stop, and ends once', async () => {
    const { tracker, event, heard, ended } = track();
    tracker.onWillReceiveMessage(terminate);
    event('exited', { exitCode: 254 });
    event('terminated');
    tracker.onWillStopSession();
    tracker.onExit();
    await ended;
    assert.deepEqual(heard, [['ended', undefined]]);
  });

  it('listens to the terminal unless debugpy passes on what the app prints', () => {
    const read = track();
    read.tracker.onDidSendMessage(runInTerminal);
    assert.deepEqual(read.expected, [runInTerminal.arguments.args]);
    read.event('terminated');
    assert.deepEqual(read.expected, []);
    const redirected = track(true);
    redirected.tracker.onDidSendMessage(runInTerminal);
    assert.deepEqual(redirected.expected, []);
  });
});
