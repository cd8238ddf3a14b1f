import { maskCrc } from '../../../src/rocksdb/bytes/checksum';
import type { Kernel } from '../../../src/rocksdb/kernel/kernel';

const blockSize = 32_768;

/** Writes records as RocksDB's log writer does: in blocks of 32 KiB, long ones in fragments. */
export class LogWriter {
  constructor(
    private readonly kernel: Kernel,
    public bytes = Buffer.alloc(0),
  ) {}

  add(payload: Buffer): this {
    let rest = payload;
    let first = true;
    for (;;) {
      const left = blockSize - (this.bytes.length % blockSize);
      if (left < 7) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(left)]);
      const room = blockSize - (this.bytes.length % blockSize) - 7;
      const part = rest.subarray(0, room);
      rest = rest.subarray(part.length);
      const last = rest.length === 0;
      this.fragment(first && last ? 1 : first ? 2 : last ? 4 : 3, part);
      if (last) return this;
      first = false;
    }
  }

  /** `log` is the number of the log, which recyclable types (5 to 8) carry. */
  fragment(type: number, payload: Buffer, log?: number): this {
    const number = Buffer.alloc(log === undefined ? 0 : 4);
    if (log !== undefined) number.writeUInt32LE(log);
    const body = Buffer.concat([Buffer.of(type), number, payload]);
    const header = Buffer.alloc(6);
    header.writeUInt32LE(maskCrc(this.kernel.crc32c(body)), 0);
    header.writeUInt16LE(payload.length, 4);
    this.bytes = Buffer.concat([this.bytes, header, body]);
    return this;
  }
}

/** A write batch of puts and, with a value left out, deletes; column family, key, value. Short texts. */
export function writeBatch(
  sequence: number,
  operations: readonly (readonly [columnFamily: number, key: string, value?: string])[],
): Buffer {
  const header = Buffer.alloc(12);
  header.writeBigUInt64LE(BigInt(sequence), 0);
  header.writeUInt32LE(operations.length, 8);
  const slice = (text: string) => Buffer.concat([Buffer.of(text.length), Buffer.from(text)]);
  const bodies = operations.map(([family, key, value]) =>
    Buffer.concat([
      Buffer.of(value === undefined ? 0x04 : 0x05, family),
      slice(key),
      value === undefined ? Buffer.alloc(0) : slice(value),
    ]),
  );
  return Buffer.concat([header, ...bodies]);
}

/** Reads from memory as a LogReader reads from a file. */
export const readFrom =
  (bytes: Uint8Array) =>
  (target: Uint8Array, offset: number): Promise<number> => {
    const part = bytes.subarray(offset, offset + target.length);
    target.set(part);
    return Promise.resolve(part.length);
  };
