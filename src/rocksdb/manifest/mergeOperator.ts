// The merge operators that come with RocksDB (utilities/merge_operators), by what OPTIONS have as
// `merge_operator`: a name, or {id=NAME;delimiter=…;}. An application's own are not known.

import { compareBytes } from '../bytes/coding';

/** What a key's operands, the oldest first, make of its value; `base` undefined where it had none. */
export type MergeOperator = (
  base: Uint8Array | undefined,
  operands: readonly Uint8Array[],
) => Uint8Array;

/** The operator that OPTIONS tell of; undefined for none, and for one that is not known for certain. */
export function mergeOperatorOf(option: string): MergeOperator | undefined {
  const [, id, delimiter] = /^\{id=(\w+);(?:delimiter=(.*);)?\}$/s.exec(option) ?? [];
  switch (id ?? option) {
    case 'UInt64AddOperator':
    case 'uint64add':
      return addUInt64;
    case 'StringAppendOperator':
    case 'stringappend':
    case 'StringAppendTESTOperator':
    case 'stringappendtest':
      // Old versions leave out the delimiter; one that is no UTF-8 is lost.
      if (delimiter === undefined || delimiter.includes('\ufffd')) return undefined;
      return appendWith(Buffer.from(delimiter));
    case 'MaxOperator':
    case 'max':
      return largest;
    case 'PutOperator':
    case 'put':
    case 'put_v1':
      return newest;
    default:
      return undefined;
  }
}

/** Little-endian; whatever is not eight bytes long counts as 0, and sums wrap around. */
const addUInt64: MergeOperator = (base, operands) => {
  let sum = 0n;
  for (const bytes of base ? [base, ...operands] : operands) {
    if (bytes.length !== 8) continue;
    sum += new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  }
  const value = new Uint8Array(8);
  new DataView(value.buffer).setBigUint64(0, sum, true);
  return value;
};

const appendWith =
  (delimiter: Uint8Array): MergeOperator =>
  (base, operands) => {
    const parts: Uint8Array[] = [];
    for (const part of base ? [base, ...operands] : operands) {
      if (parts.length > 0) parts.push(delimiter);
      parts.push(part);
    }
    return Uint8Array.from(Buffer.concat(parts));
  };

const largest: MergeOperator = (base, operands) => {
  let value = base ?? new Uint8Array(0);
  for (const operand of operands) if (compareBytes(operand, value) > 0) value = operand;
  return value;
};

const newest: MergeOperator = (base, operands) => operands.at(-1) ?? base ?? new Uint8Array(0);
