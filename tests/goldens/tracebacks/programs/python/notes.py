import logging


def main():
    error = ValueError("first line\n\nthird line")
    error.add_note("order: 17")
    error.add_note("Traceback (most recent call last): is not\none")
    raise error


logging.basicConfig(format="[%(asctime)s] %(levelname)s in %(module)s: %(message)s")
try:
    main()
except ValueError:
    logging.exception("with notes")
