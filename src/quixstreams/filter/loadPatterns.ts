import { pathToFileURL } from 'node:url';
import type { CompilePattern } from './patterns';

/** The compiler of regular expressions, which is in a file of its own, `modulePath`. */
export async function loadPatterns(modulePath: string): Promise<CompilePattern> {
  const module = (await import(pathToFileURL(modulePath).href)) as {
    compilePattern: CompilePattern;
  };
  return module.compilePattern;
}
