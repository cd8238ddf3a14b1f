"""Sums up the energy that each household uses, window by window."""

import os
import random
import time
from datetime import timedelta

from quixstreams import Application
from quixstreams.sources import Source


class Meters(Source):
    def run(self):
        while self.running:
            household = f"household-{random.randint(1, 3)}"
            message = self.serialize(key=household, value={"wh": random.randint(1, 50)})
            self.produce(key=message.key, value=message.value)
            time.sleep(0.1)


def main():
    app = Application(
        consumer_group="energy-window",
        auto_offset_reset="earliest",
        commit_interval=1.0,
    )
    topic = app.topic(os.environ["input"])
    window = timedelta(seconds=int(os.environ["window_seconds"]))
    sdf = app.dataframe(topic, source=Meters("meters"))
    sdf = sdf.apply(lambda value: value["wh"])
    sdf = sdf.tumbling_window(window, name="energy").sum().current()
    sdf.print()
    app.run()


if __name__ == "__main__":
    main()
