#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What kubernetes.sh made happen, in two receivers: each span, exception and crash with the right pod, or none, or elsewhere.

usage: check_pod_items.py MAIN OWN PODS COUNT     MAIN, OWN: outputs of sentry_receiver.py; PODS: lines NAME UID CONTAINER_ID"""
import json
import sys

main_path, own_path, pods_path, count_text = sys.argv[1:]
COUNT = int(count_text)
with open(pods_path, encoding="utf-8") as file:
    PODS = {name: (uid, container) for name, uid, container in (line.split() for line in file)}


def items(path):
    """(type, payload) of everything received."""
    with open(path, encoding="utf-8") as lines:
        return [(item["header"]["type"], item["payload"]) for line in lines for item in json.loads(line)["items"]
                if item["header"]["type"] in ("event", "transaction")]


def resource(payload):
    return payload.get("contexts", {}).get("otel", {}).get("resource", {})


def of_container(found, name):
    return [(kind, payload) for kind, payload in found if resource(payload).get("container.id") == PODS[name][1]]


def kinds(found):
    """transactions, exceptions, crashes."""
    transactions = [payload for kind, payload in found if kind == "transaction"]
    events = [payload for kind, payload in found if kind == "event"]
    crashes = [payload for payload in events if "crash" in payload["contexts"]]
    return len(transactions), len(events) - len(crashes), len(crashes)


def wanted_resource(name, **more):
    return {"k8s.cluster.name": "lab-1", "k8s.node.name": "guest-node", "k8s.namespace.name": "shop", "k8s.pod.name": f"{name}-7c5d-x",
            "k8s.pod.uid": PODS[name][0], "k8s.container.name": "app", "k8s.container.restart_count": 0,
            "k8s.replicaset.name": f"{name}-7c5d", "k8s.deployment.name": name, "container.id": PODS[name][1],
            "container.image.name": f"shop/{name}", "k8s.pod.label.tier": "front", "service.name": name, "service.version": "1.2",
            "service.namespace": "shop", "service.instance.id": f"shop.{name}-7c5d-x.app", **more}


def check(title, got, wanted):
    print(f"{'ok' if got == wanted else 'not ok'} kubernetes: {title}")
    if got != wanted:
        print(f"# got {got}\n# wanted {wanted}")


def check_names(found, name, **more):
    wanted = wanted_resource(name, **more)
    for kind, payload in found:
        got = {key: resource(payload).get(key) for key in wanted}
        if got != wanted:
            check(f"{name}: its {kind} has the names of its pod", {k: got[k] for k in got if got[k] != wanted[k]},
                  {k: wanted[k] for k in got if got[k] != wanted[k]})
            return
        tags = payload.get("tags", {})
        got = (tags.get("k8s.pod.name"), tags.get("k8s.namespace.name"), tags.get("k8s.deployment.name"), tags.get("k8s.container.name"))
        if got != (f"{name}-7c5d-x", "shop", name, "app"):
            check(f"{name}: tags", got, "those of its pod")
            return
    check(f"{name}: all {len(found)} of its items have the names of pod, container and service", bool(found), True)


main, own = items(main_path), items(own_path)
# Ready, 2 to COUNT and /fail; how often "ready" was asked for is the waiting's.
web = of_container(main, "web")
check("web: requests, exceptions, crashes", kinds(web), (COUNT + 1, 1, 2))
check_names(web, "web", **{"k8s.container.restart_count": 3})
late = of_container(main, "late")
check("late: requests, exceptions, crashes", kinds(late), (COUNT + 2, 1, 0))
check_names(late, "late")
check("quiet: nothing is told of a pod that said so", len(of_container(main + own, "quiet")), 0)
check("own: nothing of it at the agent's Sentry", len(of_container(main, "own")), 0)
check("own: requests, exceptions, crashes at its own", kinds(of_container(own, "own")), (COUNT + 1, 1, 1))
check_names(of_container(own, "own"), "own", **{"service.name": "its own", "deployment.environment.name": "lab"})
check("own: its environment, as Sentry has it", {payload["environment"] for kind, payload in own if kind in ("event", "transaction")}, {"lab"})
check("own: nothing of others at its Sentry", len(own) - len(of_container(own, "own")), 0)
short = of_container(main, "short")
check("short: its crash", kinds(short), (0, 0, 1))
check_names(short, "short")
outage = [resource(payload).get("k8s.pod.name") for _, payload in of_container(main, "outage")]
check("outage: nameless while nobody could tell, named after", sorted(outage, key=str), [None, "outage-7c5d-x"])
check("outage: its pod's uid is known all along", {resource(payload).get("k8s.pod.uid") for _, payload in of_container(main, "outage")},
      {PODS["outage"][0]})
others = [payload for _, payload in main if "k8s.pod.name" in resource(payload)
          and resource(payload)["container.id"] not in [container for _, container in PODS.values()]]
check("nothing outside of pods has the name of one", len(others), 0)
