"""tooOld.py GROUP STORE STREAM: makes values in a store of joins too old to be joined, in a folder that nobody else uses: all
that one message key has, of others the older half. It prints how many that are.

An app deletes such values in the transaction that makes them too old, as that writes to their message key. Here nothing else
is written.
"""
import os
import sys

from quixstreams.state.rocksdb.timestamped import TimestampedStore
from quixstreams.state.serialization import int_to_bytes

group, name, stream = sys.argv[1:]
store = TimestampedStore(name=name, stream_id=stream, base_dir=group, grace_ms=2**55, keep_duplicates=True)
too_old = 0
for number in map(int, os.listdir(os.path.join(group, name, stream))):
    store.assign_partition(number)
    times = {}
    for raw in map(bytes, store.partitions[number].get_or_create_column_family("default").keys()):
        times.setdefault(raw[:-18], []).append(int.from_bytes(raw[-17:-9], "big"))
    transaction = store.start_partition_transaction(number)
    for nth, (prefix, own) in enumerate(times.items()):
        minimum = own[len(own) // 2] if nth else own[-1] + 1
        transaction._set_min_eligible_timestamp(prefix, int_to_bytes(minimum))
        too_old += sum(time < minimum for time in own)
    transaction.prepare()
    transaction.flush()
store.close()
print(too_old)
