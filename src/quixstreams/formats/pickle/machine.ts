// What Python's pickle.Unpickler does with the opcodes, but that nothing is imported, called or set: a class
// or function stays a name, and what would be called becomes an Instance, a record of the call.
//
// A stack of values, marks in it, and a memo of values by number. An opcode puts on at most one value that
// is not yet there, so that stack, memo and all members together are no more than the pickle has bytes.

import { FormatError } from '../formatError';
import { parseInt10 } from '../pythonLiterals';
import { Call, Dict, Name, Sequence, list, tuple, type PythonValue } from '../pythonValue';
import { Global, Instance } from './instance';
import { highestProtocol, type Opcode } from './opcodes';
import { PickleReader } from './pickleReader';
import { PickleStack } from './pickleStack';
import { parseFloatLine, parseLongBytes, parseRawUnicode, parseStringLine } from './pickleScalars';

export interface Unpickled {
  readonly value: PythonValue;
  /** As PROTO says; undefined without it, as in protocols 0 and 1. */
  readonly protocol: number | undefined;
  /** Whether a value was put into the memo. Python does so with every str, container and instance. */
  readonly memoized: boolean;
  /** The offset behind STOP. */
  readonly end: number;
}

/** @throws FormatError where Python's own unpickler would fail, with the offset */
export function unpickle(bytes: Uint8Array, notationOf: (of: Instance) => PythonValue): Unpickled {
  return new Machine(new PickleReader(bytes), bytes.length, notationOf).run();
}

/** Python's pickles have one for each object. */
const mostStates = 10;
/** Longer names are no attributes of attributes. */
const longestName = 1000;

class Machine {
  private readonly stack: PickleStack;
  private protocol: number | undefined;

  constructor(
    private readonly reader: PickleReader,
    /** How many members and bytes may still be copied: what is in the memo can be used any number of times. */
    private copies: number,
    private readonly notationOf: (of: Instance) => PythonValue,
  ) {
    this.stack = new PickleStack(() => reader.position);
  }

  run(): Unpickled {
    for (;;) {
      const opcode = this.reader.opcode();
      if (opcode === 'STOP') break;
      this.step(opcode);
    }
    const { protocol, stack, reader } = this;
    const memoized = stack.memoSize > 0;
    return { value: stack.pop(), protocol, memoized, end: reader.position };
  }

  private fail(reason: string): FormatError {
    return new FormatError('mismatch', reason, this.reader.position);
  }

  private limit(reason: string): FormatError {
    return new FormatError('limit', reason, this.reader.position);
  }

  /** Takes note of a copy. */
  private copied<T extends { readonly length: number }>(of: T): T {
    this.copies -= of.length;
    if (this.copies < 0) throw this.limit('too much is copied');
    return of;
  }

  private index(): number | undefined {
    const value = parseInt10(this.reader.asciiLine());
    return value === undefined ? undefined : Number(value);
  }

