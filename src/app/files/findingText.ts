import path from 'node:path';
import { printable } from '../../quixstreams/index';
import type { Finding } from '../../rocksdb/index';
import { shortKey } from './inspectionText';

/** What happens to a store that has a finding, when RocksDB, and with it the app, opens it. */
const consequences: Record<Finding['consequence'], string> = {
  opens: 'RocksDB opens the store and lacks nothing.',
  opensWithout: 'RocksDB opens the store and does not notice.',
  dropsLogEnd: 'RocksDB opens the store without what the write-ahead logs hold from there on.',
  failsOnRead:
    'RocksDB opens the store, but each read that comes there fails, and the app with it.',
  refuses:
    'RocksDB refuses to open the store. Quix Streams then destroys it and restores it from the changelog (on_corrupted_recreate).',
  lacksFile:
    'RocksDB cannot open the store. Quix Streams tries again for a while, and then the app fails.',
  makesAnew: 'RocksDB takes this for no store, and makes an empty one in its place.',
};

/** Below a finding, in what it says next. */
const indent = '  ';

/**
 * A finding of the store at `directory` as lines of text: file, byte and what is wrong; which keys may be
 * missing; what RocksDB does with the store.
 */
export function findingLines(finding: Finding, directory: string): string[] {
  const { kind, offset, reason, consequence } = finding;
  const at = offset === undefined ? '' : ` at byte ${offset}`;
  const word = { damage: 'damaged', unsupported: 'not supported', note: 'note' }[kind];
  const relative = path.relative(directory, finding.file);
  const file = relative.startsWith('..') || relative === '' ? finding.file : relative;
  const lines = [`${word}: ${file}${at}: ${reason}`];
  // Where a log just ends, nobody knows what else was in it.
  const among = finding.sequences !== undefined && finding.sequences.last === undefined;
  for (const missing of finding.missing) {
    lines.push(`${indent}${missingText(missing, among ? ', among others' : '')}`);
  }
  if (finding.sequences !== undefined) lines.push(`${indent}${sequencesText(finding.sequences)}`);
  if (kind === 'damage') lines.push(`${indent}${consequences[consequence]}`);
  if (kind === 'unsupported') lines.push(`${indent}It is not verified.`);
  return lines.map(printable);
}

function missingText(
  { columnFamily, first, afterFirst, last }: Finding['missing'][number],
  among: string,
): string {
  const name = columnFamily === 'default' ? '' : ` of ${columnFamily}`;
  const from = first && `${afterFirst ? 'after' : 'from'} ${shortKey(first)}`;
  const to = last && `to ${shortKey(last)}`;
  const range = [from, to].filter((part) => part !== undefined).join(' ');
  return `Keys${name} that may be missing or old${among}: ${range === '' ? 'any' : range}`;
}

function sequencesText({ first, last }: NonNullable<Finding['sequences']>): string {
  if (last === undefined) return `Operations that are missing: from sequence ${first} on`;
  const count = last - first + 1;
  return count === 1
    ? `Operations that are missing: 1, sequence ${first}`
    : `Operations that are missing: ${count}, sequences ${first} to ${last}`;
}
