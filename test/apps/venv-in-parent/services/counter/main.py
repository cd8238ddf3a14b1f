"""Counts the calls of each endpoint."""

import os
import random
import time

from dotenv import load_dotenv
from quixstreams import Application, State
from quixstreams.sources import Source

load_dotenv()


class Calls(Source):
    def run(self):
        while self.running:
            endpoint = random.choice(["login", "search", "checkout"])
            message = self.serialize(key=endpoint, value={"ms": random.randint(1, 900)})
            self.produce(key=message.key, value=message.value)
            time.sleep(0.1)


def count(value: dict, state: State) -> int:
    calls = state.get("calls", default=0) + 1
    state.set("calls", calls)
    state.set("slowest", max(state.get("slowest", default=0), value["ms"]))
    return calls


def main():
    app = Application(
        broker_address=os.getenv("BROKER_ADDRESS", "localhost:9092"),
        consumer_group=os.getenv("CONSUMER_GROUP", "endpoint-calls"),
        auto_offset_reset="earliest",
        commit_interval=1.0,
    )
    sdf = app.dataframe(app.topic("calls"), source=Calls("calls"))
    sdf.apply(count, stateful=True)
    app.run()


if __name__ == "__main__":
    main()
