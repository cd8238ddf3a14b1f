export { openStorePartition } from './storePartition';
export type {
  Page,
  PageOptions,
  PartitionChange,
  PartitionRow,
  StorePartition,
} from './storePartition';
export type { StateEntry } from './stateEntry';
export type { MessageKey } from './messageKeys';
export type { DecodedKey } from './keys';
export type { StateValue } from './values';
export type { StoreKind } from './columnFamilies';
export type { TimeToLive } from './ttl';
export { metadataColumnFamily } from './metadata';
export { jsonLine, keyText, printable, pythonBytes, valueText } from './text';
