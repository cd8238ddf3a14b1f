"""Counts the visits of each page."""

import random
import time

from quixstreams import Application, State
from quixstreams.sources import Source

PAGES = ["/", "/docs", "/pricing", "/blog"]


class Visits(Source):
    def run(self):
        while self.running:
            page = random.choice(PAGES)
            message = self.serialize(key=page, value={"seconds": random.randint(1, 60)})
            self.produce(key=message.key, value=message.value)
            time.sleep(0.1)


def count(value: dict, state: State) -> dict:
    visits = state.get("visits", default=0) + 1
    seconds = state.get("seconds", default=0) + value["seconds"]
    state.set("visits", visits)
    state.set("seconds", seconds)
    return {"visits": visits, "seconds": seconds}


# Application(broker_address="kafka:9092", consumer_group="page-visits-live")  # the cluster
app = Application(
    broker_address="localhost:29477",
    consumer_group="page-visits",
    state_dir="./data/state",
    auto_offset_reset="earliest",
    commit_interval=1.0,
)

sdf = app.dataframe(app.topic("visits"), source=Visits("visits"))
sdf = sdf.apply(count, stateful=True)
sdf.print(metadata=True)

if __name__ == "__main__":
    app.run()
