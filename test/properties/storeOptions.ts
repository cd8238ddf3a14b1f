import fc from 'fast-check';
import type { PeerOptions } from './rocksdictPeer';

const constantOf =
  (kind: string) =>
  (...names: string[]) =>
    fc.constantFrom(...names.map((name) => `${kind}.${name}`));

const compression = constantOf('DBCompressionType')(
  ...['none', 'snappy', 'zlib', 'bz2', 'lz4', 'lz4hc', 'zstd'],
);
const checksum = constantOf('ChecksumType')(
  ...['no_checksum', 'crc32c', 'xxhash', 'xxhash64', 'xxh3'],
);
const index = constantOf('BlockBasedIndexType')('binary_search', 'two_level_index_search');

/** Settings of tables, any of which may be left at RocksDB's default. */
const table = fc.record(
  {
    format_version: fc.integer({ min: 0, max: 6 }),
    checksum_type: checksum,
    block_size: fc.constantFrom(64, 256, 1024, 4096, 16384),
    block_restart_interval: fc.constantFrom(1, 2, 5, 16, 64),
    index_block_restart_interval: fc.constantFrom(1, 3, 16),
    index_type: index,
    metadata_block_size: fc.constantFrom(64, 512, 4096),
    partition_filters: fc.boolean(),
    bloom_filter: fc.constantFrom([10, false], [3, false]),
    data_block_index_type: constantOf('DataBlockIndexType')('binary_search', 'binary_and_hash'),
    data_block_hash_ratio: fc.constantFrom(0.5, 0.9),
  },
  { requiredKeys: [] },
);

/** Settings that may be others at each opening and for each column family. */
export const sessionOptions: fc.Arbitrary<PeerOptions> = fc.record(
  {
    table,
    compression_type: compression,
    write_buffer_size: fc.constantFrom(65536, 262144),
    target_file_size_base: fc.constantFrom(16384, 65536),
    level_zero_file_num_compaction_trigger: fc.constantFrom(2, 4),
    max_manifest_file_size: fc.constantFrom(200, 2000),
    level_compaction_dynamic_level_bytes: fc.boolean(),
    optimize_filters_for_hits: fc.boolean(),
    enable_pipelined_write: fc.boolean(),
    max_total_wal_size: fc.constantFrom(100_000),
  },
  { requiredKeys: [] },
);

/** Settings that stay as they are as long as a store lives. */
export const lastingOptions: fc.Arbitrary<PeerOptions> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<PeerOptions>({}) },
  { weight: 1, arbitrary: fc.constant<PeerOptions>({ atomic_flush: true }) },
  {
    weight: 1,
    arbitrary: fc.constant<PeerOptions>({ compaction_style: 'DBCompactionStyle.universal' }),
  },
  {
    // Logs are written again over old ones only where recovery does not stop at a leftover.
    weight: 1,
    arbitrary: fc.constant<PeerOptions>({
      recycle_log_file_num: 2,
      wal_recovery_mode: 'DBRecoveryMode.tolerate_corrupted_tail_records',
    }),
  },
);

/** Both, as rocksdict is given them. */
export function optionsOf(lasting: PeerOptions, session: PeerOptions): PeerOptions {
  const { enable_pipelined_write, ...others } = { ...session, ...lasting } as PeerOptions;
  // RocksDB refuses pipelined writes with atomic flushes.
  const pipelined = lasting['atomic_flush'] === undefined && enable_pipelined_write === true;
  return { ...others, enable_pipelined_write: pipelined };
}
