"""Counts the messages of each device and keeps its highest load, in state."""

import os
import random
import time

from quixstreams import Application, State
from quixstreams.sources import Source


class CpuLoadSource(Source):
    """Stands in for devices that report their CPU load, two a second."""

    def run(self):
        while self.running:
            device = f"PC{random.randint(1, 5)}"
            message = self.serialize(key=device, value={"cpu": round(random.uniform(1, 99), 1)})
            self.produce(key=message.key, value=message.value)
            time.sleep(0.5)


def count(value: dict, state: State) -> dict:
    total = state.get("total", default=0) + 1
    highest = max(state.get("highest", default=0), value["cpu"])
    state.set("total", total)
    state.set("highest", highest)
    state.set("last", value)
    return {"total": total, "highest": highest}


def main():
    # The broker's address and the state folder come from the environment, as on Quix Cloud.
    app = Application(
        consumer_group="cpu-load-counter",
        auto_offset_reset="earliest",
        commit_interval=1.0,
    )
    topic = app.topic(os.environ.get("input", "cpu-load"))
    sdf = app.dataframe(topic=topic, source=CpuLoadSource("cpu-load"))
    sdf = sdf.apply(count, stateful=True)
    sdf.update(lambda value, key, *_: print(key.decode(), value), metadata=True)
    app.run()


if __name__ == "__main__":
    main()
