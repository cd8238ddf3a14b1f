import { CodingError } from '../bytes/coding';
import type { SetTable } from '../inspect/fileSet';
import { parseInternalKey, ValueType } from '../internalKey';
import type { Comparator } from '../manifest/comparator';
import { userKeyOf } from '../manifest/version';
import type { Block } from '../table/block';
import type { TableIndex } from '../table/indexBlock';
import type { MissingKeys } from './finding';

const knownTypes = new Set<number>(Object.values(ValueType));
const deletionTypes = new Set<number>([
  ValueType.deletion,
  ValueType.singleDeletion,
  ValueType.deletionWithTimestamp,
]);

/**
 * Whether the entries of a table are where they belong, block after block: user keys ascending, of the
 * same one the newest first, each block within its index entries, all within what the MANIFEST says.
 */
export class EntryOrder {
  entries = 0;
  deletions = 0;
  /** Of the last entry that was seen; undefined at first. */
  private key: Uint8Array | undefined;
  private sequence = 0;
  private type = 0;
  /** The block that it is in. */
  private position = -1;

  constructor(
    private readonly table: SetTable,
    private readonly index: TableIndex,
    /** undefined: not known, and so no order is. */
    private readonly comparator: Comparator | undefined,
    /** The MANIFEST says what is in the table. */
    private readonly bounded: boolean,
    /** An ingested table's entries have the sequence that the MANIFEST gives it. */
    private readonly ingested: boolean,
  ) {}

  /** Checks data block number `position`. Gives what is wrong, the first of each kind. */
  check(block: Block, position: number): Set<string> {
    const wrong = new Set<string>();
    const { smallestSequence, largestSequence } = this.table.meta;
    if (block.length === 0) return wrong.add('a data block without entries');
    try {
      for (let i = 0; i < block.length; i++) {
        const key = block.userKey(i);
        const sequence = block.sequence(i);
        const type = block.type(i);
        if (this.key && !this.comesBefore(key, sequence, type)) {
          wrong.add(`keys out of order, entry ${i}`);
          this.key = undefined; // what follows is compared with each other
        }
        if (!knownTypes.has(type)) wrong.add(`an entry of type 0x${type.toString(16)}`);
        if (deletionTypes.has(type)) this.deletions++;
        if (
          this.bounded &&
          !this.ingested &&
          (sequence < smallestSequence || sequence > largestSequence)
        ) {
          wrong.add(`sequence ${sequence}, outside of the MANIFEST's for this table`);
        }
        this.key = key;
        this.sequence = sequence;
        this.type = type;
      }
      this.checkIndex(block, position, wrong);
    } catch (error) {
      if (!(error instanceof CodingError)) throw error;
      wrong.add(error.message);
    }
    const last = block.userKey(block.length - 1);
    if (this.isOutside(block)) {
      wrong.add("keys outside of the MANIFEST's bounds for this table");
    }
    this.key = last.slice(); // a block does not stay in memory for it
    this.position = position;
    this.entries += block.length;
    return wrong;
  }

  /** Whether a block's keys are not all within what the MANIFEST says. */
  private isOutside(block: Block): boolean {
    if (!this.bounded) return false;
    const { smallest, largest } = this.table.meta;
    if (this.compare(block.userKey(0), userKeyOf(smallest)) < 0) return true;
    const { userKey, type, sequence } = parseInternalKey(largest);
    // Where a range deletion goes on in the next table, the bound is that table's first key.
    const exclusive = type === ValueType.rangeDeletion && sequence === Number.MAX_SAFE_INTEGER;
    const order = this.compare(block.userKey(block.length - 1), userKey);
    return exclusive ? order >= 0 : order > 0;
  }

  /** The keys that block number `position`, which cannot be read, may hold. */
  missing(position: number): MissingKeys {
    const { family, meta } = this.table;
    const before = this.position === position - 1 ? this.key : this.separator(position - 1);
    const largest = userKeyOf(meta.largest);
    const separator = this.separator(position);
    return {
      columnFamily: family.name,
      first: before ?? userKeyOf(meta.smallest),
      afterFirst: before !== undefined,
      last: separator && this.compare(separator, largest) < 0 ? separator : largest,
    };
  }

  private separator(position: number): Uint8Array | undefined {
    if (position < 0 || position >= this.index.length) return undefined;
    return this.index.separator(position).slice();
  }

  /** Where the order is not known, nothing is out of it. */
  private compare(a: Uint8Array, b: Uint8Array): number {
    return this.comparator?.compare(a, b) ?? 0;
  }

  private comesBefore(key: Uint8Array, sequence: number, type: number): boolean {
    const order = this.compare(this.key ?? key, key);
    if (!this.comparator) return true;
    if (order !== 0) return order < 0;
    return sequence < this.sequence || (sequence === this.sequence && type < this.type);
  }

  /** A block's index entry is at or after its last key, the one before it at or before its first. */
  private checkIndex(block: Block, position: number, wrong: Set<string>): void {
    const own = this.separator(position);
    if (own && this.compare(block.userKey(block.length - 1), own) > 0) {
      wrong.add('a key after the index entry of its block');
    }
    const before = this.separator(position - 1);
    if (before && this.compare(block.userKey(0), before) < 0) {
      wrong.add('a key before the index entry of the block before');
    }
  }
}
