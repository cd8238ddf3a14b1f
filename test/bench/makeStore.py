"""makeStore.py KIND KEYS CLOSED [RUNNING]

Stores of quixstreams' own making for the benchmarks: KEYS message keys `customer-00000000` and up, each with one JSON
value of about 120 bytes, as CLOSED/default/orders/0. KIND is a compression (lz4, zstd), `windows` (a window of each
key instead), `windows-of-one` (KEYS windows of a single message key) or `log` (write buffers so large that nothing
leaves the write-ahead log; it is left as if killed).

RUNNING gets a copy of the directory from before the store was closed: what a reader finds beside the app, with about
as many bytes of write-ahead logs as quixstreams lets come together.
"""

import json
import logging
import os
import random
import shutil
import sys
import time
import warnings
from pathlib import Path

warnings.simplefilter("ignore")
from quixstreams.state.rocksdb import RocksDBOptions, RocksDBStore  # noqa: E402
from quixstreams.state.rocksdb.windowed.store import WindowedRocksDBStore  # noqa: E402

logging.disable(logging.WARNING)
BATCH = 5000
# Just below max_total_wal_size (128 MiB), at which column families are flushed.
WAL_BYTES = 128_000_000
# A prime larger than any factor of the counts in use: every key once, in scattered order.
STRIDE = 7919
WINDOWS = ("windows", "windows-of-one")
BUSY = (
    "num-running-compactions",
    "num-running-flushes",
    "compaction-pending",
    "mem-table-flush-pending",
)


def options(kind):
    if kind == "log":
        return RocksDBOptions(write_buffer_size=4 << 30, max_total_wal_size=8 << 30)
    return RocksDBOptions(compression_type="lz4" if kind in WINDOWS else kind)


def value(numbers, key, order):
    return {
        "id": key,
        "name": "%016x" % numbers.getrandbits(64),
        "total": numbers.randrange(10**9) / 100,
        "last": 1790000000000 + order,
        "h": "%014x" % numbers.getrandbits(56),
    }


def fill(store, kind, keys, offsets):
    numbers = random.Random(7 + offsets.start)
    for start in offsets:
        transaction = store.start_partition_transaction(0)
        for order in range(start, min(offsets.stop, start + BATCH)):
            key = order * STRIDE % keys
            number = 0 if kind == "windows-of-one" else key
            state = transaction.as_state(prefix=b"customer-%08d" % number)
            if kind in WINDOWS:
                slot = order if kind == "windows-of-one" else order // 1000
                at = 1790000000000 + slot * 10_000
                state.update_window(at, at + 10_000, value(numbers, key, order), at + 5)
            else:
                state.set("profile", value(numbers, key, order))
        transaction.prepare()
        transaction.flush(changelog_offset=start + BATCH)


def settle(database):
    while any(database.property_int_value("rocksdb." + name) for name in BUSY):
        time.sleep(0.1)


def wal_bytes(directory):
    return sum(file.stat().st_size for file in Path(directory).rglob("*.log"))


def main(kind, keys, closed, running=None):
    if kind in WINDOWS:
        store = WindowedRocksDBStore(
            name="default", stream_id="orders", base_dir=closed, options=options(kind)
        )
    else:
        store = RocksDBStore(
            name="default", stream_id="orders", base_dir=closed, options=options(kind)
        )
    store.assign_partition(0)
    partition = store.partitions[0]
    fill(store, kind, keys, range(0, keys, BATCH))
    settle(partition._db)
    if running:
        written = keys
        while wal_bytes(closed) < WAL_BYTES:
            fill(store, kind, keys, range(written, written + BATCH, BATCH))
            written += BATCH
        settle(partition._db)
        shutil.copytree(closed, running, dirs_exist_ok=True)
    if kind == "log":
        os._exit(0)
    store.close()
    print(json.dumps({"kind": kind, "keys": keys}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
