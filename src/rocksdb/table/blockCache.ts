import type { Block } from './block';

/** Decoded blocks, the least recently used let go when they pass `capacity` bytes. */
export class BlockCache {
  private readonly blocks = new Map<string, Block>();
  private readonly names = new WeakMap<object, number>();
  private nextName = 0;
  private size = 0;

  constructor(private readonly capacity: number) {}

  /** The block of `table` at `offset`, if it is here. */
  get(table: object, offset: number): Block | undefined {
    const key = this.keyOf(table, offset);
    const known = this.blocks.get(key);
    if (known) {
      this.blocks.delete(key);
      this.blocks.set(key, known);
    }
    return known;
  }

  /** Keeps a block, unless it is large. Gives it back. */
  keep(table: object, offset: number, block: Block): Block {
    const key = this.keyOf(table, offset);
    if (block.size > this.capacity / 4 || this.blocks.has(key)) return block;
    this.blocks.set(key, block);
    this.size += block.size;
    for (const [oldest, old] of this.blocks) {
      if (this.size <= this.capacity) break;
      this.blocks.delete(oldest);
      this.size -= old.size;
    }
    return block;
  }

  private keyOf(table: object, offset: number): string {
    let name = this.names.get(table);
    if (name === undefined) this.names.set(table, (name = this.nextName++));
    return `${name}:${offset}`;
  }
}
