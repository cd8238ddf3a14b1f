// reader.js THREAD: this project's reader with the commands of peer.c, one a line on stdin, one JSON object a line on
// stdout. THREAD is the module that its threads run. Both are bundled before they are run, as what is shipped.
import { readFile } from 'node:fs/promises';
import { monitorEventLoopDelay, performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { openReadOnly, ScanThreads, type Database, type EntryBatch } from '../../src/rocksdb';

const firstPage = 100;
/** Milliseconds that a scan runs before it is aborted. */
const beforeAbort = 20;

type Answer = Record<string, number | boolean>;

interface Sum {
  count: number;
  bytes: number;
  /** As peer.c makes it of the bytes it looks at. */
  mix?: number;
}

class Reader {
  private database: Database | undefined;

  constructor(private readonly threads: ScanThreads) {}

  private get opened(): Database {
    if (!this.database) throw new Error('nothing is open');
    return this.database;
  }

  async open(directory: string): Promise<void> {
    this.database = await openReadOnly(directory, { threads: this.threads });
  }

  async first(): Promise<Sum> {
    const sum = { count: 0, bytes: 0 };
    for await (const { key, value } of this.opened.entries('default')) {
      sum.bytes += key.length + value.length;
      if (++sum.count === firstPage) break;
    }
    return sum;
  }

  scan(signal?: AbortSignal): Promise<Sum> {
    return lookAt(this.opened.batches('default', { signal }));
  }

  search(needle: string, signal?: AbortSignal): Promise<Sum> {
    return lookAt(this.opened.search('default', Buffer.from(needle), { signal }));
  }

  /** A scan, or a search for what is not there. */
  either(verb: string, signal?: AbortSignal): Promise<Sum> {
    return verb === 'scan' ? this.scan(signal) : this.search('not there', signal);
  }

  async count(): Promise<Sum> {
    return { count: await this.opened.count('default'), bytes: 0 };
  }

  async lookups(keys: readonly Uint8Array[]): Promise<Sum> {
    const sum = { count: 0, bytes: 0 };
    for (const value of await this.opened.getMany('default', keys)) {
      if (!value) continue;
      sum.count++;
      sum.bytes += value.length;
    }
    return sum;
  }

  async get(key: string): Promise<Answer> {
    const value = await this.opened.get('default', Buffer.from(key));
    return { found: value !== undefined, bytes: value?.length ?? 0 };
  }

  async refresh(): Promise<void> {
    await this.opened.refresh();
  }

  async close(): Promise<void> {
    await this.database?.close();
    this.database = undefined;
  }
}

/** Every entry's lengths, a byte of its key and one of its value. */
async function lookAt(batches: AsyncIterable<EntryBatch>): Promise<Sum> {
  const sum = { count: 0, bytes: 0, mix: 0 };
  for await (const { bytes, fields, length } of batches) {
    sum.count += length;
    for (let at = 0; at < length * 4; at += 4) {
      const keyEnd = fields[at + 1] ?? 0;
      const value = fields[at + 2] ?? 0;
      const valueEnd = fields[at + 3] ?? 0;
      sum.bytes += keyEnd - (fields[at] ?? 0) + valueEnd - value;
      sum.mix += (bytes[keyEnd - 1] ?? 0) + (bytes[value + ((valueEnd - value) >> 1)] ?? 0);
    }
  }
  return sum;
}

/** The keys in a file of u32 length (little-endian), key, … */
async function keysOf(file: string): Promise<Uint8Array[]> {
  const packed = await readFile(file);
  const keys: Uint8Array[] = [];
  for (let at = 0; at < packed.length;) {
    const end = at + 4 + packed.readUInt32LE(at);
    keys.push(packed.subarray(at + 4, end));
    at = end;
  }
  return keys;
}

async function timed(call: () => Promise<Sum | void>): Promise<Answer> {
  const start = performance.now();
  const sum = await call();
  return { seconds: (performance.now() - start) / 1000, ...sum };
}

/** How long `call` goes on when it is aborted in the middle. @throws where it has ended by then */
async function aborted(call: (signal: AbortSignal) => Promise<Sum>): Promise<Answer> {
  const abort = new AbortController();
  let running = true;
  const ended = call(abort.signal)
    .catch((error: unknown) => {
      if (error !== abort.signal.reason) throw error;
    })
    .finally(() => {
      running = false;
    });
  await new Promise((resolve) => setTimeout(resolve, beforeAbort));
  if (!running) throw new Error('It ended before it was aborted');
  const start = performance.now();
  abort.abort();
  await ended;
  return { seconds: (performance.now() - start) / 1000 };
}

/** Milliseconds that a timer of 1 ms waited while `call` ran. */
async function held(call: () => Promise<Sum>): Promise<Answer> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const answer = await timed(call);
  delays.disable();
  return { ...answer, p99: delays.percentile(99) / 1e6, longest: delays.max / 1e6 };
}

async function peakBytes(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8');
  return Number(/^VmHWM:\s*(\d+)/m.exec(status)?.[1]) * 1024;
}

async function main(): Promise<void> {
  const threads = new ScanThreads(process.argv[2] ?? '');
  const reader = new Reader(threads);
  const answers: Record<string, (argument: string) => Promise<Answer>> = {
    open: (directory) => timed(() => reader.open(directory)),
    first: () => timed(() => reader.first()),
    scan: () => timed(() => reader.scan()),
    count: () => timed(() => reader.count()),
    search: (needle) => timed(() => reader.search(needle)),
    held: (verb) => held(() => reader.either(verb)),
    abort: (verb) => aborted((signal) => reader.either(verb, signal)),
    lookups: async (file) => {
      const keys = await keysOf(file);
      return timed(() => reader.lookups(keys));
    },
    get: (key) => reader.get(key),
    catchup: () => timed(() => reader.refresh()),
    memory: async () => ({ bytes: await peakBytes() }),
    close: async () => (await reader.close(), {}),
  };
  for await (const line of createInterface({ input: process.stdin })) {
    const [verb = '', argument = ''] = line.split(' ');
    const answer = answers[verb];
    if (!answer) throw new Error(`no such command: ${verb}`);
    console.log(JSON.stringify(await answer(argument)));
  }
  await reader.close();
  await threads.dispose();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1); // stdin is open still
});
