"""checkpointWriter.py BASE PARTITION INTERVAL COUNT

An app-like process: COUNT checkpoints (0: until it is ended) of BASE/default/numbers/PARTITION,
one every INTERVAL seconds give or take a tenth, so that it does not walk in step with a poll. Each
sets `total` of message key `PC1` to its number; its line says the number, and when RocksDB had it in
the write-ahead log, in ms since epoch. The first checkpoint, 0, is made at once, the others after a
line on stdin.
"""

import logging
import random
import sys
import time

from quixstreams.state.rocksdb import RocksDBStore

logging.disable(logging.WARNING)


def main(base, partition, interval, count):
    store = RocksDBStore(name="default", stream_id="numbers", base_dir=base)
    opened = store.assign_partition(partition)
    first_offset = opened.get_changelog_offset() or 0  # never lower than one that was saved
    jitter = random.Random(1)
    number = 0
    while count == 0 or number <= count:
        transaction = store.start_partition_transaction(partition)
        transaction.as_state(prefix=b"PC1").set("total", number)
        transaction.prepare()
        transaction.flush(changelog_offset=first_offset + number)
        print(number, time.time() * 1000, flush=True)
        if number == 0:
            sys.stdin.readline()
        number += 1
        time.sleep(interval * jitter.uniform(0.9, 1.1))
    sys.stdin.readline()
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]))
