import threading


def work(count):
    raise ValueError("bad count: %d" % count)


for count in (1, 2):
    thread = threading.Thread(target=work, args=(count,), name="counter-%d" % count if count == 2 else None)
    thread.start()
    thread.join()
