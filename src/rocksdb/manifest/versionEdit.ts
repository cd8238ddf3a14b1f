// A version edit: one record of a MANIFEST (db/version_edit.h, db/version_edit.cc), pairs of
//
//   varint32 tag | payload
//
//   1 comparator name      slice           2 log number      varint64
//   3 next file            varint64        4 last sequence   varint64
//   5 compact cursor       varint32 level, slice key         (not needed)
//   6 deleted file         varint32 level, varint64 number
//   9 old log number       varint64        (not needed)
//   10 oldest log kept     varint64        for prepared transactions
//   7, 100, 102, 103       new file, see newFile()
//   200 column family      varint32 id     201 add it        slice name
//   202 drop it            –               203 largest id    varint32
//   300 atomic group       varint32 edits that follow
//   400, 401 blob file added, garbage in one      see skipBlobFile()
//   from 8192 on (bit 13)  slice, safe to ignore, but for some old ones: 8194, 8195 (as 400, 401),
//                          8196 and 8197 (what 8199 and 8200 have in their slices)
//   8196, 8199 log added   varint64 number, (varint32 tag 2, varint64 bytes synced)*, tag 1
//   8197, 8200 logs deleted  varint64: those before that number

import { CodingError, Cursor } from '../bytes/coding';

/** A table of a version, as the MANIFEST describes it. */
export interface TableMeta {
  readonly number: number;
  readonly level: number;
  /** Bytes. */
  readonly size: number;
  /** Internal keys. */
  readonly smallest: Uint8Array;
  readonly largest: Uint8Array;
  readonly smallestSequence: number;
  readonly largestSequence: number;
  /** Order of level 0: larger is newer; 0 where the RocksDB that wrote it knew no epochs. */
  readonly epoch: number;
  /** Which of OPTIONS' db_paths it lies in; 0 is the database's directory. */
  readonly pathId: number;
  /** What tells it from all other tables, 16 bytes (table/uniqueId.ts); undefined where there is nothing. */
  readonly uniqueId?: Uint8Array | undefined;
}

export interface VersionEdit {
  columnFamily: number;
  comparator?: string;
  logNumber?: number;
  nextFile?: number;
  lastSequence?: number;
  largestColumnFamily?: number;
  /** Logs before it hold nothing that counts, prepared transactions among it. */
  oldestLog?: number;
  addColumnFamily?: string;
  dropColumnFamily?: boolean;
  /** Edits of the same atomic group that follow; undefined outside of a group. */
  remainingInGroup?: number;
  readonly deleted: { level: number; number: number }[];
  readonly added: TableMeta[];
  /** Logs that are tracked, with the bytes known to be on disk; undefined while that is not known. */
  readonly logsAdded: { number: number; synced: number | undefined }[];
  /** Tracked logs before this number are deleted. */
  logsDeletedBefore?: number;
}

/** RocksDB has 7 levels unless it is told otherwise. */
const deepestLevel = 255;
/** RocksDB allows four db_paths. */
const mostPathId = 3;

/** A tag that must be understood and is not; the message names the feature. */
export class UnknownEditError extends Error {
  constructor(readonly feature: string) {
    super(feature);
    this.name = 'UnknownEditError';
  }
}

/** Decodes one record of a MANIFEST. @throws CodingError, UnknownEditError */
export function decodeVersionEdit(record: Uint8Array): VersionEdit {
  const cursor = new Cursor(record);
  const edit: VersionEdit = { columnFamily: 0, deleted: [], added: [], logsAdded: [] };
  while (!cursor.atEnd) {
    const tag = cursor.varint();
    switch (tag) {
      case 1:
        edit.comparator = cursor.text();
        break;
      case 2:
        edit.logNumber = cursor.varint();
        break;
      case 3:
        edit.nextFile = cursor.varint();
        break;
      case 4:
        edit.lastSequence = cursor.varint();
        break;
      case 5:
        cursor.varint();
        cursor.slice();
        break;
      case 6:
        edit.deleted.push({ level: cursor.varint(), number: cursor.varint() });
        break;
      case 9:
        cursor.varint();
        break;
      case 10:
        edit.oldestLog = cursor.varint();
        break;
      case 7:
      case 100:
      case 102:
      case 103:
        edit.added.push(newFile(cursor, tag, edit));
        break;
      case 200:
        edit.columnFamily = cursor.varint();
        break;
      case 201:
        edit.addColumnFamily = cursor.text();
        break;
      case 202:
        edit.dropColumnFamily = true;
        break;
      case 203:
        edit.largestColumnFamily = cursor.varint();
        break;
      case 300:
        edit.remainingInGroup = cursor.varint();
        break;
      case 400:
      case 8194:
        skipBlobFile(cursor, 2);
        break;
      case 401:
      case 8195:
        skipBlobFile(cursor, 0);
        break;
      case 8196:
        edit.logsAdded.push(addedLog(cursor));
        break;
      case 8197:
        edit.logsDeletedBefore = cursor.varint();
        break;
      case 8199:
        edit.logsAdded.push(addedLog(new Cursor(cursor.slice())));
        break;
      case 8200:
        edit.logsDeletedBefore = new Cursor(cursor.slice()).varint();
        break;
      default:
        if (tag < 8192) throw new UnknownEditError(`MANIFEST tag ${tag} of a newer RocksDB`);
        cursor.slice();
    }
  }
  return edit;
}

