import logging

try:
    raise SystemExit(3)
except SystemExit:
    logging.exception("leaving")
raise SystemExit("bye: error")
