import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openStorePartition } from '../../quixstreams/index';
import {
  AccessError,
  CorruptionError,
  FileGoneError,
  UnsupportedFormatError,
  WalElsewhereError,
  WalMissingError,
  WalTailError,
  type RocksDBError,
} from '../../rocksdb/index';
import { lockHolder, type Partition, type StateFolder, type Store } from '../../statefolder/index';
import { damageAtOpen, damageAtRest, isManifestMissing } from '../damageAtOpen';
import type { DoctorFinding } from './doctorFinding';

/** How stores are looked at. */
export interface DoctorOptions {
  /** Whether a directory that OPTIONS names elsewhere is read. */
  readonly follow: (directory: string) => boolean;
  readonly signal: AbortSignal;
  /** Told of stores: how many are looked at, of how many. */
  readonly progress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/** What a store's partition says of itself; undefined where it could not be read. */
interface Seen {
  readonly path: string;
  readonly isEmpty: boolean;
  readonly hasOffset: boolean;
  /** undefined: its kind of store has none. */
  readonly hasTtl: boolean | undefined;
  readonly rocksdbVersion: string | undefined;
}

/** What is wrong with the stores of a state folder. @throws `signal`'s reason */
export async function storeFindings(
  folder: StateFolder,
  options: DoctorOptions,
): Promise<DoctorFinding[]> {
  const stores = folder.groups.flatMap((group) => group.stores);
  const partitionsOf = (store: Store) => store.streams.flatMap((stream) => stream.partitions);
  const total = stores.reduce((count, store) => count + partitionsOf(store).length, 0);
  const findings: DoctorFinding[] = [];
  const versions = new Map<string, number>();
  let done = 0;
  for (const store of stores) {
    for (const { partitions } of store.streams) {
      const seen: Seen[] = [];
      for (const partition of partitions) {
        options.signal.throwIfAborted();
        const look = new PartitionLook(partition, folder.path, options);
        const found = await look.seen();
        findings.push(...look.findings);
        options.progress?.({ done: ++done, total });
        if (found === undefined) continue;
        seen.push(found);
        const { rocksdbVersion: version } = found;
        if (version !== undefined) versions.set(version, (versions.get(version) ?? 0) + 1);
      }
      findings.push(...amongPartitions(store, seen));
    }
  }
  for (const [rocksdb, count] of versions) {
    const facts = { rocksdb, stores: count };
    findings.push({ code: 'written-by', severity: 'information', path: folder.path, facts });
  }
  return findings;
}

/** One partition, opened as the app would and read as little as that needs. */
class PartitionLook {
  readonly findings: DoctorFinding[] = [];

  constructor(
    private readonly partition: Partition,
    private readonly base: string,
    private readonly options: DoctorOptions,
  ) {}

  async seen(): Promise<Seen | undefined> {
    const { path: at, halfMade } = this.partition;
    const pid = await lockHolder(at);
    if (pid !== undefined) {
      const facts = { pid, program: await programOf(pid) };
      this.findings.push({ code: 'lock-held', severity: 'information', path: at, facts });
    }
    if (!halfMade) return this.open();
    // A store that is being made has no CURRENT yet.
    if (pid !== undefined) return undefined;
    const damage = await damageAtRest(at);
    if (damage) this.damaged('store-damaged', damage);
    else this.findings.push({ code: 'store-half-made', severity: 'warning', path: at, facts: {} });
    return undefined;
  }

  private async open(): Promise<Seen | undefined> {
    const { path: at } = this.partition;
    const { follow, signal } = this.options;
    try {
      const partition = await openStorePartition(at, { follow, signal });
      try {
        const { database } = partition;
        await database.openTables(signal);
        await database.readOldLogs(); // of which it may have to warn
        for (const warning of database.warnings) this.warned(warning);
        return {
          path: at,
          isEmpty: database.latestSequence === 0,
          hasOffset: partition.changelogOffset !== undefined,
          hasTtl: partition.kind === 'default' ? this.ttlOf(partition) : undefined,
          rocksdbVersion: database.facts.rocksdbVersion,
        };
      } finally {
        await partition.close();
      }
    } catch (error) {
      signal.throwIfAborted();
      await this.failed(error);
      return undefined;
    }
  }

