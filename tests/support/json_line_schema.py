# SPDX-License-Identifier: Apache-2.0
"""What --json writes, line by line, against its published schema; and what a schema cannot say of a profile."""
import json
import os

import tap
from limpet_runner import ROOT

SCHEMA = os.path.join(ROOT, "exporters", "json_lines", "limpet-json-lines-1.schema.json")


def load_validator():
    try:
        import jsonschema
    except ImportError:
        raise tap.Skip("python3-jsonschema is not installed; make deps-test") from None
    with open(SCHEMA, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def complaint(validator, line):
    """The deepest reason: that of oneOf's branches which fits best. None: there is none."""
    import jsonschema
    error = jsonschema.exceptions.best_match(validator.iter_errors(line))
    return None if error is None else f"{error.json_path}: {error.message[:300]}"


def check_line(validator, line):
    wrong = complaint(validator, line)
    assert not wrong, f"{wrong} in {json.dumps(line)[:600]}"
    if "limpetProfile" in line:
        check_profile(line["limpetProfile"])


def check_profile(profile):
    """The frames of every stack are there, and the stacks are all the time."""
    used = {index for stack in profile["stacks"] for index in stack["frames"]}
    assert used <= set(range(len(profile["frames"]))), f"{max(used)} of {len(profile['frames'])} frames"
    for key in ("onCpuNano", "offCpuNano"):
        tap.equal(sum(stack[key] for stack in profile["stacks"]), profile[key], key)
    assert int(profile["startUnixNano"]) <= int(profile["endUnixNano"]), "it ends before it begins"
    assert all(stack["frames"] for stack in profile["stacks"]), "a stack without frames"


def check_lines(lines):
    """Of each kind of line how many there were."""
    validator, counts = load_validator(), {}
    for text in lines:
        line = json.loads(text)
        check_line(validator, line)
        counts[next(iter(line))] = counts.get(next(iter(line)), 0) + 1
    return counts
