// Memory that a thread fills with batches and another one reads, again and again: new memory for each batch
// would cost both of them more than reading does. A thread that has filled all of its memory waits.

import { BatchMemory } from '../read/batch';

const free = 0;
const posted = 1;
/** Posted, and the thread whose memory it is waits for it. */
const wanted = 2;

const batchBytes = 512 << 10;
/** Of one thread for one job. */
const batches = 5;
/** Of a batch's memory that is kept. */
const mostBytes = 4 * batchBytes;

/** A batch's memory as its reader gets it. */
export interface PostedMemory {
  readonly bytes: Uint8Array;
  readonly fields: Uint32Array;
  readonly state: Int32Array;
}

/** Says that a batch was read. True where its thread must be told so. */
export function release({ state }: PostedMemory): boolean {
  return Atomics.exchange(state, 0, free) === wanted;
}

let lastId = 0;

/** A batch's memory that threads share. */
export class SharedBatchMemory extends BatchMemory {
  /** Of this thread's. */
  readonly id = ++lastId;
  readonly state = new Int32Array(new SharedArrayBuffer(4));
  private known: PostedMemory | undefined;

  constructor() {
    super(batchBytes, (size) => new SharedArrayBuffer(size));
  }

  /** Lets go of what one large value made large. */
  trim(): void {
    if (this.bytes.length > mostBytes) this.bytes = new Uint8Array(0);
  }

  /** To be posted with a batch, where the reader does not know it yet. */
  news(): PostedMemory | undefined {
    const { bytes, fields, state, known } = this;
    if (known?.bytes === bytes && known.fields === fields) return undefined;
    return (this.known = { bytes, fields, state });
  }
}

/** What one thread fills for one job at a time. */
export class BatchRing {
  readonly batchBytes = batchBytes;
  private readonly memories: SharedBatchMemory[] = [];
  private next = 0;

  /** Whether none is read. */
  get isFree(): boolean {
    return this.memories.every(({ state }) => Atomics.load(state, 0) === free);
  }

  /** Memory for the next batch; undefined when all are read: then its reader tells when it is free. */
  current(): SharedBatchMemory | undefined {
    const memory = (this.memories[this.next] ??= new SharedBatchMemory());
    if (Atomics.compareExchange(memory.state, 0, posted, wanted) !== free) return undefined;
    memory.trim();
    return memory;
  }

  /** The current one is about to be posted. */
  pass(memory: SharedBatchMemory): void {
    Atomics.store(memory.state, 0, posted);
    this.next = (this.next + 1) % batches;
  }
}
