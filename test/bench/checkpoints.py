"""checkpoints.py BASE

An app that has the store BASE/default/orders/0 open. For each line on stdin it writes one checkpoint of 100 keys, each
in the store already, and prints the last key it wrote, as JSON: {"key": TEXT}.
"""

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
from quixstreams.state.rocksdb import RocksDBStore  # noqa: E402

logging.disable(logging.WARNING)
KEYS = 100
# Beyond those that the store saw.
FIRST_OFFSET = 1 << 40


def main(base):
    store = RocksDBStore(name="default", stream_id="orders", base_dir=base)
    store.assign_partition(0)
    print(json.dumps({}), flush=True)
    for number, _ in enumerate(sys.stdin):
        transaction = store.start_partition_transaction(0)
        for key in range(KEYS):
            prefix = b"customer-%08d" % (key * 997)
            value = {"id": key, "checkpoint": number, "name": "%016x" % (number * KEYS + key)}
            transaction.as_state(prefix=prefix).set("profile", value)
        transaction.prepare()
        transaction.flush(changelog_offset=FIRST_OFFSET + number)
        print(json.dumps({"key": prefix.decode() + '|"profile"'}), flush=True)
    store.close()


if __name__ == "__main__":
    main(sys.argv[1])
