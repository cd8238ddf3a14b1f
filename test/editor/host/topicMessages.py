"""Does what apps do to topics, as JSON commands on stdin tell it; answers each with a line of JSON."""

import base64
import json
import sys

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from quixstreams import Application

address = sys.argv[1]


def decoded(text):
    return None if text is None else base64.b64decode(text)


def encoded(data):
    return None if data is None else base64.b64encode(data).decode()


def create(name, partitions):
    admin = AdminClient({"bootstrap.servers": address})
    topic = NewTopic(name, num_partitions=partitions, replication_factor=1)
    for future in admin.create_topics([topic]).values():
        future.result(10)


def produce(topic, messages):
    """As a Quix Streams app does, partitioner included."""
    app = Application(broker_address=address, consumer_group="unused")
    with app.get_producer() as producer:
        for message in messages:
            producer.produce(
                topic=topic,
                key=decoded(message["key"]),
                value=decoded(message["value"]),
                headers=[(name, decoded(value)) for name, value in message.get("headers", [])],
                partition=message.get("partition"),
                timestamp=message.get("timestamp"),
            )


def commit(group, topic, offsets):
    consumer = Consumer({"bootstrap.servers": address, "group.id": group})
    consumer.commit(
        offsets=[TopicPartition(topic, i, offset) for i, offset in enumerate(offsets)],
        asynchronous=False,
    )
    consumer.close()


def consume(topic, partition, offset, count):
    consumer = Consumer({"bootstrap.servers": address, "group.id": "reader"})
    consumer.assign([TopicPartition(topic, partition, offset)])
    found = []
    while len(found) < count:
        message = consumer.poll(10)
        assert message is not None and message.error() is None, message
        found.append(
            {
                "offset": message.offset(),
                "key": encoded(message.key()),
                "value": encoded(message.value()),
                "headers": [[name, encoded(value)] for name, value in message.headers() or []],
            }
        )
    consumer.close()
    return found


commands = {"create": create, "produce": produce, "commit": commit, "consume": consume}

for line in sys.stdin:
    name, arguments = json.loads(line)
    print(json.dumps(commands[name](*arguments)), flush=True)
