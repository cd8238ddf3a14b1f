import path from 'node:path';
import { parseFileName } from '../filenames';
import type { FileSet } from '../inspect/fileSet';
import { finding, type Found } from './finding';

/** What RocksDB and rocksdict put beside their numbered files. */
const known =
  /^(?:CURRENT|IDENTITY|LOCK|LOG(?:\.old\.\d+)?|rocksdict-config\.json|archive|OPTIONS-\d+(?:\.dbtmp)?)$/;

/**
 * Tells of files that nobody needs, of those that RocksDB makes anew (nothing is lost by either), and of
 * those that are not verified.
 */
export function tellFiles({ directory, names, manifest, tables }: FileSet, found: Found): void {
  const note = (name: string, reason: string) =>
    found(
      finding({ kind: 'note', file: path.join(directory, name), reason, consequence: 'opens' }),
    );
  const needed = new Set(tables.map(({ meta }) => meta.number));
  for (const name of [...names].sort()) {
    const file = parseFileName(name);
    if (file?.kind === 'table' && !needed.has(file.number)) {
      note(name, 'not in the MANIFEST: being written at this moment, or left over');
    } else if (file?.kind === 'manifest' && name !== manifest.name) {
      note(name, 'a MANIFEST that is not in force: left over');
    } else if (name.endsWith('.blob')) {
      const at = path.join(directory, name);
      found(
        finding({ kind: 'unsupported', file: at, reason: 'a blob file', consequence: 'opens' }),
      );
    } else if (file === undefined && !known.test(name)) {
      note(name, 'no file of RocksDB');
    }
  }
  if (!names.includes('IDENTITY')) note('IDENTITY', 'missing: RocksDB makes it anew');
  if (!names.some((name) => parseFileName(name)?.kind === 'options')) {
    note('OPTIONS', 'missing: RocksDB writes another when it opens the store');
  }
}
