"""An app's store without the app: writes `total` for some message keys, one checkpoint after the other.

stateWriter.py FOLDER [INTERVAL] : each line on stdin is a command, each checkpoint a line on stdout.
  commit N        one checkpoint that sets PC1's total to N
  delete KEY      one checkpoint that deletes PC1's KEY
  set KEY VALUE   one checkpoint that sets a state key of PC1; VALUE is JSON
  new NAME        one checkpoint that sets the total of the message key NAME
With INTERVAL (seconds) it commits by itself, counting up, until stdin ends; lines are `N TIME`, TIME in ms since epoch.
"""

import json
import sys
import threading
import time

from quixstreams.state.rocksdb import RocksDBStore

folder = sys.argv[1]
interval = float(sys.argv[2]) if len(sys.argv) > 2 else None
store = RocksDBStore(name="default", stream_id="cpu-load", base_dir=f"{folder}/state/writer-group")
store.assign_partition(0)
offset = 0


def checkpoint(change):
    global offset
    offset += 1
    transaction = store.start_partition_transaction(0)
    change(transaction)
    transaction.prepare()
    transaction.flush(changelog_offset=offset)
    print(offset, int(time.time() * 1000), flush=True)


def setting(prefix, key, value):
    return lambda tx: tx.as_state(prefix=prefix).set(key, value)


ended = threading.Event()


def count():
    n = 0
    while not ended.wait(interval):
        n += 1
        checkpoint(setting(b"PC1", "total", n))


if interval is None:
    for line in sys.stdin:
        command, *rest = line.split(maxsplit=2)
        if command == "commit":
            checkpoint(setting(b"PC1", "total", int(rest[0])))
        elif command == "delete":
            checkpoint(lambda tx: tx.as_state(prefix=b"PC1").delete(rest[0]))
        elif command == "set":
            checkpoint(setting(b"PC1", rest[0], json.loads(rest[1])))
        elif command == "new":
            checkpoint(setting(rest[0].encode(), "total", 1))
else:
    threading.Thread(target=count, daemon=True).start()
    sys.stdin.read()
    ended.set()
store.close()
