import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';

export const fixtures = path.resolve(import.meta.dirname, '../fixtures');

/** A value as expected.json gives it: hex, or what a long one measures. */
export type ExpectedValue =
  string | { readonly len: number; readonly sha256: string; readonly head: string };
export type ExpectedEntry = readonly [key: string, value: ExpectedValue];

export interface ExpectedFamily {
  readonly count: number;
  readonly digest: string;
  /** All of them; undefined where only count and digest are known. */
  readonly entries?: readonly ExpectedEntry[];
}

export interface ExpectedStore {
  readonly fixture: string;
  /** Relative to the fixture. */
  readonly path: string;
  readonly directory: string;
  readonly latest_sequence?: number;
  readonly damage?: string;
  /** 'ok', or RocksDB's error. */
  readonly open_rocksdict?: string;
  readonly column_families?: Readonly<Record<string, ExpectedFamily>>;
}

type Full = Record<string, { column_families?: Record<string, ExpectedEntry[]> }>;

function readFull(file: string): Full {
  return JSON.parse(gunzipSync(readFileSync(file)).toString('utf8')) as Full;
}

/** Every store of a fixture, with what RocksDB reads of it. */
export function storesOf(fixture: string): ExpectedStore[] {
  const folder = path.join(fixtures, fixture);
  const text = readFileSync(path.join(folder, 'expected.json'), 'utf8');
  const { stores } = JSON.parse(text) as { stores: ExpectedStore[] };
  const hasFull = readdirSync(folder).includes('expected.full.json.gz');
  const full = hasFull ? readFull(path.join(folder, 'expected.full.json.gz')) : {};
  return stores.map((store) => {
    const families = Object.entries(store.column_families ?? {}).map(
      ([name, family]): [string, ExpectedFamily] => {
        const entries = family.entries ?? full[store.path]?.column_families?.[name];
        return [name, entries ? { ...family, entries } : family];
      },
    );
    return {
      ...store,
      fixture,
      directory: path.join(folder, store.path),
      ...(store.column_families ? { column_families: Object.fromEntries(families) } : {}),
    };
  });
}

const u32be = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** The digest of expected.json, entry by entry. */
export class Digest {
  private readonly hash: Hash = createHash('sha256');
  count = 0;

  add({ key, value }: { key: Uint8Array; value: Uint8Array }): void {
    this.count++;
    this.hash.update(u32be(key.length)).update(key).update(u32be(value.length)).update(value);
  }

  result(): { count: number; digest: string } {
    return { count: this.count, digest: this.hash.digest('hex') };
  }
}

/** A value in the words of expected.json. */
export function describeValue(value: Uint8Array): ExpectedValue {
  if (value.length <= 2048) return Buffer.from(value).toString('hex');
  const sha256 = createHash('sha256').update(value).digest('hex');
  return { len: value.length, sha256, head: Buffer.from(value.subarray(0, 32)).toString('hex') };
}

/** A copy of a directory that a test may change, gone after `use`. */
export async function withCopy<T>(
  directory: string,
  use: (copy: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'state-folder-rocksdb-'));
  try {
    const copy = path.join(folder, 'copy');
    await cp(directory, copy, { recursive: true });
    return await use(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
