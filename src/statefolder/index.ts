export { scanStateFolder } from './scan';
export { findStateFolders, isSkipped } from './find';
export { StateFolderWatcher, type FolderEvent } from './watcher';
export type { VisiblePartition } from './walPoll';
export { watchMode, type WatchMode } from './watchMode';
export { PartitionReader, type PartitionUpdate } from './partitionReader';
export { lockHolder } from './lock';
export { fileSystemOf, fileSystemOn } from './fileSystem';
export { Emitter, type Disposable } from './events';
export type { WalkOptions } from './directory';
export { isInside, isNetworkPath } from './realPath';
export { partitionsOf } from './stateFolder';
export type {
  ConsumerGroup,
  DatabaseEntry,
  FileEntry,
  FolderEntry,
  LinkEntry,
  Partition,
  StateFolder,
  Store,
  Stream,
  SubfolderEntry,
  UnreadableEntry,
} from './stateFolder';
