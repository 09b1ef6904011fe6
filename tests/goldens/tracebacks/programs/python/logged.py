import logging

logging.basicConfig()
log = logging.getLogger("shop.orders")


def load(number):
    return {1: "one"}[number]


for number in (1, 2, 3):
    try:
        load(number)
    except KeyError:
        log.exception("order %d failed\nit was tried once", number)
log.error("that was all")
logging.root.handlers[0].setFormatter(
    logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
try:
    load(4)
except KeyError:
    log.critical("no stock", exc_info=True, stack_info=True)
