// Values as Python has them: what pickles, MessagePack, CBOR, Avro and Protobuf are read into, for that is
// what an app's own `loads` gives. Nothing is lost on the way: an int is a bigint of any size, a float a
// number, entries stay in their order with keys of any kind, also those that stand there twice.

/** A value: None, bool, int, float, str, bytes, or something with members. */
export type PythonValue = null | boolean | bigint | number | string | Uint8Array | PythonObject;

/** What has members, and may be its own member where it comes from a pickle. */
export type PythonObject = Sequence | Dict | Name | Call | Deferred;

/** A list, tuple, set or frozenset. */
export class Sequence {
  constructor(
    readonly kind: 'list' | 'tuple' | 'set' | 'frozenset',
    readonly items: PythonValue[] = [],
  ) {}
}

/** A dict, its entries in the order in which they were stored. */
export class Dict {
  /** Values by key, of the first `indexed` entries. */
  private readonly index = new Map<PythonValue, PythonValue>();
  private indexed = 0;

  constructor(readonly entries: [PythonValue, PythonValue][] = []) {}

  /** The value under a key of text, the last where there are more; undefined where there is none. */
  get(key: string): PythonValue | undefined {
    for (; this.indexed < this.entries.length; this.indexed++) {
      const [name, value] = this.entries[this.indexed] ?? [null, null];
      this.index.set(name, value);
    }
    return this.index.get(key);
  }
}

/** Something that Python prints without quotes: `<app.Model>`, `datetime.timezone.utc`. */
export class Name {
  constructor(readonly text: string) {}
}

/** A value that Python prints as the call that makes it: `Decimal('1.50')`, `app.Point(x=1, y=2)`. */
export class Call {
  constructor(
    readonly callee: string,
    readonly args: readonly PythonValue[] = [],
    readonly named: readonly (readonly [string, PythonValue])[] = [],
    /** What stands behind the closing bracket: another call, as `.__setstate__((1, 2))`. */
    readonly then?: Call,
  ) {}
}

/** A value whose notation is found when it is shown, for until then it is being filled. */
export abstract class Deferred {
  /** Neither throws nor gives a Deferred that leads back here. */
  abstract notation(): PythonValue;
}

export const list = (items: PythonValue[]) => new Sequence('list', items);
export const tuple = (items: PythonValue[]) => new Sequence('tuple', items);