  private ttlOf({ ttl, ttlMigration }: Awaited<ReturnType<typeof openStorePartition>>): boolean {
    if (ttlMigration === 'unfinished') {
      const { path: at } = this.partition;
      this.findings.push({ code: 'ttl-unfinished', severity: 'warning', path: at, facts: {} });
    }
    return ttl !== undefined;
  }

  private async failed(error: unknown): Promise<void> {
    const { path: at } = this.partition;
    if (error instanceof FileGoneError) return; // of an app that runs, or deleted meanwhile
    if (error instanceof CorruptionError) {
      const damage = await damageAtOpen(at, this.options.signal);
      if (damage === undefined) this.damaged('store-fails-on-read', error);
      else this.damaged(isManifestMissing(damage) ? 'store-incomplete' : 'store-damaged', damage);
    } else if (error instanceof UnsupportedFormatError) {
      const facts = { file: this.fileOf(error), reason: error.reason };
      this.findings.push({ code: 'store-unsupported', severity: 'warning', path: at, facts });
    } else if (error instanceof AccessError) {
      const { code = 'EACCES' } = (error.cause ?? {}) as NodeJS.ErrnoException;
      this.findings.push({ code: 'unreadable', severity: 'error', path: at, facts: { code } });
    } else {
      // The message may name paths of this machine.
      const { code, name } = error as NodeJS.ErrnoException;
      const facts = { reason: code ?? name };
      this.findings.push({ code: 'store-not-read', severity: 'error', path: at, facts });
    }
  }

  private warned(warning: RocksDBError): void {
    const { path: at } = this.partition;
    const facts = { file: this.fileOf(warning), reason: warning.reason };
    if (warning instanceof WalTailError) {
      // The file just ends too early, as beside a running writer.
      if (warning.torn) return;
      const more = { ...facts, offset: warning.offset };
      this.findings.push({ code: 'log-end-dropped', severity: 'warning', path: at, facts: more });
    } else if (warning instanceof WalMissingError) {
      this.findings.push({ code: 'log-missing', severity: 'warning', path: at, facts });
    } else if (warning instanceof WalElsewhereError) {
      this.findings.push({ code: 'log-elsewhere', severity: 'warning', path: at, facts });
    }
  }

  private damaged(
    code: 'store-damaged' | 'store-incomplete' | 'store-fails-on-read',
    damage: CorruptionError,
  ): void {
    const { offset, reason } = damage;
    const facts = { file: this.fileOf(damage), offset, reason };
    this.findings.push({ code, severity: 'error', path: this.partition.path, facts });
  }

  private fileOf({ file }: RocksDBError): string {
    const relative = path.relative(this.base, file);
    const isOutside = relative.startsWith('..') || path.isAbsolute(relative);
    return isOutside ? path.basename(file) : relative.split(path.sep).join('/');
  }
}

/** What shows only where the partitions of a stream are compared: they are of one topic and one code. */
function amongPartitions({ name, path: at }: Store, seen: readonly Seen[]): DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  const written = seen.filter(({ isEmpty }) => !isEmpty);
  const without = written.filter(({ hasOffset }) => !hasOffset);
  if (written.length > 0 && without.length === written.length) {
    const facts = { store: name };
    findings.push({ code: 'changelog-off', severity: 'information', path: at, facts });
  } else {
    for (const one of without) {
      const facts = { store: name };
      findings.push({ code: 'offset-missing', severity: 'warning', path: one.path, facts });
    }
  }
  const ofDefault = written.filter(({ hasTtl }) => hasTtl !== undefined);
  const noTtl = ofDefault.filter(({ hasTtl }) => hasTtl === false);
  if (noTtl.length > 0 && noTtl.length < ofDefault.length) {
    const facts = { store: name, without: noTtl.length, partitions: ofDefault.length };
    findings.push({ code: 'ttl-mixed', severity: 'warning', path: at, facts });
  }
  return findings;
}

async function programOf(pid: number): Promise<string | undefined> {
  const text = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined);
  return text?.trim();
}
