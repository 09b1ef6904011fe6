#!/usr/bin/python3
"""What the agent made of hostile.sh: nginx's spans all there, and nothing in its words that moves a terminal.

usage: check_hostile.py SPANS STDERR STATUS COUNT     SPANS: the agent's --json; TAP"""
import collections
import json
import re
import sys
import unicodedata

spans_path, stderr_path, status_path, count = sys.argv[1:]
SERVER = 2


def report(is_good, what, found=""):
    print(f"{'ok' if is_good else 'not ok'} hostile: {what}")
    if not is_good:
        print(f"# {ascii(found)[:400]}")


seen = collections.Counter()
crashes = 0
with open(spans_path, encoding="utf-8") as lines:
    for line in lines:
        batch = json.loads(line)
        crashes += len(batch.get("resourceLogs", []))
        for resource in batch.get("resourceSpans", []):
            for span in (span for scope in resource["scopeSpans"] for span in scope["spans"] if span["kind"] == SERVER):
                path = next((a["value"]["stringValue"] for a in span["attributes"] if a["key"] == "url.path"), "")
                if re.fullmatch(r"/page/\d+", path):
                    seen[path] += 1
wanted = {f"/page/{number}": 1 for number in range(1, int(count) + 1)}
report(seen == wanted, f"each of nginx's {count} requests is one span", sorted(set(wanted) - set(seen)) or seen)
report(crashes > 0, f"the enemy's crashes were seen ({crashes} told)")
for what, path in (("log", stderr_path), ("status", status_path)):
    with open(path, "rb") as file:
        text = file.read().decode("utf-8", "backslashreplace")
    bad = [line for line in text.split("\n") if any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") for c in line)]
    report(bool(text) and not bad, f"no control character in the agent's {what}", bad[:5])
