// Decompression of zstd frames in WebAssembly (assembly/index.ts). The instance's memory, from `free` on:
//
//   content of the dictionary | output | slack | payload | slack
//
// so that matches reach back from the output into the dictionary. It grows to what the largest block needs;
// an instance that grew far is let go after that block.

import { CodingError } from '../bytes/coding';
import { zstdBound } from '../bytes/zstdFrame';
import { zstdBytes } from './zstdBytes';

/** What assembly/index.ts exports; positions are bytes. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  readonly free: { readonly value: number };
  readonly slack: { readonly value: number };
  readonly setDictionary: (start: number, end: number) => number;
  readonly decompress: (
    start: number,
    end: number,
    history: number,
    target: number,
    targetEnd: number,
  ) => number;
}

/** What is used of an interface that Node has and its types leave out. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const pageSize = 65_536;
const largestKept = 16 << 20;
/** Up to here a size is believed before the frame is looked at. */
const believed = 1 << 20;

/** One for each thread; made at once, at the first block that needs it. */
export class ZstdDecoder {
  private readonly module: object;
  private readonly api: WebAssemblyInterface;
  private instance: Instance | undefined;

  constructor() {
    this.api = (globalThis as unknown as { WebAssembly: WebAssemblyInterface }).WebAssembly;
    this.module = new this.api.Module(Buffer.from(zstdBytes, 'base64'));
  }

  /**
   * Decompresses one frame into exactly `size` bytes.
   * @throws CodingError on anything else, and on a dictionary that is none
   */
  decompress(
    payload: Uint8Array,
    size: number,
    dictionary: Uint8Array | undefined,
  ): Uint8Array<ArrayBuffer> {
    if (size > believed && size > zstdBound(payload)) {
      throw new CodingError(`zstd cannot give ${size} bytes`, 0);
    }
    const result = this.decompressUpTo(payload, size, dictionary);
    if (result.length !== size) {
      throw new CodingError(`zstd gave ${result.length} of ${size} bytes`, 0);
    }
    return result;
  }

  /** Decompresses one frame that gives at most `limit` bytes. @throws CodingError as above */
  decompressUpTo(
    payload: Uint8Array,
    limit: number,
    dictionary?: Uint8Array,
  ): Uint8Array<ArrayBuffer> {
    const instance = (this.instance ??= new Instance(new this.api.Instance(this.module)));
    try {
      return instance.decompress(payload, limit, dictionary);
    } finally {
      if (instance.size > largestKept) this.instance = undefined;
    }
  }
}

class Instance {
  private readonly exports: Exports;
  private readonly free: number;
  private readonly slack: number;
  private bytes: Uint8Array<ArrayBuffer>;
  private dictionary: Uint8Array | undefined;
  /** Where the content of the dictionary is. */
  private history: number;
  private target: number;

  constructor(instance: { readonly exports: unknown }) {
    this.exports = instance.exports as Exports;
    this.free = (this.exports.free.value + 15) & ~15;
    this.slack = this.exports.slack.value;
    this.bytes = new Uint8Array(this.exports.memory.buffer);
    this.history = this.free;
    this.target = this.free;
  }

  get size(): number {
    return this.bytes.length;
  }

  decompress(
    payload: Uint8Array,
    limit: number,
    dictionary: Uint8Array | undefined,
  ): Uint8Array<ArrayBuffer> {
    if (dictionary !== this.dictionary) this.use(dictionary);
    const { target, history, slack } = this;
    const end = target + limit;
    const start = end + slack;
    this.reserve(start + payload.length + slack);
    this.bytes.set(payload, start);
    const { decompress } = this.exports;
    const written = decompress(start, start + payload.length, history, target, end);
    if (written === 0) throw new CodingError('cannot be decompressed: no right zstd frame', 0);
    return this.bytes.slice(target, written);
  }

  private use(dictionary: Uint8Array | undefined): void {
    const length = dictionary?.length ?? 0;
    const { free } = this;
    this.reserve(free + length + this.slack);
    if (dictionary) this.bytes.set(dictionary, free);
    const content = this.exports.setDictionary(free, free + length);
    if (content === 0) {
      this.exports.setDictionary(free, free);
      this.dictionary = undefined;
      this.history = this.target = free;
      throw new CodingError('no right zstd dictionary', 0);
    }
    this.dictionary = dictionary;
    this.history = content;
    this.target = free + length;
  }

  private reserve(end: number): void {
    if (end <= this.bytes.length) return;
    this.exports.memory.grow(Math.ceil((end - this.bytes.length) / pageSize));
    this.bytes = new Uint8Array(this.exports.memory.buffer);
  }
}
