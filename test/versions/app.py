"""app.py BROKER FOLDER: an app with every kind of store that this version of quixstreams has, until it is killed.

It prints a line of JSON, {"leftOut": [...]}: what this version lacks.
"""
import json
import sys
from datetime import timedelta

import parts
from quixstreams import Application
from quixstreams.models import TopicConfig
from quixstreams.state.rocksdb import RocksDBOptions

broker, folder = sys.argv[1:]
application = Application(
    broker_address=broker,
    consumer_group="every",
    state_dir=folder,
    auto_offset_reset="earliest",
    commit_interval=0.2,
    # So small that there are tables, and compactions of them.
    rocksdb_options=RocksDBOptions(write_buffer_size=65536, target_file_size_base=65536),
    loglevel="WARNING",
)
left_out = []


def topic(name, partitions=2):
    return application.topic(name, config=TopicConfig(num_partitions=partitions, replication_factor=1))


def windows(records):
    numbers = records.apply(lambda value: value["v"])
    for what in parts.WINDOWS:
        window = parts.made(what, numbers, records)
        if window is None:
            left_out.append(what)
        elif what.endswith("by partition"):
            try:
                window.final(closing_strategy="partition")
            except TypeError:
                window.final()
                left_out.append(f"{what}: by key")
        elif parts.collects(window):  # they have no `current`
            window.final()
        else:
            window.current()


def groups(records):
    regions = records.group_by("region")
    regions.apply(parts.count, stateful=True)
    regions.apply(lambda value: value["v"]).tumbling_window(10_000).sum().current()


def joins(records):
    if not hasattr(records, "join_asof"):
        left_out.extend(["join_asof", "join_interval"])
        return
    meta, events = application.dataframe(topic("meta")), application.dataframe(topic("events"))
    ignored = {"how": "left", "on_merge": "keep-left"}
    records.join_asof(meta, grace_ms=timedelta(seconds=30), name="asof", **ignored).update(lambda _: None)
    near = {"backward_ms": timedelta(seconds=10), "forward_ms": timedelta(seconds=10)}
    records.join_interval(events, grace_ms=timedelta(seconds=30), name="interval", **near, **ignored).update(lambda _: None)


def lookups():
    try:
        from quixstreams.dataframe.joins.lookups.base import BaseLookup
        from quixstreams.dataframe.joins.lookups.buffer import LookupBuffer
    except ImportError:
        left_out.append("join_lookup with a buffer")
        return

    class Lookup(BaseLookup):
        def join(self, fields, on, value, key, timestamp, headers):
            value["resolved"] = value["i"] % 4 == 0

    buffer = LookupBuffer(grace_ms=timedelta(hours=1), is_resolved=lambda value: value["resolved"])
    application.dataframe(topic("held")).join_lookup(Lookup(), {}, buffer=buffer)


main = application.dataframe(topic("orders"))
main.apply(parts.count, stateful=True)
windows(main)
joins(main)
groups(application.dataframe(topic("to-group")))
thirds = application.dataframe(topic("to-group-in-thirds")).group_by(lambda value: value["i"] % 3, name="thirds")
thirds.apply(parts.count, stateful=True)
lookups()
if parts.has_ttl:
    application.dataframe(topic("expiring", 1)).apply(parts.expiring, stateful=True)
else:
    left_out.append("TTL")
print(json.dumps({"leftOut": left_out}), flush=True)
application.run()
