import { bytesText } from '../app/index';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { openStorePartition, printable, type StoreKind } from '../quixstreams/index';
import {
  findStateFolders,
  partitionsOf,
  scanStateFolder,
  type FolderEntry,
  type Partition,
  type Store,
} from '../statefolder/index';
import type { Output } from './output';
import {
  exitCodes,
  openOptions,
  reportFailure,
  reportWarnings,
  type ExitCode,
  type Report,
} from './reading';

/** A row of the tree, with the rows below it. */
interface Row {
  readonly text: string;
  readonly rows: readonly Row[];
}

const words: Record<StoreKind, string> = {
  default: 'keys',
  windowed: 'windows',
  timestamped: 'join',
  lookupBuffer: 'lookup buffer',
  dictionary: 'rocksdict dictionary',
  unknown: 'unknown',
};

/** The state folders in a directory as trees, or the partition that the directory is. */
export async function list(directory: string, output: Output, report: Report): Promise<ExitCode> {
  const listing = new Listing(directory, output, report);
  await listing.print();
  return listing.code;
}

class Listing {
  code: ExitCode = exitCodes.ok;

  constructor(
    private readonly directory: string,
    private readonly output: Output,
    private readonly report: Report,
  ) {}

  async print(): Promise<void> {
    const root = path.resolve(this.directory);
    if (await stat(path.join(root, 'CURRENT')).catch(() => undefined)) {
      await this.output.line(`${name(this.directory)}  ${await this.facts(root)}`);
      return;
    }
    const signal = this.output.closed;
    const folders = await findStateFolders(root, { candidates: [], signal });
    if (folders.length === 0) this.report(`no state folder in ${name(this.directory)}`);
    for (const folder of folders)
      await this.folder(folder, path.join(this.directory, path.relative(root, folder)));
  }

  private async folder(folder: string, shownAs: string): Promise<void> {
    const options = { followLinks: false, signal: this.output.closed };
    const scanned = await scanStateFolder(folder, options);
    const stores = scanned.groups.reduce((count, group) => count + group.stores.length, 0);
    const bytes = partitionsOf(scanned).reduce((sum, partition) => sum + partition.bytes, 0);
    const size = `${stores} ${stores === 1 ? 'store' : 'stores'} · ${bytesText(bytes)}`;
    await this.output.line(`${name(shownAs)}  ${size}`);
    const rows: Row[] = [];
    for (const group of scanned.groups) {
      const below: Row[] = [];
      for (const store of group.stores) below.push(await this.store(store));
      rows.push({ text: name(group.name), rows: [...below, ...group.others.map(otherRow)] });
    }
    await this.rows([...rows, ...scanned.others.map(otherRow)], '');
  }

  private async store({ name: storeName, streams, others }: Store): Promise<Row> {
    const rows: Row[] = [];
    for (const stream of streams) {
      const below: Row[] = [];
      for (const partition of stream.partitions) below.push(await this.partition(partition));
      if (stream.id === undefined) rows.push(...below);
      else rows.push({ text: name(stream.id), rows: [...below, ...stream.others.map(otherRow)] });
    }
    return { text: name(storeName), rows: [...rows, ...others.map(otherRow)] };
  }

  private async partition({ number, path, halfMade, bytes }: Partition): Promise<Row> {
    const facts = halfMade ? 'not a store' : await this.facts(path);
    return { text: `${number}  ${facts} · ${bytesText(bytes)}`, rows: [] };
  }

  /** `keys · TTL · changelog offset 14` */
  private async facts(directory: string): Promise<string> {
    try {
      const options = openOptions(directory, this.output.closed);
      const partition = await openStorePartition(directory, options);
      try {
        await reportWarnings(partition.database, this.report);
        const facts = [words[partition.kind]];
        if (partition.ttl) facts.push('TTL');
        const { changelogOffset } = partition;
        if (changelogOffset !== undefined) facts.push(`changelog offset ${changelogOffset}`);
        return facts.join(' · ');
      } finally {
        await partition.close();
      }
    } catch (error) {
      this.output.closed.throwIfAborted();
      const code = reportFailure(error, directory, this.report);
      if (this.code !== exitCodes.damaged) this.code = code;
      return code === exitCodes.unsupported ? 'unsupported' : 'damaged';
    }
  }

  private async rows(rows: readonly Row[], indent: string): Promise<void> {
    for (const [index, row] of rows.entries()) {
      const last = index === rows.length - 1;
      await this.output.line(`${indent}${last ? '└─' : '├─'} ${row.text}`);
      await this.rows(row.rows, indent + (last ? '   ' : '│  '));
    }
  }
}

const name = (text: string) => printable(text);

function otherRow(entry: FolderEntry): Row {
  switch (entry.kind) {
    case 'file':
      return { text: `${name(entry.name)}  ${bytesText(entry.bytes)}`, rows: [] };
    case 'folder':
      return { text: `${name(entry.name)}/`, rows: entry.entries.map(otherRow) };
    case 'database':
      return { text: `${name(entry.name)}  RocksDB · ${bytesText(entry.bytes)}`, rows: [] };
    case 'link':
      return { text: `${name(entry.name)} -> ${name(entry.target ?? '?')}`, rows: [] };
    case 'unreadable':
      return { text: `${name(entry.name)}  not readable`, rows: [] };
  }
}
