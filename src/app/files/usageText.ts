import path from 'node:path';
import { printable } from '../../quixstreams/index';
import { messageFor } from '../errorMessages';
import { bytesText } from '../quantities';
import type { DiskUsage } from './diskUsage';
import { textTable } from './textTable';

/** What Quix Cloud keeps for a service at most: quix.io/docs, "State management". */
const quixCloudLimit = 100e9;
const mostRows = 1000;
const mostFiles = 20;
const barLength = 24;

/** What takes up a state folder, as text for people: lines without their ends. */
export function usageText(usage: DiskUsage): string[] {
  const { databases, files, problems } = usage;
  const ofFiles = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const kinds: [string, number][] = [
    ['tables', databases.tables],
    ['write-ahead logs', databases.logs],
    ['left behind or being made', databases.unused],
    ["RocksDB's own log", databases.infoLogs],
    ["the rest of RocksDB's files", databases.rest],
    ["files of the app's own", ofFiles],
  ];
  return [
    `${printable(usage.path)}: ${bytesText(usage.bytes)}`,
    ...limits(usage),
    ...section('By store', usage, usage.rows.map(indented)),
    ...section(
      'By kind of file',
      usage,
      kinds.filter(([, bytes]) => bytes > 0),
    ),
    ...section("Largest files of the app's own", usage, largestFiles(usage)),
    ...problems.flatMap(({ path: at, error }) => ['', messageFor(error, at).text]),
  ];
}

function limits({ bytes, disk }: DiskUsage): string[] {
  const lines = [
    `Of ${bytesText(quixCloudLimit)} that Quix Cloud keeps: ${share(bytes, quixCloudLimit)}`,
  ];
  if (disk)
    lines.push(`Free on this disk: ${bytesText(disk.freeBytes)} of ${bytesText(disk.bytes)}`);
  return lines;
}

const indented = ({ name, depth, bytes }: DiskUsage['rows'][number]): [string, number] => [
  `${'  '.repeat(depth)}${printable(name)}`,
  bytes,
];

function largestFiles({ path: folder, files }: DiskUsage): [string, number][] {
  const largest = files.filter(({ bytes }) => bytes > 0).slice(0, mostFiles);
  return largest.map((file) => [printable(path.relative(folder, file.path)), file.bytes]);
}

function section(title: string, usage: DiskUsage, rows: readonly [string, number][]): string[] {
  if (rows.length === 0) return [];
  const columns = [
    { heading: title },
    { heading: 'size', right: true },
    { heading: 'share', right: true },
    { heading: '' },
  ];
  const lines = rows
    .slice(0, mostRows)
    .map(([name, bytes]) => [name, bytesText(bytes), share(bytes, usage.bytes), bar(bytes, usage)]);
  const more = rows.length > mostRows ? [`and ${rows.length - mostRows} more`] : [];
  return ['', ...textTable(columns, lines), ...more];
}

function share(bytes: number, whole: number): string {
  if (whole === 0 || bytes === 0) return '0 %';
  const percent = (bytes / whole) * 100;
  return percent < 1 ? '< 1 %' : `${Math.round(percent)} %`;
}

/** As long as its share; what is there at all is seen. */
function bar(bytes: number, { bytes: whole }: DiskUsage): string {
  if (bytes === 0) return '';
  return '█'.repeat(Math.max(1, Math.round((bytes / whole) * barLength)));
}
