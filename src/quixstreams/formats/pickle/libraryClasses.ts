import { Call, Dict, Sequence, type PythonValue } from '../pythonValue';
import { uuidCall } from '../uuids';
import type { Instance } from './instance';

/** Classes of Python's library whose notation is not the call in the pickle; undefined for all else. */
export function libraryNotation(path: string, instance: Instance): PythonValue | undefined {
  switch (path) {
    case 'collections.OrderedDict':
      return plainAttributes(instance) && instance.args.length === 0
        ? new Call('OrderedDict', instance.entries.length > 0 ? [new Dict(instance.entries)] : [])
        : undefined;
    case 'collections.defaultdict':
      return plainAttributes(instance)
        ? new Call('defaultdict', [instance.args[0] ?? null, new Dict(instance.entries)])
        : undefined;
    case 'collections.Counter':
      return counter(instance);
    case 'collections.deque':
      return deque(instance);
    case 'uuid.UUID':
      return uuid(instance);
    case 'pathlib.PosixPath':
    case 'pathlib.PurePosixPath':
    case 'pathlib.WindowsPath':
    case 'pathlib.PureWindowsPath':
    case 'pathlib._local.PosixPath':
    case 'pathlib._local.PurePosixPath':
    case 'pathlib._local.WindowsPath':
    case 'pathlib._local.PureWindowsPath':
      return filePath(path.slice(path.lastIndexOf('.') + 1), instance);
    case 'zoneinfo.ZoneInfo._unpickle':
      return typeof instance.args[0] === 'string'
        ? new Call('zoneinfo.ZoneInfo', [], [['key', instance.args[0]]])
        : undefined;
    case 'functools.partial':
      return partial(instance);
    default:
      return undefined;
  }
}

const plainAttributes = ({ states, items }: Instance) => states.length + items.length === 0;

/** The most common first. */
function counter(instance: Instance): PythonValue | undefined {
  const [counts] = instance.args;
  if (!instance.untouched || !(counts instanceof Dict)) return undefined;
  if (!counts.entries.every(([, count]) => typeof count === 'bigint')) {
    return new Call('Counter', [counts]);
  }
  const sorted = counts.entries.toSorted(([, a], [, b]) =>
    typeof a === 'bigint' && typeof b === 'bigint' ? (a > b ? -1 : a < b ? 1 : 0) : 0,
  );
  return new Call('Counter', sorted.length > 0 ? [new Dict(sorted)] : []);
}

function deque({ args, items, entries, states }: Instance): PythonValue | undefined {
  if (entries.length + states.length > 0) return undefined;
  const [initial, maxlen] = args;
  const before = initial instanceof Sequence ? initial.items : [];
  const all = new Sequence('list', before.length > 0 ? [...before, ...items] : items);
  return new Call('deque', [all], maxlen === undefined ? [] : [['maxlen', maxlen]]);
}

function uuid({ states, args }: Instance): PythonValue | undefined {
  const [state] = states;
  const int = state instanceof Dict ? state.get('int') : undefined;
  if (typeof int !== 'bigint' || int < 0n || int >> 128n !== 0n || args.length > 0)
    return undefined;
  return uuidCall(int.toString(16).padStart(32, '0'));
}

/** Its parts with slashes between, also on Windows: `PosixPath('/app/state')`. */
function filePath(name: string, { args, untouched }: Instance): PythonValue | undefined {
  if (!untouched || !args.every((part) => typeof part === 'string')) return undefined;
  const parts = args.map((part) => (name.includes('Windows') ? part.replaceAll('\\', '/') : part));
  const [root = '', ...rest] = parts;
  const text = root.endsWith('/') ? root + rest.join('/') : parts.join('/');
  return new Call(name, [text || '.']);
}

/** `functools.partial(<app.f>, 1, x=2)`, which its state says, not its arguments. */
function partial({ states }: Instance): PythonValue | undefined {
  const [state] = states;
  if (!(state instanceof Sequence) || state.items.length !== 4) return undefined;
  const [callable = null, args, named] = state.items;
  if (!(args instanceof Sequence)) return undefined;
  const entries = named instanceof Dict ? named.entries : [];
  const byName: [string, PythonValue][] = [];
  for (const [name, value] of entries) {
    if (typeof name !== 'string') return undefined;
    byName.push([name, value]);
  }
  return new Call('functools.partial', [callable, ...args.items], byName);
}
