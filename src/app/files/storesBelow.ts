import { opendir } from 'node:fs/promises';
import path from 'node:path';
import { isSkipped } from '../../statefolder/index';

/** How deep stores are looked for. */
const deepest = 16;
/** Files of which one at least is left of a damaged store. Tables alone may be those of a store elsewhere. */
const ofStore = /^(?:CURRENT|MANIFEST-\d+)$/;

/**
 * The folders at and below `root` that are a RocksDB, or were one: any store of any state folder. Links
 * are not followed, nor folders of tools looked into. By name, numbers in it as numbers.
 * @throws what the operating system says of `root` itself
 */
export async function storesBelow(root: string, signal: AbortSignal): Promise<string[]> {
  const found: string[] = [];
  let level = [root];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      signal.throwIfAborted();
      const inside = await look(folder).catch((error: unknown) => {
        if (depth === 0) throw error;
        return { isStore: false, folders: [] }; // not ours to read, or gone meanwhile
      });
      if (inside.isStore) found.push(folder);
      else next.push(...inside.folders);
    }
    level = next;
  }
  const { compare } = new Intl.Collator('en', { numeric: true });
  return found.sort(compare);
}

async function look(folder: string): Promise<{ isStore: boolean; folders: string[] }> {
  const folders: string[] = [];
  let isStore = false;
  for await (const entry of await opendir(folder)) {
    if (entry.isFile() && ofStore.test(entry.name)) isStore = true;
    if (entry.isDirectory() && !isSkipped(entry.name)) folders.push(path.join(folder, entry.name));
  }
  return { isStore, folders };
}
