import logging

logging.basicConfig(format="%(asctime)s %(levelname)s [%(name)s] %(message)s")
try:
    raise ExceptionGroup("many", [ValueError(i) for i in range(40)])
except ExceptionGroup:
    logging.getLogger("shop.orders").exception("could not take %d orders", 40)
