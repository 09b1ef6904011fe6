"""One way per argument for an exception to reach, or not to reach, the end of a Python 3.8 to 3.13 program.

It waits for a file `go` in its working directory. With a second argument `kept` what it prints goes nowhere.
"""
import io
import os
import sys
import threading
import time


class ShopError(Exception):
    pass


def share(value):
    total = (
        len(value)
        +
        1
    )
    raise ValueError(value) if total else None


def plain():
    share("nothing to share")


def cause():
    try:
        share("first")
    except ValueError as error:
        raise ShopError("second") from error


def context():
    try:
        cause()
    except ShopError:
        {}["third"]


def suppressed():
    try:
        share("first")
    except ValueError:
        raise ShopError("alone") from None


def foreign():
    share("Gr\u00f6\u00dfe \u6570 \U0001f389")


def latin():
    share("Gr\u00f6\u00dfe")


def wide():
    share("\u6570\u5b57 and more")


def deep(depth=200):
    if depth == 0:
        share("deep")
    deep(depth - 1)


def other(depth):
    return deeper(depth - 1)


def deeper(depth=150):
    return other(depth) if depth > 0 else share("in turns")


def thread():
    worker = threading.Thread(target=context, name="worker")
    worker.start()
    worker.join()


def several():
    raise ShopError("one", 2)


def empty():
    raise ShopError


def native():
    __import__("json").loads("{1")


def sqlite():
    import zlib
    zlib.decompress(b"no")


def compiled():
    """A module with a long line table, which raises far down."""
    lines = [f"a{number} = {number}; b{number} = (a{number},\n a{number})" for number in range(500)]
    exec(compile("\n".join([*lines, "share('far down')"]), "far/down.py", "exec"), globals())


def chain():
    """Longer than what is told."""
    try:
        raise ShopError("0")
    except ShopError:
        climb(1)


def climb(number):
    try:
        raise ShopError(str(number))
    except ShopError:
        if number < 7:
            climb(number + 1)
        raise


def hook():
    sys.excepthook = lambda *_: None
    share("hook")


def caught():
    try:
        share("caught")
    except ValueError:
        pass


def leave():
    sys.exit(3)


if sys.argv[2:] == ["kept"]:
    sys.stderr = io.StringIO()
while not os.path.exists("go"):
    time.sleep(0.02)
globals()[sys.argv[1]]()
