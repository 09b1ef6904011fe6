#!/usr/bin/python3
"""Writes what the parsers find now as what they shall find: read the .json against the .txt before you commit it!

usage: TRACEBACK_DUMP=1 .build/tests/unit/agent/tracebacks/test_python | keep_found.py NAME…   (all: every one)
"""

import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent


def write_value(value, indent=""):
    """Frames on one line each; all else one member to a line."""
    deeper = indent + " "
    text = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or len(indent) + len(text) < 110 or ("line" in value and "file" in value):
        return text
    if isinstance(value, list):
        parts = [write_value(v, deeper) for v in value]
        return "[\n" + ",\n".join(deeper + p for p in parts) + "\n" + indent + "]"
    parts = [f"{json.dumps(k)}: {write_value(v, deeper)}" for k, v in value.items()]
    return "{\n" + ",\n".join(deeper + p for p in parts) + "\n" + indent + "}"


for line in sys.stdin:
    name, tab, found = line.partition("\t")
    if tab and (sys.argv[1:] == ["all"] or name in sys.argv[1:] or name.split("/")[1] in sys.argv[1:]):
        (HERE / (name + ".json")).write_text(write_value(json.loads(found)) + "\n")
