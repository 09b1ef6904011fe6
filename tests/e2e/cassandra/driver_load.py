#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""driver_load.py PORT VERSION CALLS [CERTIFICATE]: statements of every kind by Debian's cassandra-driver; CALLS of each, 50 at a time.

Prints how many requests each summary takes, errors by code. Values say "secret".
"""
import collections
import json
import ssl
import sys

from cassandra import InvalidRequest
from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args
from cassandra.query import BatchStatement


def main():
    port, version, calls = (int(word) for word in sys.argv[1:4])
    tls = {"ssl_context": ssl.create_default_context(cafile=sys.argv[4]), "ssl_options": {"server_hostname": "localhost"}} if len(sys.argv) > 4 else {}
    cluster = Cluster(["127.0.0.1"], port=port, protocol_version=version, compression=False, connect_timeout=30,
                      schema_metadata_enabled=False, token_metadata_enabled=False, **tls)
    session = cluster.connect()
    session.default_timeout = 60
    seen = collections.Counter()
    table = f"load.orders{version}"
    session.execute("CREATE KEYSPACE IF NOT EXISTS load "
                    "WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}")
    session.execute(f"CREATE TABLE IF NOT EXISTS {table} (id int PRIMARY KEY, card text)")
    prepared = session.prepare(f"INSERT INTO {table} (id, card) VALUES (?, ?)")
    execute_concurrent_with_args(session, prepared, [(number, "secret") for number in range(calls)], concurrency=50)
    seen[f"INSERT {table}"] += calls
    for number in range(calls):
        row = session.execute(f"SELECT card FROM {table} WHERE id = {number}").one()
        assert row.card == "secret"
        seen[f"SELECT {table}"] += 1
    for _ in range(5):
        batch = BatchStatement()
        for number in range(3):
            batch.add(prepared, (number, "secret"))
        session.execute(batch)
        seen[f"BATCH INSERT {table}"] += 1
        try:
            session.execute("SELECT card FROM load.nosuch WHERE card = 'secret'")
        except InvalidRequest:
            seen["SELECT load.nosuch"] += 1
    cluster.shutdown()
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
