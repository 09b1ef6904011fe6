#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What an application does with memcached, by pymemcache: memcached_client.py PORT THREADS LARGEST [CERTIFICATE].

Prints what it did as JSON: how often each command, how often it hit, how long all of them took.
"""
import collections
import json
import ssl
import sys
import threading
import time

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheError

ROUNDS = 12
COUNTS, HITS, LOCK = collections.Counter(), collections.Counter(), threading.Lock()
SECONDS = []


def work(client, name):
    counts, hits = collections.Counter(), collections.Counter()

    def note(command, hit=None):
        counts[command] += 1
        if hit is not None:
            hits[f"{command} {hit}"] += 1

    for number in range(ROUNDS):
        key = f"secret-{name}-{number}"
        assert client.set(key, "x" * (20 if number else int(sys.argv[3])), noreply=False)
        note("set")
        assert client.get(key) is not None
        note("get", True)
        assert client.get("none-" + key) is None
        note("get", False)
        assert len(client.get_many([key, "none-" + key])) == 1
        note("get", True)
        value, token = client.gets(key)
        note("gets", True)
        assert client.cas(key, value[:20], token, noreply=False)
        note("cas")
        client.set("counter-" + name, "5", noreply=True)
        note("set")
        assert client.incr("counter-" + name, 2) == 7
        note("incr")
        assert client.add("counter-" + name, "1", noreply=False) is False
        note("add")
        assert client.touch(key, 100, noreply=False)
        note("touch")
        assert client.delete(key, noreply=False)
        note("delete")
        client.delete(key, noreply=True)
        note("delete")
    client.set("text-" + name, "text", noreply=False)
    note("set")
    try:
        client.incr("text-" + name, 1)
    except MemcacheError:
        note("incr")
    client.version()
    note("version")
    with LOCK:
        COUNTS.update(counts)
        HITS.update(hits)


def run(port, name):
    tls = ssl.create_default_context(cafile=sys.argv[4]) if len(sys.argv) > 4 else None
    client = Client(("127.0.0.1", port), timeout=20, tls_context=tls)
    start = time.monotonic()
    work(client, name)
    SECONDS.append(time.monotonic() - start)
    client.quit()
    with LOCK:
        COUNTS["quit"] += 1


def main():
    threads = [threading.Thread(target=run, args=(int(sys.argv[1]), str(number))) for number in range(int(sys.argv[2]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps({"counts": COUNTS, "hits": HITS, "seconds": sum(SECONDS)}))


if __name__ == "__main__":
    main()
