// The local broker's own process: Node holds the TCP sockets, WebAssembly (main.go) speaks Kafka.
//
//   brokerProcess.js PORT DATA_DIR      the port on 127.0.0.1; 0: any free one
//
// Tells its parent { ready: port } or { failed: code, message } by IPC and ends when the parent does.
//
// Between the two halves, all on globalThis:
//   ours   brokerReady(error), socketWrite(id, bytes), socketClose(id)
//   Go's   brokerStop(), socketAccepted(id, remote), socketData(id, bytes), socketEnded(id)

import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';

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
/** What Go gets to write its data when it is told to stop. */
const stopMs = 300;

function tell(message: object): void {
  process.send?.(message);
}

function fail(code: string, message: string): never {
  tell({ failed: code, message });
  process.exit(1);
}

const sockets = new Map<number, net.Socket>();
let nextId = 1;
/** Clients that came before Go was up; it would crash at them. */
let waiting: net.Socket[] | undefined = [];

bridge.socketWrite = (id, bytes) => sockets.get(id)?.write(bytes);
bridge.socketClose = (id) => sockets.get(id)?.end();

function accept(socket: net.Socket): void {
  const id = nextId++;
  sockets.set(id, socket);
  bridge.socketAccepted(id, `${socket.remoteAddress}:${socket.remotePort}`);
  socket.on('data', (bytes) => bridge.socketData(id, bytes));
  socket.on('close', () => {
    sockets.delete(id);
    bridge.socketEnded(id);
  });
}

let stopping = false;

function stop(): void {
  if (stopping) return;
  stopping = true;
  if (!waiting) bridge.brokerStop();
  setTimeout(() => process.exit(0), waiting ? 0 : stopMs);
}

async function main(port: number, dataDir: string): Promise<void> {
  // First of all: a parent that ends while we start must not leave us behind.
  process.on('disconnect', stop);
  process.on('SIGTERM', stop);
  process.on('SIGINT', () => undefined); // Ctrl+C in a terminal is meant for the app
  bridge.fs = fs; // wasm_exec.js takes both from globalThis
  bridge.path = path;
  await import(path.join(__dirname, 'wasm_exec.js'));
  const compiled = bridge.WebAssembly.compile(
    zlib.gunzipSync(fs.readFileSync(path.join(__dirname, 'kfake.wasm.gz'))),
  );
  const server = net.createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    if (waiting) waiting.push(socket);
    else accept(socket);
  });
  server.on('error', (error: NodeJS.ErrnoException) => fail(error.code ?? '', error.message));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: actual } = server.address() as net.AddressInfo;

  fs.mkdirSync(dataDir, { recursive: true });
  bridge.brokerOptions = { port: actual, dataDir, sessionMs };
  bridge.brokerReady = (error) => {
    if (error !== '') fail('kfake', error);
    const early = waiting ?? [];
    waiting = undefined;
    early.forEach(accept);
    tell({ ready: actual });
  };
  const go = new bridge.Go();
  go.env = { TMPDIR: os.tmpdir(), GOGC: '50' };
  go.exit = (code) => process.exit(code);
  void go.run(await bridge.WebAssembly.instantiate(await compiled, go.importObject));
}

const [port, dataDir] = process.argv.slice(2);
main(Number(port), String(dataDir)).catch((error: unknown) => fail('start', String(error)));
