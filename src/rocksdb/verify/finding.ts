/** What RocksDB itself does with a database that has a finding, at its default options or those in OPTIONS. */
export type Consequence =
  /** Opens it and lacks nothing. */
  | 'opens'
  /** Opens it without a word, and lacks what is missing or shows what is wrong. */
  | 'opensWithout'
  /** Opens it without what the write-ahead logs hold from there on. */
  | 'dropsLogEnd'
  /** Opens it; every read that comes to the damage fails. */
  | 'failsOnRead'
  /** Refuses to open it, as corrupt. */
  | 'refuses'
  /** Cannot open it for want of a file: an error that it does not call corruption. */
  | 'lacksFile'
  /** Takes it for none, and makes an empty one in its place where it may. */
  | 'makesAnew';

/** Keys of one column family that may be missing, or be older than they should be. */
export interface MissingKeys {
  readonly columnFamily: string;
  /** The first such key, or, with `afterFirst`, the last one before; undefined: not known. */
  readonly first: Uint8Array | undefined;
  readonly afterFirst: boolean;
  /** The last such key, inclusive; undefined: not known. */
  readonly last: Uint8Array | undefined;
}

/** Something that is not as it should be. */
export interface Finding {
  /** `note`: worth telling, nothing is lost. `unsupported`: not read, and so not verified. */
  readonly kind: 'damage' | 'unsupported' | 'note';
  /** Absolute path. */
  readonly file: string;
  /** Byte where the damaged block or record starts. */
  readonly offset: number | undefined;
  readonly reason: string;
  readonly consequence: Consequence;
  readonly missing: readonly MissingKeys[];
  /** Operations that RocksDB drops or lacks, by their sequence numbers; the last is not known where a log just ends. */
  readonly sequences: { readonly first: number; readonly last: number | undefined } | undefined;
}

/** Takes findings as they are made. */
export type Found = (finding: Finding) => void;

type Optional = 'offset' | 'missing' | 'sequences';

/** A finding of which only what is known is given. */
export function finding(
  facts: Omit<Finding, Optional> & Partial<Pick<Finding, Optional>>,
): Finding {
  return { offset: undefined, missing: [], sequences: undefined, ...facts };
}
