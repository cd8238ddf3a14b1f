import { isUtf8 } from 'node:buffer';
import { printable, pythonBytes } from '../../quixstreams/index';
import type { Inspection } from '../../rocksdb/index';
import { bytesText, countText, timeText } from '../quantities';
import { textTable } from './textTable';

/** Longest key in a listing, in bytes. */
const longestKey = 40;

/** What inspectDatabase tells, as text for people: lines without their ends. */
export function inspectionText(found: Inspection): string[] {
  const version = found.rocksdbVersion === undefined ? '' : ` ${printable(found.rocksdbVersion)}`;
  const files = [`${found.manifest.name} (${bytesText(found.manifest.size)})`];
  if (found.optionsFile !== undefined) files.push(found.optionsFile);
  return [
    printable(found.directory),
    `RocksDB${version} · ${bytesText(found.bytes)} · ${files.join(' · ')} · sequence ${found.lastSequence} in the MANIFEST`,
    ...found.problems.map((problem) => `Damaged: ${printable(problem.message)}`),
    ...section('Column families', familyLines(found)),
    ...section('Tables', tableLines(found)),
    ...section('Write-ahead logs', logLines(found)),
    ...section('Other files', otherLines(found)),
    ...section('Options', optionLines(found)),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function familyLines({ columnFamilies }: Inspection): string[] {
  return textTable(
    [
      { heading: 'id', right: true },
      { heading: 'name' },
      { heading: 'tables', right: true },
      { heading: 'size', right: true },
      { heading: 'entries in them', right: true },
      { heading: 'logs from' },
      { heading: 'order' },
    ],
    columnFamilies.map((family) => [
      String(family.id),
      printable(family.name),
      countText(family.tables),
      bytesText(family.tableBytes),
      countText(family.entries),
      String(family.logNumber).padStart(6, '0'),
      family.comparator === 'leveldb.BytewiseComparator' ? '' : printable(family.comparator),
    ]),
  );
}

function tableLines({ tables }: Inspection): string[] {
  if (tables.length === 0) return ['none: all is in the write-ahead logs'];
  const rows = tables.map(({ facts, error, ...table }) => [
    printable(table.columnFamily),
    `L${table.level}`,
    table.name,
    bytesText(table.size),
    facts === undefined ? '' : countText(facts.entries),
    facts === undefined ? '' : deletionsText(facts.deletions, facts.rangeDeletions),
    `${shortKey(table.smallest)} … ${shortKey(table.largest)}`,
    table.smallestSequence === table.largestSequence
      ? String(table.smallestSequence)
      : `${table.smallestSequence}-${table.largestSequence}`,
    facts === undefined ? '' : formatText(facts),
    facts?.createdMs === undefined ? '' : timeText(facts.createdMs),
    error === undefined
      ? ''
      : `${error.code === 'unsupported' ? 'Unsupported' : 'Damaged'}: ${printable(error.reason)}`,
  ]);
  return textTable(
    [
      { heading: 'column family' },
      { heading: 'level' },
      { heading: 'file' },
      { heading: 'size', right: true },
      { heading: 'entries', right: true },
      { heading: 'deletions', right: true },
      { heading: 'keys' },
      { heading: 'sequences' },
      { heading: 'format' },
      { heading: 'created' },
      { heading: '' },
    ],
    rows,
  );
}

function deletionsText(deletions: number, ranges: number): string {
  if (deletions === 0) return '';
  return ranges === 0
    ? countText(deletions)
    : `${countText(deletions)} (${countText(ranges)} ranges)`;
}

/** `6 LZ4 XXH3 bloomfilter` */
function formatText(facts: NonNullable<Inspection['tables'][number]['facts']>): string {
  const { formatVersion, compression = '', checksum, filter = 'no filter' } = facts;
  return printable(
    [String(formatVersion), compression, checksum, filter].filter(Boolean).join(' '),
  );
}

function logLines({ logs, columnFamilies, walDirectory, directory }: Inspection): string[] {
  const all = columnFamilies.length;
  const lines = textTable(
    [
      { heading: 'file' },
      { heading: 'size', right: true },
      { heading: 'last write' },
      { heading: 'kept by' },
    ],
    logs.map(({ name, size, modifiedMs, keptBy }) => [
      name,
      bytesText(size),
      timeText(modifiedMs),
      keptBy.length === 0
        ? 'none: RocksDB deletes it when it opens the store'
        : keptBy.length === all
          ? 'all'
          : printable(keptBy.join(', ')),
    ]),
  );
  return walDirectory === directory ? lines : [`in ${printable(walDirectory)}`, ...lines];
}

function otherLines({ otherFiles }: Inspection): string[] {
  return textTable(
    [{ heading: 'file' }, { heading: 'size', right: true }],
    otherFiles.map(({ name, size }) => [printable(name), bytesText(size)]),
  );
}

/** Those of the database, then those that all column families share, then each one's own. */
function optionLines({ options, columnFamilies }: Inspection): string[] {
  const [first, ...others] = columnFamilies.map((family) => Object.entries(family.options));
  const shared = (first ?? []).filter(([name, value]) =>
    others.every((entries) => entries.some(([key, other]) => key === name && other === value)),
  );
  const line = ([name, value]: [string, string]) => `${name}=${printable(value)}`;
  const own = columnFamilies.flatMap((family) =>
    Object.entries(family.options)
      .filter(([name]) => !shared.some(([key]) => key === name))
      .map((entry) => `${printable(family.name)}: ${line(entry)}`),
  );
  return [...Object.entries(options), ...shared].map(line).concat(own);
}

/** A key as it is stored, as text where it is text, else as a Python literal; cut where it is long. */
export function shortKey(key: Uint8Array, longest = longestKey): string {
  const head = key.subarray(0, longest);
  const text = isUtf8(head) ? Buffer.from(head).toString('utf8') : undefined;
  const shown =
    text !== undefined && text !== '' && printable(text) === text ? text : pythonBytes(head);
  return head.length < key.length ? `${shown}…` : shown;
}
