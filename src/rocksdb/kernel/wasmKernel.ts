// The kernel in WebAssembly. Memory of its instance, from `free` on:
//
//   what a call is given | slack | contents of a block | keys | fields | slack
//
// It grows to what the largest block needed, up to `largestMemory`; larger blocks are left to the
// TypeScript kernel. So are those that are refused: it names what is wrong with them.

import { Cursor } from '../bytes/coding';
import type { BlockMemory, BlocksInTable, DecodedBlock, Kernel } from './kernel';
import { kernelBytes } from './kernelBytes';

/** What assembly/index.ts exports; positions and lengths are bytes. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  readonly free: { readonly value: number };
  readonly result: { readonly value: number };
  readonly crc32c: (start: number, length: number) => number;
  readonly blockChecksum: (kind: number, start: number, length: number) => number;
  readonly indexOf: (start: number, end: number, needle: number, needleEnd: number) => number;
  readonly lz4: (start: number, end: number, target: number, targetEnd: number) => number;
  readonly snappy: (start: number, end: number, target: number, targetEnd: number) => number;
  readonly decodeBlock: (start: number, end: number, shortest: number) => number;
  readonly readDataBlocks: (
    start: number,
    end: number,
    ends: number,
    count: number,
    kind: number,
    contextBase: number,
    offset: bigint,
  ) => number;
  readonly readDataBlock: (start: number, length: number, kind: number, modifier: number) => number;
}

/** What is used of an interface that Node has and its types leave out. */
interface WebAssemblyInterface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const refused = 0;
const done = 1;
const otherCompression = 2;
const slack = 64;
const pageSize = 65_536;
const largestMemory = 16 << 20;
const trailerSize = 5;
const newestKind = 4;

/** See `createKernel`. */
export class WasmKernel implements Kernel {
  private static module: object | undefined;
  private readonly exports: Exports;
  private readonly start: number;
  private readonly resultAt: number;
  private buffer: ArrayBuffer;
  private bytes: Uint8Array;
  private result: Uint32Array;
  /** What was copied in for pieces of it and still is there. */
  private within: Uint8Array | undefined;

  /** @throws where there is no WebAssembly with vectors */
  constructor(private readonly script: Kernel) {
    const { WebAssembly } = globalThis as unknown as { WebAssembly: WebAssemblyInterface };
    // Compiled once a thread: it takes longer than all the rest of making a kernel.
    WasmKernel.module ??= new WebAssembly.Module(Buffer.from(kernelBytes, 'base64'));
    this.exports = new WebAssembly.Instance(WasmKernel.module).exports as Exports;
    this.start = (this.exports.free.value + 15) & ~15;
    this.resultAt = this.exports.result.value;
    this.buffer = this.exports.memory.buffer;
    this.bytes = new Uint8Array(this.buffer);
    this.result = new Uint32Array(this.buffer, this.resultAt, 6);
  }

  crc32c(bytes: Uint8Array): number {
    if (!this.take(bytes)) return this.script.crc32c(bytes);
    return this.exports.crc32c(this.start, bytes.length) >>> 0;
  }

  crc32cWithin(bytes: Uint8Array): (start: number, end: number) => number {
    return (start, end) => {
      if (this.within !== bytes) {
        if (!this.take(bytes)) return this.script.crc32c(bytes.subarray(start, end));
        this.within = bytes;
      }
      return this.exports.crc32c(this.start + start, end - start) >>> 0;
    };
  }

  blockChecksum(kind: number, bytes: Uint8Array): number | undefined {
    if (kind < 1 || kind > newestKind || bytes.length === 0 || !this.take(bytes)) {
      return this.script.blockChecksum(kind, bytes);
    }
    return this.exports.blockChecksum(kind, this.start, bytes.length - 1) >>> 0;
  }

  includes(bytes: Uint8Array, needle: Uint8Array): boolean {
    const start = this.start + needle.length;
    const end = start + bytes.length;
    if (needle.length === 0 || !this.fits(end)) return this.script.includes(bytes, needle);
    this.put(needle, this.start);
    this.put(bytes, start);
    return this.exports.indexOf(start, end, this.start, start) !== end;
  }

  lz4(payload: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
    const target = this.targetBehind(payload);
    if (!this.fits(target + size) || !this.take(payload)) return this.script.lz4(payload, size);
    const { lz4 } = this.exports;
    if (lz4(this.start, this.start + payload.length, target, target + size) === refused) {
      return this.script.lz4(payload, size);
    }
    return new Uint8Array(this.buffer.slice(target, target + size));
  }

  snappy(payload: Uint8Array, limit: number): Uint8Array<ArrayBuffer> {
    const header = new Cursor(payload);
    const size = header.varint();
    const target = this.targetBehind(payload);
    if (size > limit || !this.fits(target + size) || !this.take(payload)) {
      return this.script.snappy(payload, limit);
    }
    const { snappy } = this.exports;
    const from = this.start + header.position;
    if (snappy(from, this.start + payload.length, target, target + size) === refused) {
      return this.script.snappy(payload, limit);
    }
    return new Uint8Array(this.buffer.slice(target, target + size));
  }

