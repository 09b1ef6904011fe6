#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Is there a server span of a service's unit for this path? Answers by its exit code.

usage: find_span.py FILE SERVICE PATH     FILE: OTLP JSON lines; the unit is SERVICE.service
"""
import json
import sys


def texts(attributes):
    return {one["key"]: one["value"].get("stringValue") for one in attributes}


def is_there(path, service, wanted):
    with open(path, encoding="utf-8") as file:
        for line in file:
            for resource in json.loads(line).get("resourceSpans", []):
                known = texts(resource["resource"]["attributes"])
                if known.get("service.name") != service or known.get("systemd.unit") != service + ".service" \
                        or len(known.get("systemd.invocation_id", "")) != 32:
                    continue
                for scope in resource["scopeSpans"]:
                    for span in scope["spans"]:
                        if texts(span["attributes"]).get("url.path") == wanted:
                            return True
    return False


try:
    sys.exit(not is_there(*sys.argv[1:4]))
except FileNotFoundError:
    sys.exit(1)
