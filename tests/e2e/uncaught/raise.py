"""One way per argument for an exception to end, or not to end, a Python program. Lines that raise say so at their end."""
import asyncio
import sys
import threading
import traceback


class ShopError(Exception):
    pass


def share(order):
    raise ZeroDivisionError(f"{order} is shared by nobody")  # share


def uncaught():
    share("uncaught")


def chained():
    try:
        share("chained")
    except ZeroDivisionError as error:
        raise ShopError("closed") from error  # chained


def context():
    try:
        share("context")
    except ZeroDivisionError:
        raise ShopError("closed")  # context


def group():
    errors = []
    for number in range(2):
        try:
            share(f"group {number}")
        except ZeroDivisionError as error:
            errors.append(error)
    raise ExceptionGroup("two orders", errors)  # group


def thread():
    worker = threading.Thread(target=share, args=("thread",), name="worker")
    worker.start()
    worker.join()


def task():
    async def main():
        asyncio.get_running_loop().create_task(work())
        await asyncio.sleep(0.05)

    async def work():
        share("task")

    asyncio.run(main())


def hook():
    sys.excepthook = lambda kind, error, trace: print("sorry\n", *traceback.format_exception(kind, error, trace), sep="", file=sys.stderr)
    share("hook")


def silent():
    sys.excepthook = lambda *_: None
    share("silent")


def caught():
    try:
        share("caught")
    except ZeroDivisionError:
        print("caught")


def leave():
    sys.exit(3)


globals()[sys.argv[1]]()
