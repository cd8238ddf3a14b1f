import path from 'node:path';
import { printable } from '../../quixstreams/index';
import {
  CorruptionError,
  FileGoneError,
  NotADatabaseError,
  RocksDBError,
  UnsupportedFormatError,
} from '../../rocksdb/index';
import type { Translate } from '../translate';

/** What a partition's row says of an error, in few words, with shape and colour. */
export interface ErrorWords {
  readonly text: string;
  readonly icon: string;
  readonly color: string | undefined;
}

/** `damaged: 000012.sst`, `unsupported: compression xpress`. The sentence is in the tooltip and below the row. */
export function errorWords(error: unknown, t: Translate): ErrorWords {
  const red = 'errorForeground';
  if (error instanceof CorruptionError) {
    const file = printable(path.basename(error.file));
    return { text: t('damaged: {0}', file), icon: 'error', color: red };
  }
  if (error instanceof UnsupportedFormatError) {
    const text = t('unsupported: {0}', printable(error.reason));
    return { text, icon: 'circle-slash', color: undefined };
  }
  if (error instanceof NotADatabaseError) {
    return { text: t('not a store'), icon: 'circle-slash', color: undefined };
  }
  if (error instanceof FileGoneError) {
    return { text: t('removed'), icon: 'circle-outline', color: 'disabledForeground' };
  }
  const text = error instanceof RocksDBError && error.code === 'access';
  return { text: text ? t('no permission') : t('not readable'), icon: 'error', color: red };
}
