"""Writes messages of every kind as Kafka's other clients write them: by confluent-kafka, as quixstreams does.

Usage: python writeMessages.py HOST:PORT
Prints, as JSON, the partition of each key in `keyed`: {"": 2, "k0": 1, ...}; the empty one is of messages without a key.
"""

import json
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

broker = sys.argv[1]
compressions = ["none", "gzip", "snappy", "lz4", "zstd"]
many = 12_000


def create(partitions):
    admin = AdminClient({"bootstrap.servers": broker})
    topics = [NewTopic(name, count, 1) for name, count in partitions.items()]
    for made in admin.create_topics(topics).values():
        made.result(20)


def producer(**settings):
    settings = {name.replace("_", "."): value for name, value in settings.items()}
    return Producer({"bootstrap.servers": broker, "linger.ms": 50, **settings})


packed = {f"packed-{one}": 1 for one in compressions}
create({"kinds": 2, "keyed": 3, "many": 1, "transactions": 1, "empty": 1, "large": 1, **packed})

# Every kind of message, in two partitions.
plain = producer()
time = 1_764_000_000_123
plain.produce("kinds", b"1", b"a", 0, timestamp=time)
plain.produce("kinds", b"2", b"b", 1, timestamp=time + 1)
plain.produce("kinds", b"3", None, 0, timestamp=time + 2)
plain.produce("kinds", None, b"a", 0, timestamp=time + 3)
headers = [("trace", b"x1"), ("trace", b"x2"), ("none", None), ("bytes", b"\x00\xff")]
plain.produce("kinds", b'{"n": 5}', b"\x00\x01", 1, timestamp=time + 4, headers=headers)
plain.produce("kinds", b"", b"", 1, timestamp=time + 5)
plain.flush(20)

for compression in compressions:
    one = producer(compression_type=compression)
    for i in range(500):
        one.produce(f"packed-{compression}", b'{"i": %d, "text": "%s"}' % (i, b"ab" * 40), b"k%d" % (i % 7))
    one.flush(20)

# One key that is far back, among many.
for i in range(many):
    plain.produce("many", b"%d" % i, b"rare" if i == 17 else b"k%d" % (i % 10), 0)
    if i % 5000 == 0:
        plain.flush(20)
plain.flush(20)

for i in range(12):
    plain.produce("large", b"%d" % i + b"x" * 900_000, b"large")
    plain.flush(20)

# Which partition quixstreams would choose.
partitions = {}
chosen = producer(partitioner="murmur2")
for key in [None, *(b"k%d" % i for i in range(20)), "kä".encode()]:
    name = "" if key is None else key.decode()
    chosen.produce("keyed", b"", key, on_delivery=lambda _, m, name=name: partitions.update({name: m.partition()}))
chosen.flush(20)

# Committed and aborted ones in turn, of two producers, the last of which does not end its own.
transactional = producer(transactional_id="one")
transactional.init_transactions(20)
for number, commit in enumerate([True, False, True, False, True]):
    transactional.begin_transaction()
    for i in range(3):
        transactional.produce("transactions", f"{number}.{i} {'kept' if commit else 'aborted'}".encode(), b"t")
    transactional.flush(20)
    if number == 2:
        plain.produce("transactions", b"between", b"t")
        plain.flush(20)
    transactional.commit_transaction(20) if commit else transactional.abort_transaction(20)
open_ = producer(transactional_id="two")
open_.init_transactions(20)
open_.begin_transaction()
open_.produce("transactions", b"not yet", b"t")
open_.flush(20)

# What a group has committed.
consumer = Consumer({"bootstrap.servers": broker, "group.id": "known", "enable.auto.commit": False})
consumer.commit(offsets=[TopicPartition("kinds", 0, 2), TopicPartition("many", 0, 11_000)], asynchronous=False)
consumer.close()
print(json.dumps(partitions))
