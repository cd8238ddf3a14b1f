import { pathToFileURL } from 'node:url';
import type { PythonSource } from '../pythonSource';
import type { openCodeReader } from './codeReader';
import type { CodeFact, CodeUse, SourceUse, SourceUses } from './codeUse';
import { CodeValues, sharedNumbers } from './codeValues';
import { windowStores } from './windowStores';

/** What was read of one file, and of which text. */
interface Known {
  readonly text: string;
  readonly uses: SourceUses;
}

/** What the code of apps has to do with state. A file is parsed again only where its text is another. */
export class CodeIndex {
  private readonly known = new Map<string, Known>();

  private constructor(private readonly reader: Awaited<ReturnType<typeof openCodeReader>>) {}

  /** Loads the parser from `modulePath`, which is dist/code.js. */
  static async load(modulePath: string): Promise<CodeIndex> {
    const module = (await import(pathToFileURL(modulePath).href)) as {
      openCodeReader: typeof openCodeReader;
    };
    return new CodeIndex(await module.openCodeReader());
  }

  /** The uses in the files of one app, which know each other's names; a file that takes too long to read has none. */
  codeOf(sources: readonly PythonSource[]): CodeUse[] {
    const all = sources.map((source) => ({ source, uses: this.usesIn(source) }));
    const shared = sharedNumbers(all.map(({ uses }) => uses));
    return all.flatMap(({ source, uses }) => {
      const values = new CodeValues(source, sources, [new Map(uses.numbers), shared]);
      return uses.uses.map((use) => ({
        file: source.file,
        range: use.range,
        ...factOf(use, values),
      }));
    });
  }

  private usesIn({ file, text, blanked }: PythonSource): SourceUses {
    const before = this.known.get(file);
    if (before?.text === text) return before.uses;
    const uses = this.reader.read(text, blanked) ?? { uses: [], numbers: [] };
    this.known.set(file, { text, uses });
    return uses;
  }
}

function factOf(use: SourceUse, values: CodeValues): CodeFact {
  switch (use.kind) {
    case 'window': {
      const { kind, window, aggregation } = use;
      const name = values.text(use.name);
      if (use.name !== undefined && (name === undefined || !('value' in name))) {
        return { kind, window, stores: [] };
      }
      const stores = windowStores({
        window,
        name: name !== undefined && 'value' in name ? name.value : undefined,
        duration: values.number(use.duration),
        step: values.number(use.step),
        aggregation,
      });
      return { kind, window, stores };
    }
    case 'groupBy':
      return { kind: use.kind, name: values.text(use.name) };
    case 'join': {
      const { kind, join, hasStore } = use;
      // quixstreams/dataframe/joins/base.py: `join` by default; a lookup's buffer has its own name
      const byDefault = join === 'lookup' ? undefined : { value: 'join' };
      const store = use.name === undefined ? byDefault : values.text(use.name);
      return { kind, join, hasStore, store: hasStore ? store : undefined };
    }
    case 'file':
      return { kind: use.kind, access: use.access, path: values.path(use.path) };
    case 'stateDir':
      return { kind: use.kind, path: values.path(use.path) };
    case 'stateKey':
      return { kind: use.kind, operation: use.operation, key: values.text(use.key) };
    case 'stateful':
      return { kind: use.kind, functionName: use.functionName };
    case 'stateFunction':
      return { kind: use.kind, functionName: use.functionName };
    case 'stateFolderVariable':
      return { kind: use.kind, variable: use.variable };
  }
}
