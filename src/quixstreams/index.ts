export { openStorePartition } from './storePartition';
export type {
  Page,
  PageOptions,
  PartitionChange,
  PartitionRow,
  StorePartition,
  WindowOptions,
} from './storePartition';
export type { Meaning, StateEntry } from './stateEntry';
export type { MessageKey } from './messageKeys';
export type { DecodedKey } from './keys';
export { decodeValue, type StateValue } from './values';
export type { StoreKind } from './storeKind';
export type { WindowKind } from './windowKind';
export type { Window } from './windows';
export { aggregatorOfName, type Aggregation } from './aggregations';
export type { CollectedValue } from './collectedValues';
export type { TimestampedEntry } from './timestamped';
export { bufferPrefix, bufferRanges, type Envelope } from './lookupBuffer';
export { streamOrigin, type StreamOrigin } from './streamId';
export type { TimeToLive } from './ttl';
export type { TtlMigration } from './ttlMigration';
export { metadataColumnFamily, type PartitionFact } from './metadata';
export type { BookkeepingFact } from './bookkeeping';
export { dictionaryKeysOf, type DictionaryPart } from './dictionary';
export { pairStart } from './integerPairKeys';
export { cutText, jsonLine, keyText, printable, pythonBytes, valueText } from './text';
export { loadFormats } from './formats/loadFormats';
export { DecodingThread, type DecodingModules } from './formats/decodingThread';
export type { DecodedDocument, DecodedLine, DecodingAnswers } from './formats/decodingMessages';
export { FormatError, isFormatError, type FormatErrorCode } from './formats/formatError';
export type {
  Compression,
  DecodedText,
  DecodedValue,
  FormatFacts,
  FormatId,
  Schema,
  ValueFormats,
} from './formats/valueFormat';
export { filterOfKey, FilterError, parseFilter, type KeyFilter } from './filter/keyFilter';
export type { FilteredOptions, FilteredPage, FilteredPartition } from './filter/filteredPartition';
export { loadPatterns } from './filter/loadPatterns';
export { kafkaKeyOf, partitionOf } from './partitioner';
export type { CompilePattern } from './filter/patterns';
