"""variants.py BASE

Writes stores that an app's own options would give, one folder of BASE each, and prints a line of JSON
for each: its name and, as RocksDB itself reads them, count and digest of its column families (the
digest of expected.json), or `refused`, a word that a reader's refusal should have in it.
"""

import hashlib
import json
import os
import random
import struct
import sys
import time

from rocksdict import (
    BlockBasedIndexType,
    BlockBasedOptions,
    ChecksumType,
    DataBlockIndexType,
    DBCompressionType,
    DBPath,
    Options,
    Rdict,
    SliceTransform,
    WriteBatch,
)

FAMILIES = ["default", "__metadata__", "last-of-all"]


def key(number):
    return b"customer-%05d|total" % number


def options(change=None, table=None):
    made = Options(raw_mode=True)
    made.create_if_missing(True)
    made.create_missing_column_families(True)
    made.set_write_buffer_size(1 << 20)
    made.set_target_file_size_base(64 << 10)
    made.set_level_zero_file_num_compaction_trigger(3)
    if change:
        change(made)
    if table:
        block = BlockBasedOptions()
        block.set_block_size(1024)
        block.set_bloom_filter(10, False)
        table(block)
        made.set_block_based_table_factory(block)
    return made


def write(store, numbers, rounds=4):
    """Puts, overwrites, deletes and range deletes, some in tables of every level, some in the log."""
    for part in range(rounds):
        for name in FAMILIES:
            family = store.get_column_family(name)
            for _ in range(700):
                family.put(key(numbers.randrange(2000)), numbers.randbytes(numbers.randrange(60)))
            for _ in range(80):
                family.delete(key(numbers.randrange(2000)))
            start = numbers.randrange(1900)
            family.delete_range(key(start), key(start + 40))
            for _ in range(30):
                family.put(key(start + numbers.randrange(40)), b"after the range")
            if part < rounds - 1:
                family.flush()
            if part == 1:
                family.compact_range(None, None)
    batch = WriteBatch(raw_mode=True)
    for number in range(0, 2000, 7):
        batch.put(key(number), b"batch")
        batch.delete(key(number + 1))
    store.write(batch)


def digests(store):
    found = {}
    for name in FAMILIES:
        digest, count = hashlib.sha256(), 0
        at = store.get_column_family(name).iter()
        at.seek_to_first()
        while at.valid():
            k, v = bytes(at.key()), bytes(at.value())
            digest.update(struct.pack(">I", len(k)) + k + struct.pack(">I", len(v)) + v)
            count += 1
            at.next()
        found[name] = {"count": count, "digest": digest.hexdigest()}
    return found


def compression(name):
    return lambda made: made.set_compression_type(getattr(DBCompressionType, name)())


