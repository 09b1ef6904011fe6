class OrderError(Exception):
    pass


def parse(text):
    return int(text)


def load(text):
    try:
        return parse(text)
    except ValueError as error:
        raise OrderError("no order:\n  " + text) from error


def main():
    try:
        load("x1")
    except OrderError:
        try:
            {}["fallback"]
        except KeyError:
            raise RuntimeError("gave up")


main()