/**
 * A blob file, or garbage in one: varint64 number | varint64 count | varint64 bytes | for a new one
 * slice checksum name, slice checksum | fields of (varint32 tag, slice) up to tag 0. Which values lie
 * in blob files stands in their place in the tables, and is refused there.
 */
function skipBlobFile(cursor: Cursor, slices: number): void {
  for (let i = 0; i < 3; i++) cursor.varint();
  for (let i = 0; i < slices; i++) cursor.slice();
  for (let field = cursor.varint(); field !== 0; field = cursor.varint()) {
    if ((field & 64) !== 0)
      throw new UnknownEditError(`blob file field ${field} of a newer RocksDB`);
    cursor.slice();
  }
}

function addedLog(cursor: Cursor): { number: number; synced: number | undefined } {
  const number = cursor.varint();
  let synced: number | undefined;
  for (let tag = cursor.varint(); tag !== 1; tag = cursor.varint()) {
    if (tag !== 2) throw new CodingError(`tag ${tag} of a tracked log`, cursor.position);
    synced = cursor.varint();
  }
  return { number, synced };
}

/**
 * A new file: varint32 level | varint64 number | varint64 size | slice smallest | slice largest.
 * 100 and later add smallest and largest sequence, 102 a path id after the number, 103 (the one that
 * is written today) fields of (varint32 tag, slice) up to tag 1: 3 is the oldest log kept, as for the
 * whole edit, 13 the epoch, 65 the path id; a tag with bit 6 set must be understood.
 */
function newFile(cursor: Cursor, tag: number, edit: VersionEdit): TableMeta {
  const start = cursor.position;
  const level = cursor.varint();
  if (level > deepestLevel) throw new CodingError(`table of level ${level}`, start);
  const number = cursor.varint();
  let pathId = tag === 102 ? cursor.varint() : 0;
  const size = cursor.varint();
  const smallest = cursor.slice();
  const largest = cursor.slice();
  if (smallest.length < 8 || largest.length < 8) {
    throw new CodingError('bounds of a table are no internal keys', cursor.position);
  }
  const smallestSequence = tag === 7 ? 0 : cursor.varint();
  const largestSequence = tag === 7 ? 0 : cursor.varint();
  let epoch = 0;
  let uniqueId: Uint8Array | undefined;
  while (tag === 103) {
    const field = cursor.varint();
    if (field === 1) break;
    if (field === 13) epoch = new Cursor(cursor.slice()).varint();
    else if (field === 3) edit.oldestLog = Number(new Cursor(cursor.slice()).fixed64());
    else if (field === 12) uniqueId = idIn(cursor.slice());
    else if (field === 65) pathId = new Cursor(cursor.slice()).byte();
    else {
      cursor.skip(cursor.varint());
      if ((field & 64) === 0) continue;
      throw new UnknownEditError(`table field ${field} of a newer RocksDB`);
    }
  }
  if (pathId > mostPathId) throw new CodingError(`path id ${pathId}`, start);
  return {
    level,
    number,
    size,
    smallest,
    largest,
    smallestSequence,
    largestSequence,
    epoch,
    pathId,
    uniqueId,
  };
}

/** A copy of an identity that is one: of 16 bytes, and not all 0. */
function idIn(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length === 16 && bytes.some((byte) => byte !== 0) ? bytes.slice() : undefined;
}
