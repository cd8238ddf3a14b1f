import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { FormatError, printable, type Schema } from '../../quixstreams/index';
import type { OpenedAs } from './openedAs';

/** No schema is larger. */
const mostBytes = 1_000_000;
/** Files whose content is kept. */
const mostKept = 20;

/** A schema's text, or a descriptor set. */
export type SchemaContent = Schema['schema'];

/** The schema files that formats were chosen with: read when they are needed, and again when they have changed. */
export class SchemaFiles {
  readonly #kept = new Map<string, { readonly version: string; readonly content: SchemaContent }>();

  /** @throws FormatError where there is no such file, or it is too large */
  async schemaOf({ schema, message }: OpenedAs): Promise<Schema | undefined> {
    if (schema === undefined) return undefined;
    const content = await this.read(schema);
    return message === undefined ? { schema: content } : { schema: content, message };
  }

  /** The content of a schema file. @throws FormatError */
  async read(file: string): Promise<SchemaContent> {
    const name = printable(path.basename(file));
    try {
      // Asked before it is opened: to open a pipe waits for its writer.
      const stats = await stat(file);
      const { size, mtimeMs } = stats;
      if (!stats.isFile()) throw new FormatError('schema', `${name} is no file`);
      if (size > mostBytes) throw new FormatError('schema', `${name} is too large`);
      const version = `${mtimeMs} ${size}`;
      const kept = this.#kept.get(file);
      if (kept?.version === version) return kept.content;
      const content = contentOf(file, await readFile(file));
      if (this.#kept.size >= mostKept) this.#kept.clear();
      this.#kept.set(file, { version, content });
      return content;
    } catch (error) {
      if (error instanceof FormatError) throw error;
      throw new FormatError('schema', `${name} cannot be read`, undefined, { cause: error });
    }
  }
}

/** `.avsc` and `.proto` are text, all else is a descriptor set. */
function contentOf(file: string, bytes: Uint8Array): SchemaContent {
  return /\.(avsc|json|proto)$/i.test(file) ? new TextDecoder().decode(bytes) : bytes;
}
