// A version edit: one record of a MANIFEST (db/version_edit.h, db/version_edit.cc), pairs of
//
//   varint32 tag | payload
//
//   1 comparator name      slice           2 log number      varint64
//   3 next file            varint64        4 last sequence   varint64
//   5 compact cursor       varint32 level, slice key         (not needed)
//   6 deleted file         varint32 level, varint64 number
//   9, 10 old log numbers  varint64        (not needed)
//   7, 100, 102, 103       new file, see newFile()
//   200 column family      varint32 id     201 add it        slice name
//   202 drop it            –               203 largest id    varint32
//   300 atomic group       varint32 edits that follow
//   400, 401               blob files: refused
//   from 8192 on (bit 13)  slice, safe to ignore; four old ones have other payloads: refused

import { CodingError, Cursor } from './coding';

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
}

export interface VersionEdit {
  columnFamily: number;
  comparator?: string;
  logNumber?: number;
  nextFile?: number;
  lastSequence?: number;
  largestColumnFamily?: number;
  addColumnFamily?: string;
  dropColumnFamily?: boolean;
  /** Edits of the same atomic group that follow; undefined outside of a group. */
  remainingInGroup?: number;
  readonly deleted: { level: number; number: number }[];
  readonly added: TableMeta[];
}

/** RocksDB has 7 levels unless it is told otherwise. */
const deepestLevel = 255;

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
  const edit: VersionEdit = { columnFamily: 0, deleted: [], added: [] };
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
      case 10:
        cursor.varint();
        break;
      case 7:
      case 100:
      case 102:
      case 103:
        edit.added.push(newFile(cursor, tag));
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
      case 401:
      case 8194:
      case 8195:
        throw new UnknownEditError('blob files');
      case 8196:
      case 8197:
        throw new UnknownEditError('tracked write-ahead logs of an old RocksDB');
      default:
        if (tag < 8192) throw new UnknownEditError(`MANIFEST tag ${tag} of a newer RocksDB`);
        cursor.slice();
    }
  }
  return edit;
}

/**
 * A new file: varint32 level | varint64 number | varint64 size | slice smallest | slice largest.
 * 100 and later add smallest and largest sequence, 102 a path id after the number, 103 (the one that
 * is written today) fields of (varint32 tag, slice) up to tag 1: 13 is the epoch, 65 the path id;
 * a tag with bit 6 set must be understood.
 */
function newFile(cursor: Cursor, tag: number): TableMeta {
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
  while (tag === 103) {
    const field = cursor.varint();
    if (field === 1) break;
    const value = new Cursor(cursor.slice());
    if (field === 13) epoch = value.varint();
    else if (field === 65) pathId = value.byte();
    else if (field === 4) throw new UnknownEditError('blob files');
    else if ((field & 64) !== 0) {
      throw new UnknownEditError(`table field ${field} of a newer RocksDB`);
    }
  }
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
  };
}
