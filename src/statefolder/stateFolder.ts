// A state folder as it lies on disk (quixstreams/state/manager.py, state/rocksdb/store.py):
//
//   <state dir>/<consumer group>/<store>/<stream id>/<partition>/    one RocksDB
//
// A stream id is a topic, several joined by `--`, or a repartition topic. Some stores have no such
// level: <store>/<partition>. Beside and between lies whatever the app puts there.

export interface StateFolder {
  /** Absolute. */
  readonly path: string;
  readonly groups: readonly ConsumerGroup[];
  readonly others: readonly FolderEntry[];
}

export interface ConsumerGroup {
  readonly name: string;
  readonly path: string;
  readonly stores: readonly Store[];
  readonly others: readonly FolderEntry[];
}

export interface Store {
  readonly name: string;
  readonly path: string;
  readonly streams: readonly Stream[];
  readonly others: readonly FolderEntry[];
}

export interface Stream {
  /** undefined: the store has no such level. */
  readonly id: string | undefined;
  readonly path: string;
  readonly partitions: readonly Partition[];
  readonly others: readonly FolderEntry[];
}

export interface Partition {
  readonly number: number;
  readonly path: string;
  /** No CURRENT: being made, or half deleted. */
  readonly halfMade: boolean;
  /** Bytes of the files in it. */
  readonly bytes: number;
}

/** What is no part of a store: files of the app's own, mostly. */
export type FolderEntry = FileEntry | SubfolderEntry | DatabaseEntry | LinkEntry | UnreadableEntry;

export interface FileEntry {
  readonly kind: 'file';
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
  /** ms since epoch */
  readonly modifiedMs: number;
}

export interface SubfolderEntry {
  readonly kind: 'folder';
  readonly name: string;
  readonly path: string;
  readonly entries: readonly FolderEntry[];
}

/** A RocksDB of the app's own, outside of the layout. */
export interface DatabaseEntry {
  readonly kind: 'database';
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** A link that is not followed: it dangles, goes round in a loop, or leads out of the folder. */
export interface LinkEntry {
  readonly kind: 'link';
  readonly name: string;
  readonly path: string;
  /** What the link says; undefined where that cannot be read. */
  readonly target: string | undefined;
}

/** A folder or file that the operating system does not let us read. */
export interface UnreadableEntry {
  readonly kind: 'unreadable';
  readonly name: string;
  readonly path: string;
  readonly cause: unknown;
}

/** All partitions of a state folder, in the order of its tree. */
export function partitionsOf(folder: StateFolder): Partition[] {
  return folder.groups.flatMap((group) =>
    group.stores.flatMap((store) => store.streams.flatMap((stream) => stream.partitions)),
  );
}
