import type { PagedRows } from './pagedRows';
import type { Application } from '../../app/index';
import type { Used } from '../run/appRun';
import type { RunStatus } from '../run/runStatus';
import type {
  DecodedKey,
  KeyFilter,
  MessageKey,
  StateEntry,
  StoreKind,
  StreamOrigin,
  TimeToLive,
  TtlMigration,
  WindowKind,
} from '../../quixstreams/index';
import type {
  ConsumerGroup,
  FolderEntry,
  Partition,
  StateFolder,
  Store,
  Stream,
} from '../../statefolder/index';
import type { Kept, ShownJoinEntry, ShownValue, ShownWindow } from './shownValues';

/** What a row's mark says for three seconds after its value changed on disk. */
export interface ChangeMark {
  readonly change: 'new' | 'changed' | 'deleted';
  /** one-line value texts, as rows show them */
  readonly from?: string;
  readonly to?: string;
}

interface Row {
  /** stable over rescans and restarts: VS Code keeps expansion and selection by it */
  readonly id: string;
  parent: StateNode | undefined;
  /** whether the row is open: what is below a closed row is not read again when it changes */
  expanded: boolean;
  /** whether VS Code opens it when it is shown for the first time */
  opensAtFirst: boolean;
}

export interface AppNode extends Row {
  readonly kind: 'app';
  app: Application;
  folders: StateNode[];
  run: RunStatus;
  /** what our run of it uses, as its log says */
  uses: readonly Used[];
}

export interface StateFolderNode extends Row {
  readonly kind: 'stateFolder';
  folder: StateFolder;
  label: string;
  /** by Open State Folder... */
  added: boolean;
  children: StateNode[];
}

export interface GroupNode extends Row {
  readonly kind: 'group';
  group: ConsumerGroup;
  /** the state folder's label when this is its only group and stands for both */
  joined: { folder: StateFolder; label: string; added: boolean } | undefined;
  children: StateNode[];
}

export interface StoreNode extends Row {
  readonly kind: 'store';
  store: Store;
  /** the kind of its partitions, once one was read */
  storeKind: StoreKind | undefined;
  /** which windows it has, where partitions tell */
  windows: WindowKind | undefined;
  /** only what it lets through is shown below; for the window's life */
  filter?: KeyFilter | undefined;
  children: StateNode[];
}

export interface StreamNode extends Row {
  readonly kind: 'stream';
  stream: Stream;
  /** what its name says, where that is more than a topic */
  named: StreamOrigin | undefined;
  children: StateNode[];
}

/** What a partition's row says of its RocksDB, as of the last read. */
export interface PartitionInfo {
  readonly kind: StoreKind;
  readonly windows: WindowKind | undefined;
  readonly changelogOffset: bigint | undefined;
  /** undefined in stores without TTL */
  readonly ttl: TimeToLive | undefined;
  /** undefined where there were no values before TTL */
  readonly ttlMigration: TtlMigration | undefined;
  readonly columnFamilies: readonly string[];
  readonly tables: number;
  readonly walBytes: number;
  readonly walDirectory: string;
  readonly rocksdbVersion: string | undefined;
  readonly lastCheckpointMs: number | undefined;
  readonly warnings: readonly Error[];
}

/** Why a partition counts as live, in words of its tooltip. */
export type LiveReason =
  { readonly kind: 'run' } | { readonly kind: 'lock'; pid: number } | { readonly kind: 'growing' };

/** Whose a live partition is, where its state folder has several users. */
export type Owner =
  | { readonly kind: 'replica'; /** from 1 */ readonly number: number }
  | { readonly kind: 'process'; readonly pid: number };

/** How a partition came by its state when the app that runs was started. */
export type Origin =
  | {
      readonly kind: 'kept';
      /** changelog offset on disk before */ readonly before: bigint | undefined;
    }
  | {
      readonly kind: 'recovered';
      readonly before: bigint | undefined;
      /** changelog offset when that was seen */
      readonly after: bigint | undefined;
    };

export interface PartitionNode extends Row {
  readonly kind: 'partition';
  readonly path: string;
  partition: Partition;
  streamId: string | undefined;
  /** what the stream's name says, where that is more than a topic */
  named: StreamOrigin | undefined;
  /** of a RocksDB of the app's own, outside of stores: what its folder is called */
  readonly ownName: string | undefined;
  storeName: string;
  /** as that of a store, in whose place it counts */
  filter?: KeyFilter | undefined;
  info: PartitionInfo | undefined;
  error: unknown;
  live: LiveReason | undefined;
  owner: Owner | undefined;
  origin: Origin | undefined;
  /** its folder is gone; the row goes ten seconds later */
  removed: boolean;
}

