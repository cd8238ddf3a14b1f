// A table that was written apart and then ingested (db/external_sst_file_ingestion_job.cc): its entries
// have sequence 0 in the file and count as of the one that it was given, which the MANIFEST has as its
// largest. Its properties say so:
//
//   rocksdb.external_sst_file.version       fixed32 2 (1: the entries' own sequences, all 0, are right)
//   rocksdb.external_sst_file.global_seqno  fixed64 0, or the sequence, by older versions and on demand
//                                           written over it, which the block's checksum does not cover

import { CodingError } from '../bytes/coding';
import { trailerLength } from '../internalKey';
import type { DecodedBlock } from '../kernel/kernel';
import { TableProperties } from './tableProperties';

const versionName = 'rocksdb.external_sst_file.version';
const sequenceName = 'rocksdb.external_sst_file.global_seqno';

/**
 * The sequence of all entries of a table; undefined where they have their own.
 * @throws CodingError when the table says another than the MANIFEST
 */
export function ingestedSequence(
  properties: TableProperties,
  largestSequence: number,
): number | undefined {
  const version = properties.fixed32(versionName);
  const written = properties.fixed64(sequenceName);
  if (version === undefined || version === 1) {
    if (written !== undefined) throw new CodingError('a sequence for no ingested table', 0);
    return undefined;
  }
  if (version !== 2) throw new CodingError(`ingested table of version ${version}`, 0);
  if (written !== undefined && written !== 0n && written !== BigInt(largestSequence)) {
    throw new CodingError(`ingested as ${written}, not as ${largestSequence}`, 0);
  }
  return largestSequence;
}

/** A properties block as it was before a sequence was written into it; undefined where none is. */
export function withoutWrittenSequence(contents: Uint8Array): Uint8Array | undefined {
  let range: { start: number; end: number } | undefined;
  try {
    range = TableProperties.decode(contents).rangeOf(sequenceName);
  } catch {
    return undefined; // the block is damaged, and its checksum says so
  }
  return range && contents.slice().fill(0, range.start, range.end);
}

/** Gives all entries of a data block a sequence, in place. */
export function setSequence({ bytes, fields, length }: DecodedBlock, sequence: number): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let i = 0; i < length; i++) {
    // The trailer: the type, then 56 bits of sequence.
    const trailer = (fields[i * 4 + 1] ?? 0) - trailerLength;
    view.setUint32(trailer + 1, sequence >>> 0, true);
    const high = Math.floor(sequence / 2 ** 32);
    view.setUint16(trailer + 5, high & 0xffff, true);
    view.setUint8(trailer + 7, high >>> 16);
  }
}
