import { Cursor } from '../bytes/coding';
import { decodeBlock } from './block';

/** The properties block of a table: names and values of many kinds (table/table_properties.cc). */
export class TableProperties {
  private constructor(
    private readonly values: ReadonlyMap<string, Uint8Array>,
    /** Where the block's contents begin in the memory of the values. */
    private readonly start: number,
  ) {}

  /** @throws CodingError, UnknownLayoutError */
  static decode(this: void, contents: Uint8Array): TableProperties {
    const block = decodeBlock(contents);
    const values = new Map<string, Uint8Array>();
    for (const [i, name] of block.names().entries()) values.set(name, block.value(i));
    return new TableProperties(values, block.bytes.byteOffset);
  }

  /** A count, which is a varint64. @throws CodingError */
  number(name: string): number | undefined {
    const value = this.values.get(name);
    return value && new Cursor(value).varint();
  }

  flag(name: string): boolean {
    return (this.number(name) ?? 0) !== 0;
  }

  /** @throws CodingError */
  fixed32(name: string): number | undefined {
    const value = this.values.get(name);
    return value && new Cursor(value).fixed32();
  }

  /** @throws CodingError */
  fixed64(name: string): bigint | undefined {
    const value = this.values.get(name);
    return value && new Cursor(value).fixed64();
  }

  /** Where the value is in the contents of the block. */
  rangeOf(name: string): { start: number; end: number } | undefined {
    const value = this.values.get(name);
    if (!value) return undefined;
    const start = value.byteOffset - this.start;
    return { start, end: start + value.length };
  }

  text(name: string): string | undefined {
    const value = this.values.get(name);
    return value && Buffer.from(value).toString('utf8');
  }
}
