// Python by tree-sitter: a parser that finds its way in unfinished code, too. `tree-sitter-python` ships its grammar as
// WebAssembly, `web-tree-sitter` the runtime; both are MIT, and both go into dist/code.js, so that nothing is looked for on
// disk and no native module is built.

import grammar from 'tree-sitter-python/tree-sitter-python.wasm';
import { Language, Parser, Query, type Tree } from 'web-tree-sitter';
import runtime from 'web-tree-sitter/web-tree-sitter.wasm';

/** What parsing one file may take, and looking at its tree; ordinary files take 1 to 5. */
const longestMs = 2000;

/** Python's grammar, ready to parse. One is made for a process and kept. */
export class PythonGrammar {
  private constructor(
    private readonly parser: Parser,
    private readonly language: Language,
  ) {}

  static async load(): Promise<PythonGrammar> {
    const wasmBinary = runtime as Uint8Array<ArrayBuffer>;
    await Parser.init({ wasmBinary, locateFile: (file: string) => file }); // it asks where, and does not look there
    const language = await Language.load(grammar);
    const parser = new Parser();
    parser.setLanguage(language);
    return new PythonGrammar(parser, language);
  }

  /** A query in tree-sitter's language. */
  query(text: string): Query {
    return new Query(this.language, text);
  }

  /** Reads a text and frees its tree; undefined where parsing takes too long. `isOver` tells whether time is up. */
  read<T>(text: string, look: (tree: Tree, isOver: () => boolean) => T): T | undefined {
    const end = performance.now() + longestMs;
    const isOver = () => performance.now() > end;
    this.parser.reset();
    const tree = this.parser.parse(text, null, { progressCallback: isOver });
    if (tree === null) return undefined;
    try {
      return look(tree, isOver);
    } finally {
      tree.delete();
    }
  }
}