def variants(base):
    """name, change of the options, change of the table options, word of the refusal, last step."""
    for version in range(2, 7):
        yield f"format-{version}", None, lambda t, v=version: t.set_format_version(v), None, None
    for name in ["no_checksum", "crc32c", "xxhash", "xxhash64", "xxh3"]:
        kind = getattr(ChecksumType, name)()
        for version in [5, 6]:

            def checksum(table, kind=kind, version=version):
                table.set_checksum_type(kind)
                table.set_format_version(version)

            yield f"checksum-{name}-{version}", None, checksum, None, None
    for name in ["none", "snappy", "zlib", "bz2", "lz4", "lz4hc", "zstd"]:
        for version in [2, 6]:
            table = lambda t, v=version: t.set_format_version(v)  # noqa: E731
            yield f"compression-{name}-{version}", compression(name), table, None, None

    def partitions(table):
        table.set_index_type(BlockBasedIndexType.two_level_index_search())
        table.set_metadata_block_size(256)
        table.set_partition_filters(True)

    yield "index-two-level", None, partitions, None, None

    def hashed(table):
        table.set_index_type(BlockBasedIndexType.hash_search())

    def prefix(made):
        made.set_prefix_extractor(SliceTransform.create_fixed_prefix(9))

    yield "index-hash", prefix, hashed, None, None
    for interval in [3, 16]:
        for version in [2, 6]:

            def restarts(table, interval=interval, version=version):
                table.set_index_block_restart_interval(interval)
                table.set_block_restart_interval(interval)
                table.set_format_version(version)

            yield f"restarts-{interval}-{version}", None, restarts, None, None

    def buckets(table):
        table.set_data_block_index_type(DataBlockIndexType.binary_and_hash())
        table.set_data_block_hash_ratio(0.75)

    yield "data-block-hash", None, buckets, None, None
    yield "one-level", lambda made: made.optimize_universal_style_compaction(1 << 20), None, None, None
    yield "recycled-logs", lambda made: made.set_recycle_log_file_num(4), None, None, None
    yield "atomic-flush", lambda made: made.set_atomic_flush(True), None, None, None
    yield "unordered", lambda made: made.set_unordered_write(True), None, None, None

    def narrow(made):
        made.set_write_buffer_size(32 << 10)
        made.set_target_file_size_base(8 << 10)
        made.set_max_bytes_for_level_base(24 << 10)
        made.set_max_bytes_for_level_multiplier(3)
        made.set_level_zero_file_num_compaction_trigger(2)
        made.set_compression_type(DBCompressionType.none())

    def wide_ranges(store):
        """Range deletes over many tables, of which some are compacted to the last level and some not."""
        numbers = random.Random(8)
        for name in FAMILIES:
            family = store.get_column_family(name)
            for _ in range(30):
                for _ in range(300):
                    family.put(key(numbers.randrange(6000)), numbers.randbytes(40))
                start = numbers.randrange(5500)
                family.delete_range(key(start), key(start + numbers.randrange(50, 3000)))
                for _ in range(150):
                    family.put(key(numbers.randrange(6000)), numbers.randbytes(40))
                family.flush()

    yield "wide-ranges", narrow, None, None, wide_ranges

    def dropped(store):
        store.create_column_family("dropped", options())
        store.get_column_family("dropped").put(b"k", b"v")
        store.drop_column_family("dropped")
        store.put(b"after", b"dropped")

    yield "dropped-family", None, None, None, dropped

    def small_manifest(made):
        made.set_max_manifest_file_size(1000)

    yield "manifests", small_manifest, None, None, None

    def blobs(made):
        made.set_enable_blob_files(True)
        made.set_min_blob_size(8)

    yield "blobs", blobs, None, "blob", None

    def dictionary(made):
        made.set_compression_type(DBCompressionType.zstd())
        made.set_compression_options(-14, 32767, 0, 16 << 10)
        made.set_bottommost_compression_type(DBCompressionType.zstd())
        made.set_bottommost_compression_options(-14, 32767, 0, 16 << 10, True)

    yield "dictionary", dictionary, None, None, None

    places = [os.path.join(base, name) for name in ("db-paths", "elsewhere")]

    def paths(made):
        made.set_db_paths([DBPath(places[0], 1), DBPath(places[1], 1 << 40)])

    def compact(store):
        """Until a compaction has put a table into the second path; a manual one stays in the first."""
        end = time.time() + 20
        running = lambda: store.property_int_value("rocksdb.num-running-compactions") > 0  # noqa: E731
        while running() or not any(name.endswith(".sst") for name in os.listdir(places[1])):
            if time.time() > end:
                raise TimeoutError("nothing was compacted")
            store.put(key(1), b"again")
            store.flush()
            time.sleep(0.01)

    yield "db-paths", paths, None, None, compact

    def wide(store):
        store.put_entity(b"k", [b"column"], [b"value"])

    yield "wide-columns", None, None, "wide columns", wide


def main(base):
    stores = []  # none is closed, which would write out what is in the logs
    for name, change, table, refused, last in variants(base):
        path = os.path.join(base, name)
        made = options(change, table)
        store = Rdict(path, made, {family: options(change, table) for family in FAMILIES})
        stores.append(store)
        write(store, random.Random(name))
        line = {"name": name, "refused": refused}
        if refused is None:
            if last:
                last(store)
            line["families"] = digests(store)
            line["sequence"] = store.latest_sequence_number()
        elif last:
            last(store)
        print(json.dumps(line), flush=True)
    os._exit(0)  # as an app that is killed: the newest writes are in logs only


if __name__ == "__main__":
    main(sys.argv[1])
