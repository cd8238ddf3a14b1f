"""An app that fails in the way that its first argument names, or runs. What it needs comes from the environment."""

import os
import sys
from datetime import timedelta

from quixstreams import Application, State
from quixstreams.sources import Source
from quixstreams.state.rocksdb import RocksDBOptions

way = sys.argv[1]


def rate(number: int) -> float:
    return 10 / (2 - number)  # fails


def count(value: dict, state: State) -> dict:
    total = state.get("total", default=0) + 1
    if way == "exception":
        value["rate"] = rate(value["n"])
    if way == "ttl":
        state.set("total", total, ttl=timedelta(hours=1))
    else:
        state.set("total", total)
    return {**value, "total": total}


class Device(Source):
    def run(self):
        raise RuntimeError("no device")  # breaks


def main():
    if way == "variable":
        print(os.environ["DEVICE_TOPIC"])  # reads
    options = {}
    if "AVAILABILITY" in os.environ:
        options["broker_availability_timeout"] = float(os.environ["AVAILABILITY"])
    app = Application(
        broker_address=os.environ.get("BROKER"),
        consumer_group=os.environ.get("GROUP", "failing"),
        state_dir=os.environ.get("STATE_DIR"),
        auto_offset_reset="earliest",
        commit_every=1,
        request_timeout=float(os.environ.get("REQUEST_TIMEOUT", "30")),
        loglevel=os.environ.get("LOGLEVEL", "INFO"),
        rocksdb_options=RocksDBOptions(
            open_max_retries=int(os.environ.get("LOCK_RETRIES", "3")), open_retry_backoff=0.2
        ),
        **options,
    )
    topic = app.topic(os.environ.get("TOPIC", "readings"))
    with app.get_producer() as producer:
        for number in range(int(os.environ.get("MESSAGES", "4"))):
            value = b"no JSON" if way == "json" else b'{"n": %d}' % number
            producer.produce(topic=topic.name, key=b"device-1", value=value)
    sdf = app.dataframe(topic, source=Device("device") if way == "source" else None)
    sdf = sdf.apply(count, stateful=True)
    sdf.update(lambda value: print(value, flush=True))
    app.run()


if __name__ == "__main__":
    main()
