import type { StateEntry, StateValue } from '../../quixstreams/index';

/** The value that an app keeps in an entry: of a dictionary of rocksdict without the byte for its type. */
export function valueOf({ meaning, value }: StateEntry): StateValue {
  return meaning?.kind === 'dictionary' ? meaning.value.value : value;
}

/** Whether the value is the app's, not something that Quix Streams notes for itself. */
export function isOfApp({ type, meaning }: StateEntry): boolean {
  if (type === 'metadata' || type === 'ttlIndex') return false;
  switch (meaning?.kind) {
    case 'fact':
    case 'bookkeeping':
    case 'bufferIndex':
    case 'bufferQueue':
    case 'countWindows':
      return false;
    default:
      return true;
  }
}
