import type { FolderEntry, StateFolder } from '../../statefolder/index';

function bytesOfEntries(entries: readonly FolderEntry[]): number {
  return entries.reduce((sum, entry) => {
    if (entry.kind === 'folder') return sum + bytesOfEntries(entry.entries);
    return sum + ('bytes' in entry ? entry.bytes : 0);
  }, 0);
}

/** Bytes of a state folder: its partitions and all else in it. */
export function bytesOfFolder(folder: StateFolder): number {
  let sum = bytesOfEntries(folder.others);
  for (const group of folder.groups) {
    sum += bytesOfEntries(group.others);
    for (const store of group.stores) {
      sum += bytesOfEntries(store.others);
      for (const stream of store.streams) {
        sum += bytesOfEntries(stream.others);
        for (const partition of stream.partitions) sum += partition.bytes;
      }
    }
  }
  return sum;
}