/** What a row of a partition is read from. */
export type RowItem = MessageKey | ShownValue;
/** Rows that carry marks: those of a partition that come and go with what is written. */
export type ListedNode = MessageKeyNode | ValueNode;
/** Rows of a partition that are read together. */
export type RowList = PagedRows<RowItem, ListedNode>;

export interface MessageKeyNode extends Row {
  readonly kind: 'messageKey';
  readonly partition: PartitionNode;
  messageKey: MessageKey;
  mark: ChangeMark | undefined;
  entries: RowList | undefined;
}

export interface EntryNode extends Row {
  readonly kind: 'entry';
  readonly partition: PartitionNode;
  /** of a large value only the beginning: rows show no more, and a page has a hundred of them */
  entry: StateEntry;
  /** of the whole value */
  size: number;
  /** of the whole value, where `entry` has only its beginning */
  digest: string | undefined;
  mark: ChangeMark | undefined;
}

export interface WindowNode extends Row, ShownWindow, Kept {
  readonly partition: PartitionNode;
  readonly messageKey: DecodedKey;
  mark: ChangeMark | undefined;
}

export interface JoinEntryNode extends Row, ShownJoinEntry, Kept {
  readonly partition: PartitionNode;
  readonly messageKey: DecodedKey;
  mark: ChangeMark | undefined;
}

/** Rows that have a value. */
export type ValueNode = EntryNode | WindowNode | JoinEntryNode;

/** Entries of one column family that is not `default`, or of a part of it that is named. */
export interface ColumnFamilyNode extends Row {
  readonly kind: 'columnFamily';
  readonly partition: PartitionNode;
  readonly name: string;
  /** keys of `default` from one on, and before another */
  readonly range: { readonly from: Uint8Array; readonly to: Uint8Array } | undefined;
  entries: RowList | undefined;
}

export interface MetadataNode extends Row {
  readonly kind: 'metadata';
  readonly partition: PartitionNode;
  entries: RowList | undefined;
}

/** Column families in which Quix Streams keeps what it needs itself. */
export interface InternalsNode extends Row {
  readonly kind: 'internals';
  readonly partition: PartitionNode;
  families: readonly ColumnFamilyNode[];
}

export interface FileNode extends Row {
  readonly kind: 'file';
  entry: FolderEntry;
}

export interface FolderNode extends Row {
  readonly kind: 'folder';
  entry: Extract<FolderEntry, { kind: 'folder' }>;
  children: StateNode[];
}

/** Stands for the rows of `rows` that are not loaded yet. */
export interface MoreNode extends Row {
  readonly kind: 'more';
  readonly list: RowList;
}

export interface NoticeNode extends Row {
  readonly kind: 'notice';
  text: string;
  /** false: nothing is wrong */
  readonly warns: boolean;
}

export type StateNode =
  | AppNode
  | StateFolderNode
  | GroupNode
  | StoreNode
  | StreamNode
  | PartitionNode
  | MessageKeyNode
  | ValueNode
  | ColumnFamilyNode
  | MetadataNode
  | InternalsNode
  | FileNode
  | FolderNode
  | MoreNode
  | NoticeNode;

/** Lower-case hex, for ids. */
export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

export function entryId(partition: string, columnFamily: string, rawKey: Uint8Array): string {
  return `entry:${partition}#${columnFamily}#${hex(rawKey)}`;
}

/** `index` tells those apart that are in one entry. */
export function windowId(partition: string, rawKey: Uint8Array, index: number | undefined): string {
  return `window:${partition}#${hex(rawKey)}${index === undefined ? '' : `#${index}`}`;
}

export function joinEntryId(partition: string, rawKey: Uint8Array): string {
  return `joinEntry:${partition}#${hex(rawKey)}`;
}

export function messageKeyId(partition: string, prefix: Uint8Array): string {
  return `messageKey:${partition}#${hex(prefix)}`;
}

/** Whether a row is on screen as far as its parents are open. */
export function isShown(node: StateNode): boolean {
  for (let above = node.parent; above !== undefined; above = above.parent) {
    if (!above.expanded) return false;
  }
  return true;
}

/** The folder or file that a row stands for, if any. */
export function pathOf(node: StateNode): string | undefined {
  switch (node.kind) {
    case 'app':
      return node.app.folder;
    case 'stateFolder':
      return node.folder.path;
    case 'group':
      return node.group.path;
    case 'store':
      return node.store.path;
    case 'stream':
      return node.stream.path;
    case 'partition':
      return node.path;
    case 'messageKey':
    case 'entry':
    case 'window':
    case 'joinEntry':
    case 'columnFamily':
    case 'metadata':
    case 'internals':
      return node.partition.path;
    case 'file':
    case 'folder':
      return node.entry.path;
    case 'more':
    case 'notice':
      return undefined;
  }
}
