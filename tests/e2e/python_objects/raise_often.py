"""So many rounds of so many threads that end by an exception each, side by side: raise_often.py ROUNDS THREADS. It waits for a
file `go` in its working directory."""
import os
import sys
import threading
import time


def fail(depth, number):
    if depth:
        fail(depth - 1, number)
    try:
        {}[number]
    except KeyError as error:
        raise ValueError(f"number {number}") from error


while not os.path.exists("go"):
    time.sleep(0.02)
rounds, width = int(sys.argv[1]), int(sys.argv[2])
for turn in range(rounds):
    workers = [threading.Thread(target=fail, args=(turn % 40, turn * width + i)) for i in range(width)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
