"""bigStore.py BASE PARTITION KEYS

A store of KEYS message keys with one value of about 120 bytes each, as BASE/default/numbers/PARTITION.
"""

import logging
import random
import sys

from quixstreams.state.rocksdb import RocksDBStore

logging.disable(logging.WARNING)
BATCH = 5000


def main(base, partition, keys):
    numbers = random.Random(7)
    store = RocksDBStore(name="default", stream_id="numbers", base_dir=base)
    store.assign_partition(partition)
    for start in range(0, keys, BATCH):
        transaction = store.start_partition_transaction(partition)
        for i in range(start, min(keys, start + BATCH)):
            key = i * 7919 % keys  # every key once, in scattered order
            profile = {
                "id": key,
                "name": "%016x" % numbers.getrandbits(64),
                "total": numbers.randrange(10**9) / 100,
                "last": 1790000000000 + i,
            }
            transaction.as_state(prefix=b"customer-%08d" % key).set("profile", profile)
        transaction.prepare()
        transaction.flush(changelog_offset=start + BATCH)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
