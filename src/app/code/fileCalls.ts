// Calls that open files, and with which argument: what people keep in the state folder besides stores.

import type { FileAccess } from './codeUse';

/** Which argument is the path, and what is done with the file. */
export interface FileCall {
  readonly argument: number;
  /** Names that the path may be given by. */
  readonly names?: readonly string[];
  /** `mode`: as the argument says that comes behind the path. */
  readonly access: FileAccess | 'mode';
}

const read = { argument: 0, access: 'read' } as const;
const write = { argument: 0, access: 'write' } as const;
const both = { argument: 0, access: 'readWrite' } as const;

/** By the whole name that is called. */
const functions: Readonly<Record<string, FileCall>> = {
  open: { argument: 0, names: ['file'], access: 'mode' },
  'io.open': { argument: 0, names: ['file'], access: 'mode' },
  'gzip.open': { argument: 0, names: ['filename'], access: 'mode' },
  'bz2.open': { argument: 0, names: ['filename'], access: 'mode' },
  'lzma.open': { argument: 0, names: ['filename'], access: 'mode' },
  'codecs.open': { argument: 0, names: ['filename'], access: 'mode' },
  'aiofiles.open': { argument: 0, names: ['file'], access: 'mode' },
  'joblib.load': { ...read, names: ['filename'] },
  'joblib.dump': { argument: 1, names: ['filename'], access: 'write' },
  'torch.load': read,
  'torch.save': { argument: 1, names: ['f'], access: 'write' },
  'np.load': read,
  'numpy.load': read,
  'np.save': write,
  'numpy.save': write,
  'np.savez': write,
  'pd.read_csv': read,
  'pd.read_parquet': read,
  'pd.read_pickle': read,
  'pd.read_json': read,
  'sqlite3.connect': { ...both, names: ['database'] },
  'duckdb.connect': { ...both, names: ['database'] },
  'shelve.open': { ...both, names: ['filename'] },
  Rdict: { ...both, names: ['path'] },
  'rocksdict.Rdict': { ...both, names: ['path'] },
};

/** By the name of the method: of data frames and the like. */
const methods: Readonly<Record<string, FileCall>> = {
  to_csv: write,
  to_parquet: write,
  to_pickle: write,
  to_json: write,
};

/** Methods of a path, which is what they are called on. */
const pathMethods: Readonly<Record<string, FileAccess>> = {
  read_text: 'read',
  read_bytes: 'read',
  write_text: 'write',
  write_bytes: 'write',
};

/** How a call by this whole name opens a file; undefined where it opens none that is known of. */
export function fileCall(name: string, method: string | undefined): FileCall | undefined {
  if (Object.hasOwn(functions, name)) return functions[name];
  return method !== undefined && Object.hasOwn(methods, method) ? methods[method] : undefined;
}

/** What a method does with the path that it is called on; undefined for all other methods. */
export function pathAccess(method: string): FileAccess | undefined {
  return Object.hasOwn(pathMethods, method) ? pathMethods[method] : undefined;
}

/** What `open`'s mode does; read where there is none. */
export function accessOfMode(mode: string): FileAccess {
  if (mode.includes('+')) return 'readWrite';
  return /[wax]/.test(mode) ? 'write' : 'read';
}
