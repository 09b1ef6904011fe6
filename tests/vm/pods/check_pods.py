#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Do the spans and crashes of a guest's agent carry their pods? Speaks TAP without a plan.

usage: check_pods.py JSON_LINES PODS.json TITLE POD KIND[:TEXT] N [FUNCTION]
KIND: server, client (spans) or crash; those with TEXT in them. Each must have every attribute of its pod; N how many there must be; FUNCTION:
the first frame.
"""
import json
import sys


def value_of(value):
    if "arrayValue" in value:
        return [value_of(item) for item in value["arrayValue"].get("values", [])]
    for key in ("stringValue", "boolValue", "doubleValue"):
        if key in value:
            return value[key]
    return int(value["intValue"]) if "intValue" in value else None


def attributes_of(thing):
    return {item["key"]: value_of(item["value"]) for item in thing.get("attributes", [])}


def read(path):
    """(kind, resource's attributes, own attributes, text) of every span and crash."""
    found = []
    kinds = {2: "server", 3: "client", "SPAN_KIND_SERVER": "server", "SPAN_KIND_CLIENT": "client"}
    try:
        with open(path, encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.endswith("\n")]
    except FileNotFoundError:
        return found
    for line in lines:
        for group in line.get("resourceSpans", []):
            resource = attributes_of(group["resource"])
            for scope in group["scopeSpans"]:
                found += [(kinds.get(span.get("kind"), "internal"), resource, attributes_of(span), json.dumps(span)) for span in scope["spans"]]
        for group in line.get("resourceLogs", []):
            resource = attributes_of(group["resource"])
            for scope in group["scopeLogs"]:
                found += [("crash", resource, attributes_of(record), json.dumps(record)) for record in scope["logRecords"]]
    return found


def wanted(pod):
    name, _, tag = pod["reference"].rpartition(":")
    return {"container.id": pod["id"], "container.name": pod["container"], "container.image.name": name, "container.image.tags": [tag],
            "container.image.repo_digests": [f"{name}@{pod['digest']}"], "oci.manifest.digest": pod["digest"], "k8s.pod.uid": pod["uid"],
            "k8s.pod.name": pod["pod"], "k8s.namespace.name": pod["namespace"], "k8s.container.name": pod["container"],
            "k8s.container.restart_count": pod.get("restarts", 0)}


def main():
    found = read(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        pods = {pod["pod"]: pod for pod in json.load(file)}
    title, name, kind, count = sys.argv[3], sys.argv[4], sys.argv[5], int(sys.argv[6])
    kind, _, words = kind.partition(":")
    pod = pods[name]
    mine = [item for item in found if item[0] == kind and words in item[3] and item[1].get("container.id") == pod["id"]]
    wrong = []
    for _, resource, _, _ in mine:
        wrong += [f"{key}: {resource.get(key)!r}, not {value!r}" for key, value in wanted(pod).items() if resource.get(key) != value]
    if len(sys.argv) > 7:
        wrong += [f"no {sys.argv[7]} in {text[:1500]}" for _, _, _, text in mine if sys.argv[7] not in text]
    if len(mine) == count and not wrong:
        print(f"ok {title}: {count} ({sys.argv[5]}), each with pod, container, image and digest")
        return
    print(f"not ok {title}: {count} ({sys.argv[5]}), each with pod, container, image and digest")
    print(f"# {len(mine)} found")
    for line in sorted(set(wrong))[:20]:
        print("# " + line)
    sys.exit(1)


main()
