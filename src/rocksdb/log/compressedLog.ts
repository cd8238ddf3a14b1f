// A compressed write-ahead log (db/log_writer.cc, ZSTDStreamingCompress in util/compression.cc): its
// first record has type 9 and a fixed32 kind of compression, 7 for zstd. From there on the payload of
// each record, put together from its fragments, is one zstd frame; nothing is kept from one record to
// the next.

import { CodingError } from '../bytes/coding';
import { zstdBound } from '../bytes/zstdFrame';
import { ZstdDecoder } from '../zstd/zstdDecoder';

/** The largest write batch that is decompressed, bytes. */
const largestRecord = 1 << 30;

/** The name of a compression that type 9 tells of and that cannot be read; undefined for zstd. */
export function unsupportedLogCompression(type: number): string | undefined {
  return type === 7 ? undefined : `write-ahead log compression of type ${type}`;
}

/** Decompresses the records of a compressed log. */
export class RecordInflater {
  private readonly zstd = new ZstdDecoder();

  /** The payload of a record as it was before. @throws CodingError */
  inflate(payload: Uint8Array): Uint8Array {
    if (payload.length === 0) return payload; // the writer compresses no empty record
    const bound = zstdBound(payload);
    if (bound > largestRecord) throw new CodingError(`a record of ${bound} bytes`, 0);
    return this.zstd.decompressUpTo(payload, bound);
  }
}
