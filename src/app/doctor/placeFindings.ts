import { access, constants, readFile, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import {
  fileSystemOf,
  partitionsOf,
  type FolderEntry,
  type StateFolder,
} from '../../statefolder/index';
import { mostSize } from '../quixYaml/quixYaml';
import type { DoctorFinding } from './doctorFinding';

const limitBytes = mostSize * 1e9;
const nearLimit = 0.8;
const atLimit = 0.95;
/** Below these shares of the disk, and below the bytes, RocksDB's next compaction may not fit. */
const lowShare = 0.05;
const lowBytes = 10e9;
const noRoomBytes = 100e6;

/** File systems on which locks of one machine, or of one side, do not hold for the other. */
const losesLocks =
  /^(9p|drvfs|virtiofs|vboxsf|vmhgfs|prl_fs|nfs\d?|cifs|smb\d?|smbfs|ceph|lustre|afs|fuse\.(sshfs|s3fs|rclone|gcsfuse))$/;

/** Folders that a service copies elsewhere and back, by a part of their path. */
const services: readonly (readonly [RegExp, string])[] = [
  [/^OneDrive( - .*)?$/i, 'OneDrive'],
  [/^Dropbox( \(.*\))?$/i, 'Dropbox'],
  [/^(Mobile Documents|iCloud ?Drive|com~apple~CloudDocs)$/i, 'iCloud Drive'],
  [/^(Google ?Drive|My Drive|GoogleDrive-.*)$/i, 'Google Drive'],
];

/** What is wrong with where a state folder lies, and with what lies in it beside stores. */
export async function placeFindings(folder: StateFolder): Promise<DoctorFinding[]> {
  const findings = [
    ...permissionFindings(folder),
    ...(await ownerFindings(folder)),
    ...fileSystemFindings(folder.path, await fileSystemOf(folder.path)),
  ];
  const found = [
    limitFinding(folder.path, bytesOf(folder)),
    await diskOf(folder.path),
    await watchesOf(folder),
  ];
  return [...findings, ...found.filter((one) => one !== undefined)];
}

/** Of a file system's type, undefined where it is not known, and of the path. */
export function fileSystemFindings(at: string, type: string | undefined): DoctorFinding[] {
  const findings: DoctorFinding[] = [];
  if (type !== undefined && losesLocks.test(type)) {
    const facts = { type };
    findings.push({ code: 'network-file-system', severity: 'warning', path: at, facts });
  }
  for (const part of at.split(/[\\/]/)) {
    const service = services.find(([name]) => name.test(part))?.[1];
    if (service === undefined) continue;
    findings.push({ code: 'synced-folder', severity: 'warning', path: at, facts: { service } });
    break;
  }
  return findings;
}

/** Of the bytes that a state folder takes up. */
export function limitFinding(at: string, bytes: number): DoctorFinding | undefined {
  if (bytes < limitBytes * nearLimit) return undefined;
  const severity = bytes < limitBytes * atLimit ? 'warning' : 'error';
  return { code: 'near-limit', severity, path: at, facts: { bytes, limit: limitBytes } };
}

/** Of a disk's size and what is free on it. */
export function diskFinding(
  at: string,
  disk: { readonly freeBytes: number; readonly bytes: number },
): DoctorFinding | undefined {
  const { freeBytes, bytes } = disk;
  if (bytes === 0 || freeBytes >= Math.min(bytes * lowShare, lowBytes)) return undefined;
  const severity = freeBytes < noRoomBytes ? 'error' : 'warning';
  return { code: 'disk-nearly-full', severity, path: at, facts: { freeBytes, bytes } };
}

/** Of how many folders may be watched by all programs of this person, and how many are to be. */
export function watchesFinding(
  at: string,
  folders: number,
  limit: number,
): DoctorFinding | undefined {
  // Others watch, too: an editor does the whole workspace.
  if (Number.isNaN(limit) || folders * 2 < limit) return undefined;
  return { code: 'few-watches', severity: 'warning', path: at, facts: { folders, limit } };
}

async function diskOf(at: string): Promise<DoctorFinding | undefined> {
  const disk = await statfs(at).catch(() => undefined);
  if (disk === undefined) return undefined;
  const { bavail, blocks, bsize } = disk;
  return diskFinding(at, { freeBytes: bavail * bsize, bytes: blocks * bsize });
}

async function watchesOf(folder: StateFolder): Promise<DoctorFinding | undefined> {
  if (process.platform !== 'linux') return undefined;
  const file = '/proc/sys/fs/inotify/max_user_watches';
  const limit = Number(await readFile(file, 'utf8').catch(() => 'NaN'));
  return watchesFinding(folder.path, foldersOf(folder), limit);
}

function permissionFindings(folder: StateFolder): DoctorFinding[] {
  return everyOther(folder).flatMap((entry): DoctorFinding[] => {
    if (entry.kind !== 'unreadable') return [];
    const { code = 'unknown' } = entry.cause as NodeJS.ErrnoException;
    return [{ code: 'unreadable', severity: 'error', path: entry.path, facts: { code } }];
  });
}

/** What an app of this person could not write to, as state that a container has made as root. */
async function ownerFindings(folder: StateFolder): Promise<DoctorFinding[]> {
  const findings: DoctorFinding[] = [];
  for (const at of [folder.path, ...partitionsOf(folder).map((one) => one.path)]) {
    const isWritable = await access(at, constants.W_OK).then(
      () => true,
      () => false,
    );
    const found = isWritable ? undefined : await stat(at).catch(() => undefined);
    if (found === undefined) continue;
    const facts = { owner: found.uid, user: process.getuid?.() };
    findings.push({ code: 'not-writable', severity: 'warning', path: at, facts });
  }
  return findings;
}

/** What is no part of a store, at any depth. */
function everyOther(folder: StateFolder): FolderEntry[] {
  const stores = folder.groups.flatMap((group) => group.stores);
  const parts = [folder, ...folder.groups, ...stores, ...stores.flatMap((store) => store.streams)];
  const below = (entries: readonly FolderEntry[]): FolderEntry[] =>
    entries.flatMap((entry) =>
      entry.kind === 'folder' ? [entry, ...below(entry.entries)] : entry,
    );
  return parts.flatMap(({ others }) => below(others));
}

function bytesOf(folder: StateFolder): number {
  const others = everyOther(folder).map((entry) => ('bytes' in entry ? entry.bytes : 0));
  const stores = partitionsOf(folder).map(({ bytes }) => bytes);
  return [...others, ...stores].reduce((sum, bytes) => sum + bytes, 0);
}

function foldersOf(folder: StateFolder): number {
  const all = new Set([folder.path]);
  for (const { kind, path: at } of everyOther(folder)) if (kind === 'folder') all.add(at);
  for (const partition of partitionsOf(folder)) {
    for (let at = partition.path; at.length > folder.path.length; at = path.dirname(at))
      all.add(at);
  }
  return all.size;
}
