"""Warns of machines that are too hot, and keeps how often and how hot each was."""

import os
import random
import time

from quixstreams import Application, State
from quixstreams.sources import Source


class Machines(Source):
    """Stands in for the machines of a factory."""

    def run(self):
        while self.running:
            machine = f"machine-{random.randint(1, 4)}"
            value = {"celsius": random.randint(20, 100)}
            message = self.serialize(key=machine, value=value)
            self.produce(key=message.key, value=message.value)
            time.sleep(0.1)


def watch(value: dict, state: State) -> dict:
    limit = int(os.environ["limit"])
    readings = state.get("readings", default=0) + 1
    too_hot = state.get("too_hot", default=0) + (value["celsius"] >= limit)
    state.set("readings", readings)
    state.set("too_hot", too_hot)
    state.set("hottest", max(state.get("hottest", default=0), value["celsius"]))
    return {**value, "readings": readings, "too_hot": too_hot, "limit": limit}


def main():
    app = Application(
        consumer_group="machine-watch",
        auto_offset_reset="earliest",
        commit_interval=1.0,
    )
    # Set by the platform; see app.yaml and quix.yaml.
    input_topic = app.topic(os.environ["input"])
    output_topic = app.topic(os.environ["output"])

    sdf = app.dataframe(input_topic, source=Machines("machines"))
    sdf = sdf.apply(watch, stateful=True)
    sdf = sdf[sdf["celsius"] >= sdf["limit"]]
    sdf.to_topic(output_topic)
    app.run()


if __name__ == "__main__":
    main()
