import json
import logging


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {"time": "2026-11-21T17:00:00Z", "level": record.levelname, "logger": record.name,
                "message": record.getMessage()}
        if record.exc_info:
            line["error"] = {"kind": record.exc_info[0].__name__,
                             "stack": self.formatException(record.exc_info)}
        return json.dumps(line)


handler = logging.StreamHandler()
handler.setFormatter(JsonFormatter())
logging.root.addHandler(handler)
log = logging.getLogger("shop.payment")
log.warning("card is slow: Traceback (most recent call last)")


def pay(amount):
    raise ValueError("amount „%s\" is not a number\nC:\\new" % amount)


try:
    pay("ü😀")
except ValueError:
    log.exception("payment failed")
log.warning("done")
