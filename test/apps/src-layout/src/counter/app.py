"""Counts words. Run it from the folder that holds `src`: `python src/counter/app.py`."""

import random
import time

from quixstreams import Application, State
from quixstreams.sources import Source

from settings import settings

SENTENCES = ["state is a folder", "a folder is state", "the state of a stream"]


class Sentences(Source):
    def run(self):
        while self.running:
            message = self.serialize(key="text", value=random.choice(SENTENCES))
            self.produce(key=message.key, value=message.value)
            time.sleep(0.2)


def count(word: str, state: State) -> int:
    total = state.get("total", default=0) + 1
    state.set("total", total)
    return total


def build() -> Application:
    app = Application(
        broker_address=settings.broker_address,
        consumer_group=settings.consumer_group,
        state_dir=settings.state_dir,
        auto_offset_reset="earliest",
        commit_interval=1.0,
    )
    sdf = app.dataframe(app.topic(settings.topic), source=Sentences("sentences"))
    sdf = sdf.apply(str.split, expand=True)
    sdf = sdf.group_by(lambda word: word, name="word")
    sdf.apply(count, stateful=True)
    return app


if __name__ == "__main__":
    build().run()
