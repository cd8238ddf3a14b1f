"""feed.py BROKER: at each line of its input messages for the app, on every topic, the next part of always the same stream;
then the line `fed`. Event time goes on with the messages, some of which are late.
"""
import json
import random
import sys
import time

import parts
from confluent_kafka import Producer

TOPICS = ["orders", "meta", "events", "to-group", "to-group-in-thirds", "held", "expiring"]
MESSAGES = 120
producer = Producer({"bootstrap.servers": sys.argv[1], "partitioner": "murmur2", "acks": "all"})
numbers = random.Random(7)
now = int(time.time()) * 1000
i = 0
failed = []


def number():
    return numbers.choice([numbers.randrange(-50, 100), numbers.random() * 10, -1e-7 * numbers.random(), 2**53 + numbers.randrange(9)])


for _ in sys.stdin:
    for _ in range(MESSAGES):
        i += 1
        now += numbers.choice([50, 200, 400]) if i % 40 else 5_000
        late = numbers.randrange(4_000) if i % 9 == 0 else 0
        value = {"v": number(), "i": i, "region": numbers.choice(parts.REGIONS)}
        key = numbers.choice(parts.MESSAGE_KEYS)
        topics = TOPICS if i % 3 == 0 else TOPICS[:1]
        for topic in topics:
            producer.produce(
                topic,
                key=key,
                value=json.dumps(value).encode(),
                timestamp=now - late,
                on_delivery=lambda error, _: failed.append(error) if error else None,
            )
    left = producer.flush(30)
    if failed or left:
        sys.exit(f"{len(failed)} messages failed ({failed[:1]}), {left} unsent")
    print("fed", flush=True)
