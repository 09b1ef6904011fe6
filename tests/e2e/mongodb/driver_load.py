#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""driver_load.py PORT THREADS ROUNDS [CERTIFICATE]: pymongo's calls, each thread on a collection of its own, one after the other.

Prints one JSON line per call: collection, the commands it takes, its duration. Values say "secret".
"""
import json
import sys
import threading
import time

import pymongo
import pymongo.errors

DATABASE = "load"


def calls(collection, start):
    """(what it does, the commands the server sees: name, batch size, rows, error code)"""
    ids = range(start, start + 15)
    yield lambda: collection.insert_one({"_id": ids[0], "card": "secret"}), [["insert", None, None, None]]
    yield (lambda: collection.insert_many([{"_id": key, "card": "secret"} for key in ids[1:]]),
           [["insert", 14, None, None]])
    yield (lambda: list(collection.find({"card": "secret", "_id": {"$gte": start}}, batch_size=10)),
           [["find", None, 10, None], ["getMore", None, 5, None]])
    yield lambda: collection.find_one({"_id": start, "card": "secret"}), [["find", None, 1, None]]
    yield lambda: collection.update_one({"_id": start}, {"$set": {"card": "secret2"}}), [["update", None, None, None]]
    yield lambda: list(collection.aggregate([{"$match": {"_id": start}}])), [["aggregate", None, 1, None]]
    yield lambda: collection.insert_one({"_id": start, "card": "secret"}), [["insert", None, None, "11000"]]
    yield lambda: collection.database.command("nosuch", "secret"), [["nosuch", None, None, "59"]]
    yield lambda: collection.delete_many({"_id": start}), [["delete", None, None, None]]


def run_thread(client, name, rounds, outcomes):
    for turn in range(rounds):
        for call, commands in calls(client[DATABASE][name], turn * 100):
            begin = time.monotonic_ns()
            try:
                call()
                code = None
            except pymongo.errors.OperationFailure as error:
                code = str(error.code)
            assert code == commands[-1][3], f"{commands}: {code}"
            outcomes.append({"collection": name, "commands": commands, "duration_ns": time.monotonic_ns() - begin})


def main():
    port, threads, rounds = (int(word) for word in sys.argv[1:4])
    outcomes = []
    tls = {"tls": True, "tlsCAFile": sys.argv[4]} if len(sys.argv) > 4 else {}
    client = pymongo.MongoClient("127.0.0.1", port, maxPoolSize=threads, socketTimeoutMS=30000, **tls)
    workers = [threading.Thread(target=run_thread, args=(client, f"orders{threads}_{number}", rounds, outcomes))
               for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    client.close()
    for outcome in outcomes:
        print(json.dumps(outcome))


if __name__ == "__main__":
    main()
