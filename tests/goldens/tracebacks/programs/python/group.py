def fail(error):
    try:
        raise error
    except Exception as raised:
        return raised


def nested():
    try:
        try:
            {}["key"]
        except KeyError as error:
            raise OSError(2, "nothing there") from error
    except OSError as error:
        return error


def main():
    inner = fail(ExceptionGroup("inner", [fail(TypeError("one\ntwo")), ValueError("never raised")]))
    try:
        1 / 0
    except ZeroDivisionError:
        raise ExceptionGroup("outer", [nested(), inner, fail(RuntimeError("last"))])


try:
    main()
except ExceptionGroup:
    raise LookupError("after the group")
