import { Deferred, Name, type PythonValue } from '../pythonValue';

/** What Python 2 called modules, and pickles of protocols 0 to 2 still do. */
const python3Modules = new Map([
  ['__builtin__', 'builtins'],
  ['exceptions', 'builtins'],
  ['copy_reg', 'copyreg'],
]);
const python3Builtins = new Map([
  ['unicode', 'str'],
  ['long', 'int'],
  ['xrange', 'range'],
]);

const builtinTypes = new Set(
  (
    'bool bytearray bytes complex dict float frozenset int list memoryview object range set slice ' +
    'str tuple type'
  ).split(' '),
);

/** A class or function that a pickle names; nothing of that name is looked for. */
export class Global extends Name {
  readonly module: string;
  readonly name: string;

  constructor(module: string, name: string) {
    const module3 = python3Modules.get(module) ?? module;
    const name3 = (module3 === 'builtins' && python3Builtins.get(name)) || name;
    const isType = module3 === 'builtins' && builtinTypes.has(name3);
    super(isType ? `<class '${name3}'>` : `<${module3}.${name3}>`);
    this.module = module3;
    this.name = name3;
  }

  /** `collections.OrderedDict`. */
  get path(): string {
    return `${this.module}.${this.name}`;
  }
}

/** What unpickling would make: by a call that is never made, and by what would then be put into it. */
export class Instance extends Deferred {
  /** What APPEND adds, to a list that is no list. */
  readonly items: PythonValue[] = [];
  /** What SETITEM sets, in a dict that is no dict. */
  readonly entries: [PythonValue, PythonValue][] = [];
  /** What BUILD would hand to `__setstate__`, or set as attributes. */
  readonly states: PythonValue[] = [];
  private found: PythonValue | undefined;

  constructor(
    readonly callee: Global | Instance,
    readonly args: readonly PythonValue[],
    readonly named: readonly (readonly [string, PythonValue])[],
    private readonly notationOf: (instance: Instance) => PythonValue,
  ) {
    super();
  }

  override notation(): PythonValue {
    return (this.found ??= this.notationOf(this));
  }

  /** `collections.OrderedDict`; undefined where what is called is itself the result of a call. */
  get path(): string | undefined {
    return this.callee instanceof Global ? this.callee.path : undefined;
  }

  /** Whether nothing was put into it after the call. */
  get untouched(): boolean {
    return this.items.length + this.entries.length + this.states.length === 0;
  }
}
