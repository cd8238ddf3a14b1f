"""Sums up what each customer ordered."""

import os
import random
import time

from quixstreams import Application, State
from quixstreams.sources import Source


class Orders(Source):
    def run(self):
        while self.running:
            customer = random.choice(["ada", "grace", "katherine"])
            message = self.serialize(key=customer, value={"amount": random.randint(5, 90)})
            self.produce(key=message.key, value=message.value)
            time.sleep(0.1)


def add(value: dict, state: State) -> dict:
    total = state.get("total", default=0) + value["amount"]
    orders = state.get("orders", default=0) + 1
    state.set("total", total)
    state.set("orders", orders)
    return {"orders": orders, "total": f"{total} {os.environ['currency']}"}


def main():
    app = Application(
        consumer_group="orders-total",
        auto_offset_reset="earliest",
        commit_interval=1.0,
    )
    topic = app.topic(os.environ["input"])
    sdf = app.dataframe(topic, source=Orders("orders"))
    sdf.apply(add, stateful=True)
    app.run()


if __name__ == "__main__":
    main()
