// The local broker's own process: Node holds the TCP sockets, WebAssembly (main.go) speaks Kafka.
//
//   brokerProcess.js PORT DATA_DIR      the port on 127.0.0.1; 0: any free one
//
// By IPC it tells its parent { ready: port } or { failed: code, message }, and hears
//
//   'leave'   the parent needs it no more: it ends, or answers 'staying' as long as a client is connected
//   'stay'    the parent needs it after all
//   'stop'    it ends, whoever is connected
//
// A parent that has gone has left. So a broker lives as long as its last user, be it another window's
// app or one in a terminal that outlives its window: an app whose broker goes away hangs for minutes.
//
// Between the two halves, all on globalThis:
//   ours   brokerReady(error), socketWrite(id, bytes), socketClose(id)
//   Go's   brokerStop(), socketAccepted(id, remote), socketData(id, bytes), socketEnded(id)

import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { announceRunning, runningBrokerOf } from './runningBroker';

interface GoRuntime {
  env: Record<string, string>;
  exit: (code: number) => void;
  readonly importObject: object;
  run(instance: object): Promise<void>;
}

/** Of WebAssembly, which Node has and its types do not, what is needed here. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  instantiate(module: object, imports: object): Promise<object>;
}

interface Bridge {
  readonly WebAssembly: WebAssemblyApi;
  fs: typeof fs;
  path: typeof path;
  Go: new () => GoRuntime;
  brokerOptions: { port: number; dataDir: string; sessionMs: number };
  brokerReady(error: string): void;
  brokerStop(): void;
  socketWrite(id: number, bytes: Uint8Array): void;
  socketClose(id: number): void;
  socketAccepted(id: number, remote: string): void;
  socketData(id: number, bytes: Uint8Array): void;
  socketEnded(id: number): void;
}

const bridge = globalThis as unknown as Bridge;
/** A member that does not answer for this long has left its group. */
const sessionMs = 6000;
/** What Go gets to end by itself when it is told to; what clients sent is on disk by then. */
const stopMs = 2000;
/** How long the end of a client's connection may take to be heard of. */
const lastClientsMs = 200;

function tell(message: object | string): void {
  if (process.connected) process.send?.(message);
}

function fail(code: string, message: string): never {
  tell({ failed: code, message });
  process.exit(1);
}

const server = net.createServer({ noDelay: true });
const sockets = new Map<number, net.Socket>();
let nextId = 1;
let up = false;
let left = false;
let ending = false;
let announceEnding = (): void => undefined;

bridge.socketWrite = (id, bytes) => sockets.get(id)?.write(bytes);
bridge.socketClose = (id) => sockets.get(id)?.end();

server.on('connection', (socket) => {
  const id = nextId++;
  sockets.set(id, socket);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    sockets.delete(id);
    if (up) bridge.socketEnded(id);
    if (left && sockets.size === 0) end();
  });
  if (up) serve(id, socket); // Go would crash at one that comes before it is up
});

function serve(id: number, socket: net.Socket): void {
  bridge.socketAccepted(id, `${socket.remoteAddress}:${socket.remotePort}`);
  socket.on('data', (bytes) => bridge.socketData(id, bytes));
}

function end(): void {
  if (ending) return;
  ending = true;
  announceEnding();
  server.close();
  if (!up) process.exit(0);
  setTimeout(() => process.exit(0), stopMs);
  bridge.brokerStop();
}

/** Whether another broker keeps the data: by its process, which may be another program's by now, and its port. */
async function isKept(dataDir: string, own: number): Promise<boolean> {
  const running = await runningBrokerOf(dataDir);
  if (running === undefined || running.port === own) return false;
  return new Promise((resolve) => {
    const socket = net.connect(running.port, '127.0.0.1');
    socket.on('error', () => resolve(false));
    socket.on('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

function leave(): void {
  left = true;
  if (sockets.size === 0) end();
  else setTimeout(() => tell('staying'), lastClientsMs);
}

async function main(port: number, dataDir: string): Promise<void> {
  // First of all: a parent that ends while we start must not leave us behind.
  process.on('disconnect', leave);
  process.on('message', (message) => {
    if (message === 'leave') leave();
    if (message === 'stay') left = false;
    if (message === 'stop') end();
  });
  process.on('SIGTERM', end);
  // Ctrl+C in a terminal, or its end, is meant for the app.
  process.on('SIGINT', () => undefined);
  process.on('SIGHUP', () => undefined);
  bridge.fs = fs; // wasm_exec.js takes both from globalThis
  bridge.path = path;
  await import(path.join(__dirname, 'wasm_exec.js'));
  const compiled = bridge.WebAssembly.compile(
    zlib.gunzipSync(fs.readFileSync(path.join(__dirname, 'kfake.wasm.gz'))),
  );
  server.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? '', error.message));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actual } = server.address() as net.AddressInfo;

  fs.mkdirSync(dataDir, { recursive: true });
  if (await isKept(dataDir, actual)) fail('KEPT', 'another broker keeps its data');
  announceEnding = announceRunning(dataDir, actual);
  bridge.brokerOptions = { port: actual, dataDir, sessionMs };
  bridge.brokerReady = (error) => {
    if (error !== '') fail('kfake', error);
    up = true;
    for (const [id, socket] of sockets) serve(id, socket);
    tell({ ready: actual });
  };
  const go = new bridge.Go();
  go.env = { TMPDIR: os.tmpdir(), GOGC: '50' };
  go.exit = (code) => process.exit(code);
  void go.run(await bridge.WebAssembly.instantiate(await compiled, go.importObject));
}

const [port, dataDir] = process.argv.slice(2);
main(Number(port), String(dataDir)).catch((error: unknown) => fail('start', String(error)));
