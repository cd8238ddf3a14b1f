"""liveWriter.py BASE SECONDS PAUSE

An app-like process that keeps BASE/default/orders/0 open and commits every PAUSE seconds. Its buffers
are small, so that logs roll, memtables are flushed and tables are compacted all the time; every few
seconds it closes the store and opens it again. The invariants, for whoever reads beside it:

  - the message keys `aaa` and `zzz` have the same `n` in every checkpoint, and so has the changelog
    offset in __metadata__: whoever sees two numbers has read a torn state;
  - `n` never goes back.
"""

import json
import logging
import random
import sys
import time

from quixstreams.state.rocksdb import RocksDBOptions, RocksDBStore

logging.disable(logging.WARNING)
REOPEN_EVERY = 400


def main(base, seconds, pause):
    options = RocksDBOptions(write_buffer_size=65536, target_file_size_base=65536)
    numbers = random.Random(1)
    end = time.time() + seconds
    n = 0
    while time.time() < end:
        store = RocksDBStore(name="default", stream_id="orders", base_dir=base, options=options)
        store.assign_partition(0)
        for _ in range(REOPEN_EVERY):
            n += 1
            transaction = store.start_partition_transaction(0)
            transaction.as_state(prefix=b"aaa").set("n", n)
            transaction.as_state(prefix=b"zzz").set("n", n)
            for _ in range(40):
                key = b"k%04d" % numbers.randrange(2000)
                transaction.as_state(prefix=key).set("v", {"n": n, "pad": numbers.randbytes(30).hex()})
            transaction.as_state(prefix=b"k%04d" % numbers.randrange(2000)).delete("v")
            transaction.prepare()
            transaction.flush(changelog_offset=n)
            if n == 1:
                print("ready", flush=True)
            if time.time() > end:
                break
            time.sleep(pause)
        store.close()
    print(json.dumps({"checkpoints": n}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