  decodeBlock(contents: Uint8Array, shortest: number, memory?: BlockMemory): DecodedBlock {
    let end = this.start + contents.length;
    while (this.fits(end) && this.take(contents)) {
      const { start } = this;
      const status = this.exports.decodeBlock(start, start + contents.length, shortest) >>> 0;
      if (status === done) return memory ? this.decodedIn(memory) : this.decoded();
      if (status === refused) break;
      end = status;
    }
    return this.script.decodeBlock(contents, shortest);
  }

  readDataBlock(
    bytes: Uint8Array,
    kind: number,
    modifier: number,
    memory?: BlockMemory,
  ): DecodedBlock | undefined {
    let end = this.start + bytes.length;
    if (kind <= newestKind && bytes.length >= trailerSize) {
      while (this.fits(end) && this.take(bytes)) {
        const { readDataBlock } = this.exports;
        const status = readDataBlock(this.start, bytes.length, kind, modifier) >>> 0;
        if (status === done) return memory ? this.decodedIn(memory) : this.decoded();
        if (status === otherCompression) return undefined;
        if (status === refused) break;
        end = status;
      }
    }
    return this.script.readDataBlock(bytes, kind, modifier);
  }

  readDataBlocks(blocks: BlocksInTable, memory: BlockMemory): DecodedBlock | undefined {
    const { bytes, ends, checksumKind, contextBase, offset } = blocks;
    if (checksumKind > newestKind) return undefined;
    const start = this.start + ends.length * 8;
    let end = start + bytes.length;
    while (this.fits(end)) {
      this.put(bytes, start);
      const places = new Uint32Array(this.buffer, this.start, ends.length * 2);
      for (let i = 0; i < ends.length; i++) places[i * 2] = ends[i] ?? 0;
      const status =
        this.exports.readDataBlocks(
          start,
          start + bytes.length,
          this.start,
          ends.length,
          checksumKind,
          contextBase,
          BigInt(offset),
        ) >>> 0;
      if (status === done) return this.decodedIn(memory);
      if (status === otherCompression || status === refused) return undefined;
      end = status;
    }
    return undefined;
  }

  private targetBehind(payload: Uint8Array): number {
    return (this.start + payload.length + slack + 15) & ~15;
  }

  /** Copies `bytes` to the start of what is free; false when they are too many. */
  private take(bytes: Uint8Array): boolean {
    if (!this.fits(this.start + bytes.length)) return false;
    this.put(bytes, this.start);
    return true;
  }

  private put(bytes: Uint8Array, at: number): void {
    this.bytes.set(bytes, at);
    this.within = undefined;
  }

  /** Whether memory reaches to `end` and a bit farther, grown to it if need be. */
  private fits(end: number): boolean {
    const missing = end + slack - this.bytes.length;
    if (missing <= 0) return true;
    if (end + slack > largestMemory) return false;
    // Twice the size at least, so that blocks of growing sizes do not make it grow for each.
    const wanted = Math.min(largestMemory, Math.max(end + slack, this.bytes.length * 2));
    try {
      this.exports.memory.grow(Math.ceil((wanted - this.bytes.length) / pageSize));
    } catch {
      return false; // no memory left: the other kernel may find some
    }
    this.buffer = this.exports.memory.buffer;
    this.bytes = new Uint8Array(this.buffer);
    this.result = new Uint32Array(this.buffer, this.resultAt, 6);
    return true;
  }

  private decoded(): DecodedBlock {
    const { result } = this;
    const start = result[0] ?? 0;
    const contentsEnd = (result[1] ?? 0) - start;
    const keysEnd = (result[2] ?? 0) - start;
    const fieldsAt = (result[3] ?? 0) - start;
    const length = result[4] ?? 0;
    const buffer = this.buffer.slice(start, start + fieldsAt + length * 16);
    return {
      bytes: new Uint8Array(buffer, 0, keysEnd),
      contentsEnd,
      keysEnd,
      fields: new Uint32Array(buffer, fieldsAt, length * 4),
      length,
      plain: result[5] === 1,
    };
  }
  private decodedIn(memory: BlockMemory): DecodedBlock {
    const { result } = this;
    const start = result[0] ?? 0;
    const end = result[2] ?? 0;
    const fieldsAt = result[3] ?? 0;
    const length = result[4] ?? 0;
    memory.reserve(end - start, length * 4);
    memory.bytes.set(this.bytes.subarray(start, end));
    memory.fields.set(new Uint32Array(this.buffer, fieldsAt, length * 4));
    return {
      bytes: memory.bytes,
      contentsEnd: (result[1] ?? 0) - start,
      keysEnd: end - start,
      fields: memory.fields,
      length,
      plain: result[5] === 1,
    };
  }
}
