"""A foreign client of Kafka, librdkafka: does what one JSON object on standard input tells it. Bytes are base64, None is null."""

import base64
import json
import sys
from itertools import groupby

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, Producer, TopicPartition


def encoded(value):
    return None if value is None else base64.b64encode(value).decode()


def decoded(text):
    return None if text is None else base64.b64decode(text)


def produce(host, records):
    """In the order given: the records of one codec are all there before those of the next are sent."""
    failed = []
    for codec, some in groupby(records, lambda record: record["codec"]):
        producer = Producer(
            {
                "bootstrap.servers": host,
                "partitioner": "murmur2_random",
                "compression.type": codec,
                "enable.idempotence": True,
                "linger.ms": 20,
            }
        )
        for record in some:
            producer.produce(
                record["topic"],
                key=decoded(record["key"]),
                value=decoded(record["value"]),
                headers=[(name, decoded(value)) for name, value in record["headers"]],
                timestamp=record["timeMs"],
                partition=record.get("partition", -1),
                on_delivery=lambda error, _: error and failed.append(str(error)),
            )
        producer.flush()
    if failed:
        sys.exit(f"{len(failed)} records were refused: {failed[0]}")


def consume(host, topic):
    """What is committed, to the end of every partition, a line each."""
    consumer = Consumer(
        {
            "bootstrap.servers": host,
            "group.id": f"{topic}-confluent",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "enable.auto.commit": False,
        }
    )
    partitions = consumer.list_topics(topic).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in partitions])
    open_partitions = set(partitions)
    while open_partitions:
        message = consumer.poll(30)
        if message is None:
            sys.exit(f"{topic}: nothing came")
        if message.error() is None:
            record = {
                "partition": message.partition(),
                "offset": message.offset(),
                "timeMs": message.timestamp()[1],
                "key": encoded(message.key()),
                "value": encoded(message.value()),
                "headers": [[name, encoded(value)] for name, value in message.headers() or []],
            }
            print(json.dumps(record))
        elif message.error().code() == KafkaError._PARTITION_EOF:
            open_partitions.discard(message.partition())
        else:
            sys.exit(str(message.error()))
    consumer.close()


task = json.load(sys.stdin)
if task["do"] == "produce":
    produce(task["host"], task["records"])
else:
    consume(task["host"], task["topic"])
