import logging

try:
    [][0]
except IndexError:
    logging.getLogger("quiet").exception("nobody set a handler")
