# SPDX-License-Identifier: Apache-2.0
"""Test Anything Protocol for the Python tests: one `with case("name"):` per thing that can fail.

A failure ends its block only; its reason goes to standard error. finish() prints the plan and exits.
"""
import contextlib
import sys
import time
import traceback

counts = {"passed": 0, "failed": 0, "skipped": 0}


class Skip(Exception):
    """Raised inside a case that cannot run here; the text says why."""


def _line(text):
    print(text, flush=True)


def _number():
    return sum(counts.values())


@contextlib.contextmanager
def session(name):
    """What several cases need: silent when it goes well, a failure or a skip of its own when it cannot be had."""
    with case(name, is_silent=True):
        yield


@contextlib.contextmanager
def case(name, is_silent=False):
    begin = time.monotonic()
    try:
        yield
        if is_silent:
            return
        counts["passed"] += 1
        _line(f"ok {_number()} - {name}")
    except Skip as why:
        counts["skipped"] += 1
        _line(f"ok {_number()} - {name} # SKIP {why}")
    except Exception as error:  # whatever went wrong, the tests after it still run
        counts["failed"] += 1
        _line(f"not ok {_number()} - {name}")
        print(f"# {name}: after {time.monotonic() - begin:.1f} s", file=sys.stderr)
        if isinstance(error, AssertionError) and str(error):
            print("#   " + str(error).replace("\n", "\n#   "), file=sys.stderr)
        else:
            traceback.print_exc()
        sys.stderr.flush()


def skip(name, why):
    with case(name):
        raise Skip(why)


def equal(actual, expected, what):
    assert actual == expected, f"{what}: expected {expected!r}, got {actual!r}"


def finish():
    _line(f"1..{_number()}")
    sys.exit(1 if counts["failed"] else 0)
