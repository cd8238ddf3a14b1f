import { fork, type ChildProcess } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { BrokerError, PortInUseError } from '../errors';
import type { BrokerEnd, BrokerLink } from './brokerLink';
import type { LocalBrokerOptions } from './localBroker';

/** What a broker's process says: see brokerProcess.ts. */
type Message =
  { readonly ready: number } | { readonly failed: string; readonly message: string } | 'staying';

/** How long a broker may take to say that it is up: compiling 19 MB of WebAssembly on a slow machine. */
const startMs = 60_000;
/** How long one gets to end by itself. */
const stopMs = 3000;

/** Another broker was quicker to keep the data. */
export class DataKeptError extends Error {}

/**
 * Starts a broker in a process of its own. `gone` hears when that ends without being told to by us.
 * @throws PortInUseError, DataKeptError, BrokerError, `signal`'s reason
 */
export async function startBroker(
  { programFolder, dataDir, port }: LocalBrokerOptions,
  gone: (end: BrokerEnd) => void,
  signal: AbortSignal,
): Promise<BrokerLink> {
  // On some systems 127.0.0.1 can be had beside a program that listens on all addresses.
  if (port !== 0 && (await isTaken(port))) throw new PortInUseError(port, await freePort(port));
  signal.throwIfAborted();
  const child = fork(path.join(programFolder, 'brokerProcess.js'), [String(port), dataDir], {
    // A desktop has no `node`: the editor's own executable is one when told so.
    execPath: process.execPath,
    execArgv: [],
    // NODE_OPTIONS is for the debugger of whoever started us.
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: undefined },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    windowsHide: true,
    detached: true, // it may outlive us: brokerProcess.ts
  });
  let actual: number;
  try {
    actual = await ready(child, signal);
  } catch (error) {
    await tellToStop(child);
    throw error instanceof PortInUseError ? new PortInUseError(port, await freePort(port)) : error;
  }
  const exited = (code: number | null, killed: string | null) =>
    gone({ reason: `the local broker ended (${killed ?? code})`, crashed: code !== 0 });
  child.once('exit', exited);
  return {
    address: `127.0.0.1:${actual}`,
    leave: async () => {
      child.off('exit', exited);
      if (await leave(child)) return;
      if (child.connected) child.disconnect();
      child.stderr?.destroy();
      child.unref();
    },
    endIfUnused: async () => {
      child.off('exit', exited);
      if (await leave(child)) return true;
      child.once('exit', exited);
      if (child.connected) child.send('stay', () => undefined);
      return false;
    },
    stop: () => {
      child.off('exit', exited);
      return tellToStop(child);
    },
  };
}

/** The port that a broker's process listens on, once it answers. */
function ready(child: ChildProcess, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let log = '';
    child.stderr?.on('data', (bytes: Buffer) => (log = (log + bytes.toString()).slice(-2000)));
    child.on('error', (error) => fail(new BrokerError(error.message)));
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
      child.off('exit', exited).off('message', heard);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    const timer = setTimeout(() => fail(new BrokerError('it did not start in time')), startMs);
    const abort = () => fail(signal.reason as Error);
    const exited = (code: number | null) =>
      fail(new BrokerError(`it ended with ${code} ${log}`.trim()));
    const heard = (message: Message) => {
      if (message === 'staying') return;
      if ('ready' in message) {
        settle();
        resolve(message.ready);
      } else {
        const inUse = message.failed === 'EADDRINUSE' || message.failed === 'EACCES';
        if (inUse) fail(new PortInUseError(0));
        else if (message.failed === 'KEPT') fail(new DataKeptError(message.message));
        else fail(new BrokerError(message.message));
      }
    };
    signal.addEventListener('abort', abort);
    child.once('exit', exited);
    child.on('message', heard);
  });
}

const hasEnded = (child: ChildProcess) =>
  child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

async function tellToStop(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  if (child.connected) child.send('stop', () => undefined);
  const timer = setTimeout(() => child.kill('SIGKILL'), stopMs);
  await exited;
  clearTimeout(timer);
}

/** Whether the process ended when told that we need it no more; false: it stays for others. */
async function leave(child: ChildProcess): Promise<boolean> {
  if (hasEnded(child)) return true;
  return new Promise<boolean>((resolve) => {
    const settle = (ended: boolean) => {
      clearTimeout(timer);
      child.off('exit', exited).off('message', heard);
      resolve(ended);
    };
    const timer = setTimeout(() => settle(false), stopMs);
    const exited = () => settle(true);
    const heard = (message: Message) => {
      if (message === 'staying') settle(false);
    };
    child.on('exit', exited).on('message', heard);
    if (child.connected) child.send('leave', () => undefined);
  });
}

/** Whether something listens on a port of 127.0.0.1. */
export function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    const settle = (taken: boolean) => {
      socket.destroy();
      resolve(taken);
    };
    socket.on('connect', () => settle(true));
    socket.on('error', () => settle(false));
  });
}

/** A port that is free, one of the next after `port` where there is one. */
async function freePort(port: number): Promise<number | undefined> {
  const next = [1, 2, 3, 4, 5].map((step) => port + step).filter((one) => one < 65_536);
  for (const one of [...next, 0]) {
    const server = net.createServer();
    const listened = await new Promise<number | undefined>((resolve) => {
      server.once('error', () => resolve(undefined));
      server.listen(one, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
    });
    if (listened === undefined) continue;
    await new Promise((resolve) => server.close(resolve));
    return listened;
  }
  return undefined;
}
