import type { OptionsFile, OptionValues } from '../manifest/optionsFile';

/** Those that say how a database is written, and what it does when it is opened. */
const ofDatabase = [
  'wal_dir',
  'db_paths',
  'db_log_dir',
  'wal_recovery_mode',
  'wal_compression',
  'recycle_log_file_num',
  'max_total_wal_size',
  'max_open_files',
  'paranoid_checks',
  'atomic_flush',
  'allow_2pc',
];

const ofFamily = [
  'comparator',
  'merge_operator',
  'write_buffer_size',
  'compression',
  'bottommost_compression',
  'compaction_style',
  'num_levels',
  'target_file_size_base',
  'enable_blob_files',
];

const ofTables = [
  'format_version',
  'checksum',
  'block_size',
  'index_type',
  'filter_policy',
  'partition_filters',
  'cache_index_and_filter_blocks',
];

/** Options by name, as OPTIONS has them. */
export type Options = Readonly<Record<string, string>>;

/** The options of the database that matter to a reader; those that are not set are left out. */
export function databaseOptions({ values }: OptionsFile): Options {
  return chosen(values, ofDatabase);
}

/** Those of one column family and its tables. */
export function familyOptions({ families }: OptionsFile, name: string): Options {
  const family = families.get(name);
  return {
    ...chosen(family?.values, ofFamily),
    ...chosen(family?.tableValues, ofTables),
  };
}

function chosen(values: OptionValues | undefined, names: readonly string[]): Options {
  const found = names.map((name): [string, string] => [name, values?.get(name) ?? '']);
  return Object.fromEntries(found.filter(([, value]) => value !== ''));
}
