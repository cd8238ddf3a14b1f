// dist/code.js: the parser with its grammar, 900 KB, loaded when somebody asks what code keeps.

import { PythonGrammar } from './pythonTree';
import { SourceReader } from './sourceUses';

/** Loads the grammar; what it gives reads one file at a time. */
export async function openCodeReader(): Promise<Pick<SourceReader, 'read'>> {
  return new SourceReader(await PythonGrammar.load());
}
