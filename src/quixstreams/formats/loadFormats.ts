import { pathToFileURL } from 'node:url';
import type { ValueFormats } from './valueFormat';

/** The formats. They are in a file of their own, `modulePath`, for the libraries that read them are not small. */
export async function loadFormats(modulePath: string): Promise<ValueFormats> {
  const module = (await import(pathToFileURL(modulePath).href)) as { formats: ValueFormats };
  return module.formats;
}
