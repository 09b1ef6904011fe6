#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Requests and crashes all the time, and when each was made: what an upgrade is judged by (check_upgrade.py).

usage: make_load.py PORT VICTIM STOP MADE     until the file STOP is there; MADE: a JSON line for each
Five requests a second on new connections (/new/N), five on a kept one (/kept/N), and one run of VICTIM a second, which falls.
"""
import http.client
import json
import os
import subprocess
import sys
import threading
import time

port, victim, stop, path = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
made = []


def ask(connection, name):
    begin = time.monotonic()
    connection.request("GET", name)
    answer = connection.getresponse()
    answer.read()
    made.append({"kind": "request", "name": name, "begin": begin, "end": time.monotonic(), "status": answer.status})


def ask_anew(number):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    ask(connection, f"/new/{number}")
    connection.close()


def fall(number):
    begin = time.monotonic()
    process = subprocess.Popen([victim, "fall"])
    code = process.wait()
    made.append({"kind": "crash", "name": str(process.pid), "begin": begin, "end": time.monotonic(), "status": code})


def repeat(interval_s, do):
    number = 0
    while not os.path.exists(stop):
        number += 1
        begin = time.monotonic()
        do(number)
        time.sleep(max(0.0, begin + interval_s - time.monotonic()))


kept = http.client.HTTPConnection("127.0.0.1", port)
threads = [threading.Thread(target=repeat, args=arguments) for arguments in
           ((0.2, ask_anew), (0.2, lambda number: ask(kept, f"/kept/{number}")), (1, fall))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
with open(path, "w", encoding="utf-8") as file:
    for one in made:
        file.write(json.dumps(one) + "\n")
