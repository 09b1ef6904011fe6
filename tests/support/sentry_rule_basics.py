"""What the rules of Sentry's items have in common: strict JSON, ids, times, tags. Whatever breaks a rule raises
Violation with the reason. Used by sentry_envelope_rules.py and sentry_event_rules.py."""
import json
import re
from decimal import Decimal

MIB = 1 << 20
MAX_CONTEXT_BYTES = 8192
HEX32 = re.compile(r"[0-9a-f]{32}")
HEX16 = re.compile(r"[0-9a-f]{16}")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
OPERATION = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*")
ORIGIN = re.compile(r"manual|auto(\.[A-Za-z0-9_]+){0,3}")
STATUS_WORDS = set(
    "ok cancelled unknown_error invalid_argument deadline_exceeded not_found already_exists permission_denied "
    "resource_exhausted failed_precondition aborted out_of_range unimplemented internal_error unavailable "
    "data_loss unauthenticated".split())
TRACE_KEYS = set("trace_id span_id parent_span_id op status origin data sampled".split())


class Violation(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Violation(reason)


def parse_json(data, what):
    """Strict JSON: UTF-8, no NaN, no key twice; numbers with a point come back as Decimal, digits kept."""

    def pairs(members):
        keys = [key for key, _ in members]
        require(len(keys) == len(set(keys)), f"{what}: a key stands twice: {sorted(keys)}")
        return dict(members)

    def constant(name):
        raise Violation(f"{what}: {name} is not JSON")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant, parse_float=Decimal)
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise Violation(f"{what}: {error}") from None


def check_text(value, what, limit=None):
    require(isinstance(value, str) and value, f"{what}: {value!r} is not a text")
    require(limit is None or len(value) <= limit, f"{what}: longer than {limit} characters")


def check_id(value, pattern, what):
    require(isinstance(value, str) and pattern.fullmatch(value), f"{what}: {value!r} is not an id")
    require(value.strip("0"), f"{what}: all zero")


def check_time(value, what):
    require(isinstance(value, Decimal) and value.as_tuple().exponent == -6, f"{what}: {value!r} is not seconds with six decimals")


def check_times(thing, what):
    check_time(thing.get("start_timestamp"), f"{what}.start_timestamp")
    check_time(thing.get("timestamp"), f"{what}.timestamp")
    require(thing["start_timestamp"] <= thing["timestamp"], f"{what}: it ends before it starts")


def check_operation(thing, what):
    for key, pattern in (("op", OPERATION), ("origin", ORIGIN)):
        require(pattern.fullmatch(thing.get(key, "")), f"{what}.{key}: {thing.get(key)!r}")
    require(thing.get("status") in STATUS_WORDS, f"{what}.status: {thing.get('status')!r}")
    require(isinstance(thing.get("data"), dict), f"{what}.data: not an object")
    for key, value in thing["data"].items():
        require(isinstance(value, (str, int, bool, Decimal)), f"{what}.data.{key}: {value!r}")


def check_tags(tags, what):
    require(isinstance(tags, dict), f"{what}: not an object")
    for key, value in tags.items():
        check_text(key, f"{what} key", 200)
        check_text(value, f"{what}.{key}", 200)
        require("\n" not in value, f"{what}.{key}: a line break")
