import { CodingError } from '../bytes/coding';
import { trailerLength, ValueType } from '../internalKey';
import type { MergeOperator } from '../manifest/mergeOperator';
import { Block } from '../table/block';

/** The operands of one key, until what they are merged with is found (db/merge_helper.cc). */
export class MergeOperands {
  readonly key: Uint8Array;
  /** The newest first. */
  private readonly operands: Uint8Array[] = [];

  constructor(
    key: Uint8Array,
    private readonly operator: MergeOperator,
  ) {
    this.key = key.slice(); // the block's memory may be the next block's
  }

  add(operand: Uint8Array): void {
    this.operands.push(operand.slice());
  }

  /** What all of them make of `base`, as a block of one entry. */
  result(base: Uint8Array | undefined): Block {
    const value = this.operator(base, this.operands.toReversed());
    const { length } = this.key;
    const bytes = new Uint8Array(value.length + length + trailerLength);
    bytes.set(value);
    bytes.set(this.key, value.length);
    bytes[value.length + length] = ValueType.value;
    const keysEnd = bytes.length;
    const fields = Uint32Array.of(value.length, keysEnd, 0, value.length);
    if (keysEnd > 0xffff_ffff) throw new CodingError('merged value too large', 0);
    return new Block({
      bytes,
      contentsEnd: value.length,
      keysEnd,
      fields,
      length: 1,
      plain: true,
    });
  }
}
