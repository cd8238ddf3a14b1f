// The process that reads damaged stores, one after the other, as readerProcess.ts asks it to:
//   readerChild.ts MODULE-OF-SCAN-THREADS

import { ScanThreads } from '../../src/rocksdb/index';
import { readBeside, readAll, readRows, type Reading, type Row } from './fullReading';
import { place, type Change } from './storeFolder';

export interface ReadRequest {
  readonly directory: string;
  /** Done to the store after it was opened and read. */
  readonly harm?: readonly Change[] | undefined;
  /** Scan in threads. */
  readonly threads?: boolean | undefined;
  /** Give the rows, too: for a sound store. */
  readonly rows?: boolean | undefined;
}

export interface ReadAnswer {
  readonly reading: Reading;
  /** Of processor time: other processes do not count. */
  readonly ms: number;
  readonly rows?: Readonly<Record<string, readonly Row[]>>;
}

const scanThreads = new ScanThreads(process.argv[2] ?? '', 2);

process.on('message', (request: ReadRequest) => {
  void answer(request);
});

async function answer({ directory, harm, threads, rows }: ReadRequest): Promise<void> {
  const before = process.cpuUsage();
  const used = threads === true ? scanThreads : undefined;
  const reading = harm
    ? await readBeside(directory, used, () => place(directory, harm))
    : await readAll(directory, used);
  const { user, system } = process.cpuUsage(before);
  const ms = (user + system) / 1000;
  const found = rows === true ? { rows: await readRows(directory) } : {};
  process.send?.({ reading, ms, ...found } satisfies ReadAnswer);
}

process.send?.('ready');