  private step(opcode: Exclude<Opcode, 'STOP'>): void {
    const { reader, stack } = this;
    switch (opcode) {
      case 'PROTO':
        this.protocol = reader.u8();
        if (this.protocol > highestProtocol) throw this.fail(`protocol ${this.protocol}`);
        return;
      case 'FRAME':
        reader.u64();
        return;
      case 'MARK':
        return stack.mark();
      case 'POP':
        return stack.drop();
      case 'POP_MARK':
        stack.popMark();
        return;
      case 'DUP':
        return stack.push(stack.top());
      case 'PUT':
        return stack.put(this.index());
      case 'BINPUT':
        return stack.put(reader.u8());
      case 'LONG_BINPUT':
        return stack.put(reader.u32());
      case 'MEMOIZE':
        return stack.put(stack.memoSize);
      case 'GET':
        return stack.get(this.index());
      case 'BINGET':
        return stack.get(reader.u8());
      case 'LONG_BINGET':
        return stack.get(reader.u32());

      case 'NONE':
        return stack.push(null);
      case 'NEWTRUE':
        return stack.push(true);
      case 'NEWFALSE':
        return stack.push(false);
      case 'INT':
        return this.pushInt(reader.asciiLine());
      case 'LONG':
        return this.pushInt(reader.asciiLine().replace(/L$/, ''));
      case 'BININT':
        return stack.push(BigInt(reader.i32()));
      case 'BININT1':
        return stack.push(BigInt(reader.u8()));
      case 'BININT2':
        return stack.push(BigInt(reader.u16()));
      case 'LONG1':
        return stack.push(parseLongBytes(reader.bytes8()));
      case 'LONG4':
        return stack.push(parseLongBytes(reader.bytes32()));
      case 'FLOAT':
        return this.pushParsed(parseFloatLine(reader.asciiLine()));
      case 'BINFLOAT':
        return stack.push(reader.f64());
      case 'STRING':
        return this.pushParsed(parseStringLine(reader.line()));
      case 'BINSTRING':
        return stack.push(python2String(reader.bytes32()));
      case 'SHORT_BINSTRING':
        return stack.push(python2String(reader.bytes8()));
      case 'UNICODE':
        return stack.push(parseRawUnicode(reader.asciiLine()));
      case 'SHORT_BINUNICODE':
        return stack.push(reader.text(reader.bytes8()));
      case 'BINUNICODE':
        return stack.push(reader.text(reader.bytes32()));
      case 'BINUNICODE8':
        return stack.push(reader.text(reader.bytes64()));
      case 'SHORT_BINBYTES':
        return stack.push(reader.bytes8());
      case 'BINBYTES':
        return stack.push(reader.bytes32());
      case 'BINBYTES8':
        return stack.push(reader.bytes64());
      case 'BYTEARRAY8':
        return stack.push(new Call('bytearray', [reader.bytes64()]));
      case 'NEXT_BUFFER':
        return stack.push(new Name('<buffer kept elsewhere>'));
      case 'READONLY_BUFFER':
        stack.top();
        return;

      case 'EMPTY_TUPLE':
        return stack.push(tuple([]));
      case 'TUPLE1':
      case 'TUPLE2':
      case 'TUPLE3':
        return this.pushTuple(Number(opcode.at(-1)));
      case 'TUPLE':
        return stack.push(tuple(stack.popMark()));
      case 'EMPTY_LIST':
        return stack.push(list([]));
      case 'LIST':
        return stack.push(list(stack.popMark()));
      case 'EMPTY_DICT':
        return stack.push(new Dict());
      case 'DICT': {
        const values = stack.popMark();
        stack.push(new Dict());
        return this.setItems(values);
      }
      case 'EMPTY_SET':
        return stack.push(new Sequence('set'));
      case 'FROZENSET':
        return stack.push(new Sequence('frozenset', stack.popMark()));
      case 'APPEND':
        return this.append([stack.pop()]);
      case 'APPENDS':
      case 'ADDITEMS':
        return this.append(stack.popMark());
      case 'SETITEM': {
        const value = stack.pop();
        return this.setItems([stack.pop(), value]);
      }
      case 'SETITEMS':
        return this.setItems(stack.popMark());

      case 'GLOBAL':
        return stack.push(new Global(reader.utf8Line(), reader.utf8Line()));
      case 'STACK_GLOBAL': {
        const name = stack.popText();
        return stack.push(new Global(stack.popText(), name));
      }
      case 'EXT1':
        return stack.push(extension(reader.u8()));
      case 'EXT2':
        return stack.push(extension(reader.u16()));
      case 'EXT4':
        return stack.push(extension(reader.i32()));
      case 'PERSID':
        return stack.push(new Call('persistent_load', [reader.asciiLine()]));
      case 'BINPERSID':
        return stack.push(new Call('persistent_load', [stack.pop()]));
      case 'INST': {
        const callee = new Global(reader.utf8Line(), reader.utf8Line());
        return stack.push(this.instance(callee, stack.popMark()));
      }
      case 'OBJ': {
        const [callee, ...args] = stack.popMark();
        stack.push(callee ?? null);
        return stack.push(this.instance(stack.popCallee(), args));
      }
      case 'REDUCE': {
        const args = stack.popTuple();
        return stack.push(this.reduce(stack.popCallee(), args));
      }
      case 'NEWOBJ': {
        const args = stack.popTuple();
        return stack.push(this.instance(stack.popCallee(), args));
      }
      case 'NEWOBJ_EX': {
        const named = stack.pop();
        const args = stack.popTuple();
        return stack.push(this.instance(stack.popCallee(), args, this.namedArguments(named)));
      }
      case 'BUILD': {
        const state = stack.pop();
        const instance = stack.top();
        if (!(instance instanceof Instance)) throw this.fail('cannot have a state');
        if (instance.states.length === mostStates) throw this.limit('too many states');
        instance.states.push(state);
        return;
      }
    }
  }

