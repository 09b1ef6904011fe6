#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""kafka_producers.py FOLDER PORT CERTIFICATE TOPIC PRODUCERS RECORDS: kafka-python, each producer with connections of its own, by TLS.

Each sends one record after the other and waits for its acknowledgement; prints how many were acknowledged.
"""
import sys
import threading

sys.path.insert(0, sys.argv[1])
import kafka  # noqa: E402

PORT, CERTIFICATE, TOPIC = int(sys.argv[2]), sys.argv[3], sys.argv[4]
acknowledged = []


def produce(records):
    producer = kafka.KafkaProducer(bootstrap_servers=f"127.0.0.1:{PORT}", client_id="shop", linger_ms=0, acks="all", security_protocol="SSL",
                                   ssl_cafile=CERTIFICATE, ssl_check_hostname=False, max_block_ms=60000,
                                   api_version_auto_timeout_ms=60000)
    for number in range(records):
        producer.send(TOPIC, b"secret-%d" % number, partition=0).get(60)
        acknowledged.append(number)
    producer.close()


threads = [threading.Thread(target=produce, args=(int(sys.argv[6]),)) for _ in range(int(sys.argv[5]))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(acknowledged))
