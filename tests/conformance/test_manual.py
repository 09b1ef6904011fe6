#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""deploy/README.md against what is there: options, keys, commands, targets and files it names exist, and every counter has
its row. Speaks TAP."""
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
sys.path.insert(0, os.path.join(ROOT, "tests/support"))
sys.dont_write_bytecode = True
import tap
import yaml

MANUAL = os.path.join(ROOT, "deploy/README.md")
LIMPET = os.path.join(ROOT, ".build/limpet")
# Options of other programs in its examples.
OTHERS_OPTIONS = {"--set", "--namespace", "--reuse-values", "--from-literal", "--now", "--platform", "--base-name"}
# Attributes whose first word is a section of the settings, too.
ATTRIBUTES = {"service.name"}


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def code_of(text):
    """Everything that is written as code."""
    blocks = re.findall(r"^```.*?^```", text, re.M | re.S)
    rest = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return blocks + re.findall(r"`([^`\n]+)`", rest)


def paths_of(values, place=""):
    for key, value in values.items():
        yield place + key
        if isinstance(value, dict):
            yield from paths_of(value, f"{place}{key}.")


def check_named(what, named, known):
    with tap.case(f"every {what} that deploy/README.md names exists: {len(named)}"):
        assert named, "it names none; is the pattern right?"
        missing = sorted(named - known)
        assert not missing, f"there is no {', '.join(missing)}"


def check_counters(text):
    """A row per reason, in the order and with the words of bpf/shared/drop_reason.h."""
    header = read("bpf/shared/drop_reason.h").replace("\\\n", " ")
    reasons = [(name, "".join(re.findall(r'"([^"]*)"', words)))
               for name, words in re.findall(r'X\(\w+,\s*"(\w+)",\s*((?:"[^"]*"\s*)+)\)', header)]
    section = text.split("\n## What every counter means\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (?:kernel: )?(.*?) \| (.*?) \|$", section, re.M)
    with tap.case("every counter has a row"):
        assert len(reasons) > 50, f"only {len(reasons)} reasons found in the header"
        missing = [name for name, _ in reasons if name not in {row[0] for row in rows}]
        assert not missing, f"no row for {', '.join(missing)}"
    with tap.case("and each row is of a counter, once, with its words and what to do"):
        tap.equal([row[0] for row in rows], [name for name, _ in reasons], "order")
        for row, (name, words) in zip(rows, reasons):
            tap.equal(row[1], words, f"words of {name}")
        assert all(len(row[2]) > 8 for row in rows), "a row does not say what to do"


def main():
    text = read("deploy/README.md")
    code = code_of(text)
    shown = subprocess.run([LIMPET, "--help"], stdout=subprocess.PIPE, text=True, check=True).stdout
    usage, options = shown.split("\nExamples:\n")[0], shown.split("\nGeneral:\n")[1]

    def all_of(pattern):
        return {found for piece in code for found in re.findall(pattern, piece)}

    known = set(re.findall(r"--[a-z][a-z-]+", shown))
    known |= {"--" + name for name in re.findall(r"--\[no-\]([a-z-]+)", options)}
    check_named("option", all_of(r"(?<![\w-])--[a-z][a-z-]+") - OTHERS_OPTIONS, known)

    keys = set(re.findall(r";\s+([a-z_]+(?:\.[a-z_0-9]+)?)$", options, re.M))
    values = set(paths_of(yaml.safe_load(read("deploy/kubernetes/chart/values.yaml"))))
    sections = "|".join(sorted({key.split(".")[0] for key in keys | values}))
    settings = all_of(rf"(?<![\w./-])(?:{sections})\.(?:[a-z_]+\b(?!\.)|[a-zA-Z.]+)(?=[:=`, ]|$)")
    named = {re.sub(r"^settings\.", "", name) for name in settings if not re.search(r"\.(yaml|json|c|h)$", name)}
    check_named("key of limpet.yaml and value of the chart", named - ATTRIBUTES, keys | values)

    commands = {"limpet " + name for name in re.findall(r"^  limpet ([a-z]+)", usage, re.M)}
    check_named("command", all_of(r"(?<![\w./-])limpet (?:run|attach|agent|check|status|replay|config)\b"), commands)
    targets = {"make " + name for name in re.findall(r"^([a-z-]+):", read("Makefile"), re.M)}
    check_named("target of make", all_of(r"\bmake [a-z]+"), targets)
    files = all_of(r"(?<![\w/.])(?:deploy|tests|agent|bpf|exporters)/[\w./-]+")
    check_named("file", files, {path for path in files if glob.glob(os.path.join(ROOT, path))})
    check_counters(text)
    tap.finish()


if __name__ == "__main__":
    main()