  private pushParsed(value: PythonValue | undefined): void {
    if (value === undefined) throw this.fail('no literal');
    this.stack.push(value);
  }

  private pushInt(line: string): void {
    if (line === '00' || line === '01') this.stack.push(line === '01');
    else this.pushParsed(parseInt10(line.trim()));
  }

  private pushTuple(length: number): void {
    const items: PythonValue[] = [];
    for (let i = 0; i < length; i++) items.unshift(this.stack.pop());
    this.stack.push(tuple(items));
  }

  private append(items: readonly PythonValue[]): void {
    const target = this.stack.top();
    const members =
      target instanceof Instance
        ? target.items
        : target instanceof Sequence && (target.kind === 'list' || target.kind === 'set')
          ? target.items
          : undefined;
    if (!members) throw this.fail('cannot be appended to');
    for (const item of items) members.push(item);
  }

  private setItems(values: readonly PythonValue[]): void {
    const target = this.stack.top();
    if (!(target instanceof Dict || target instanceof Instance)) throw this.fail('has no items');
    if (values.length % 2 !== 0) throw this.fail('key without a value');
    for (let i = 0; i < values.length; i += 2) {
      target.entries.push([values[i] ?? null, values[i + 1] ?? null]);
    }
  }

  private namedArguments(value: PythonValue): [string, PythonValue][] {
    if (!(value instanceof Dict)) throw this.fail('no named arguments');
    return this.copied(value.entries).map(([name, argument]) => {
      if (typeof name !== 'string') throw this.fail('no name of an argument');
      return [name, argument];
    });
  }

  private instance(
    callee: Global | Instance,
    args: readonly PythonValue[],
    named: readonly (readonly [string, PythonValue])[] = [],
  ): Instance {
    return new Instance(callee, args, named, this.notationOf);
  }

  /** The calls that only pickle itself makes are taken for what they come to. */
  private reduce(callee: Global | Instance, args: readonly PythonValue[]): PythonValue {
    const path = callee instanceof Global ? callee.path : undefined;
    const [first, second, third] = args;
    if (path === 'copyreg._reconstructor' && first instanceof Global) {
      const plain = second instanceof Global && second.path === 'builtins.object';
      return this.instance(first, plain || third === undefined ? [] : [third]);
    }
    if (path === 'copyreg.__newobj__' && first instanceof Global) {
      return this.instance(first, this.copied(args).slice(1));
    }
    if (path === 'copyreg.__newobj_ex__' && first instanceof Global && second instanceof Sequence) {
      return this.instance(first, second.items, this.namedArguments(third ?? null));
    }
    if (path === '_codecs.encode' && typeof first === 'string' && second === 'latin1') {
      // Before protocol 3 there is no opcode for bytes.
      return Buffer.from(this.copied(first), 'latin1');
    }
    if (path === 'builtins.bytes' && args.length === 0) return new Uint8Array();
    if (path === 'builtins.getattr' && first instanceof Global && typeof second === 'string') {
      if (first.name.length + second.length > longestName) throw this.limit('name too long');
      return new Global(first.module, `${first.name}.${second}`);
    }
    const made = args.length === 0 && callee instanceof Instance ? newByName(callee) : undefined;
    if (made) {
      const [, ...rest] = this.copied(made.args);
      return this.instance(made.callee, rest, this.namedArguments(made.named));
    }
    return this.instance(callee, args);
  }
}

/** Before protocol 4 a call with named arguments is one of functools.partial(C.__new__, C, …). */
function newByName({ path, states }: Instance) {
  const [state] = states;
  if (path !== 'functools.partial' || !(state instanceof Sequence)) return undefined;
  const [method, args, named = null] = state.items;
  if (!(method instanceof Global) || !method.name.endsWith('.__new__')) return undefined;
  if (!(args instanceof Sequence)) return undefined;
  const [callee] = args.items;
  return callee instanceof Global ? { callee, args: args.items, named } : undefined;
}

const extension = (code: number) => new Global('copyreg', `extension ${code}`);

/** A str of Python 2, which is bytes: as text where Python 3 would read it so. */
function python2String(bytes: Uint8Array): string | Uint8Array {
  return bytes.every((byte) => byte < 0x80) ? Buffer.from(bytes).toString('latin1') : bytes;
}
