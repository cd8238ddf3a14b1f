import type { Block } from './block';

/** Decoded blocks, the least recently used let go when they pass `capacity` bytes. */
export class BlockCache {
  private readonly blocks = new Map<string, Block>();
  private readonly names = new WeakMap<object, number>();
  private nextName = 0;
  private size = 0;

  constructor(private readonly capacity: number) {}

  /** The block of `table` at `offset`, read by `read` when it is not here. */
  async get(table: object, offset: number, read: () => Promise<Block>): Promise<Block> {
    let name = this.names.get(table);
    if (name === undefined) this.names.set(table, (name = this.nextName++));
    const key = `${name}:${offset}`;
    const known = this.blocks.get(key);
    if (known) {
      this.blocks.delete(key);
      this.blocks.set(key, known);
      return known;
    }
    const block = await read();
    if (block.size <= this.capacity / 4 && !this.blocks.has(key)) {
      this.blocks.set(key, block);
      this.size += block.size;
      for (const [oldest, old] of this.blocks) {
        if (this.size <= this.capacity) break;
        this.blocks.delete(oldest);
        this.size -= old.size;
      }
    }
    return block;
  }
}
