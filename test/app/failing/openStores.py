"""Opens stores as an app does, and prints as JSON what came of each: opened, recreated or failed."""

import json
import logging
import sys
from unittest.mock import MagicMock

from quixstreams.state.rocksdb import RocksDBOptions
from quixstreams.state.rocksdb.partition import RocksDBStorePartition


class Destroyed(logging.Handler):
    seen = False

    def emit(self, record):
        self.seen = self.seen or record.getMessage().startswith("Destroying corrupted RocksDB")


destroyed = Destroyed()
logging.getLogger("quixstreams").addHandler(destroyed)
outcomes = {}
for store in sys.argv[1:]:
    destroyed.seen = False
    try:
        partition = RocksDBStorePartition(
            store,
            options=RocksDBOptions(open_max_retries=1),
            changelog_producer=MagicMock(),
        )
        partition.close()
        outcomes[store] = "recreated" if destroyed.seen else "opened"
    except Exception:
        outcomes[store] = "failed"
print(json.dumps(outcomes))
