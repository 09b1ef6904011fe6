# SPDX-License-Identifier: Apache-2.0
"""Values of the chart in all shapes: every switch and every optional value with every other, two by two.

A switch is (name, choices); a choice is a dict of value paths. The first choice of each is the chart's default.
"""
import itertools

DSN = "https://0123456789abcdef0123456789abcdef@sentry.example/7"
DIGEST = "sha256:" + "ab" * 32
AFFINITY = {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
    {"matchExpressions": [{"key": "kubernetes.io/arch", "operator": "In", "values": ["amd64"]}]}]}}}
OTLP = {"settings.otlp.endpoint": "http://collector.observability:4318"}

SWITCHES = (
    ("destination", (OTLP, {"secret.existingSecret": "mine"}, {"secret.sentryDsn": DSN}, {**OTLP, "secret.otlpHeaders": "authorization=Bearer%20x"},
                     {"secret.sentryDsn": DSN, "secret.sentryDsnKey": "dsn", **OTLP})),
    ("image", ({}, {"image.tag": "1.2.3", "image.pullPolicy": "Always", "imagePullSecrets": [{"name": "pull"}]},
               {"image.digest": DIGEST, "image.repository": "images.example:5000/limpet"})),
    ("name", ({}, {"nameOverride": "eye"}, {"fullnameOverride": "watcher"})),
    ("kubernetes", ({}, {"kubernetes.enabled": False}, {"kubernetes.podDsn": True},
                    {"kubernetes.clusterName": "east", "kubernetes.tokenExpirationSeconds": 600})),
    ("spool", ({}, {"spool.enabled": False}, {"spool.hostPath": "/mnt/disk/limpet"})),
    ("metrics", ({}, {"metrics.enabled": False}, {"metrics.port": 19464}, {"podMonitor.enabled": True},
                 {"podMonitor.enabled": True, "podMonitor.labels": {"release": "prometheus"}, "podMonitor.interval": "1m"})),
    ("network", ({}, {"networkPolicy.enabled": True}, {"networkPolicy.enabled": True, "networkPolicy.egressPorts": [443],
                                                       "networkPolicy.metricsFrom": [{"namespaceSelector": {"matchLabels": {"a": "b"}}}]})),
    ("namespace", ({}, {"namespace.create": True})),
    ("account", ({}, {"serviceAccount.create": False}, {"serviceAccount.create": False, "serviceAccount.name": "theirs"},
                 {"serviceAccount.name": "ours", "serviceAccount.annotations": {"a.example/b": "c"}})),
    ("rbac", ({}, {"rbac.create": False})),
    ("user", ({}, {"security.runAsNonRoot": True}, {"security.runAsNonRoot": True, "security.allowPrivilegeEscalation": True},
              {"security.sysAdmin": True}, {"security.sysResource": True},
              {"security.sysAdmin": True, "security.sysResource": True})),
    ("seccomp", ({}, {"security.seccompProfile": "Unconfined"}, {"security.seccompProfile": "localhost/limpet.json"})),
    ("apparmor", ({}, {"security.appArmorProfile": "RuntimeDefault"}, {"security.appArmorProfile": "localhost/limpet"})),
    ("selinux", ({}, {"security.seLinuxOptions": {"type": "spc_t"}})),
    ("btf", ({}, {"hostMounts.btf": True})),
    ("tracing", ({}, {"hostMounts.tracing": True})),
    ("debug files", ({}, {"hostMounts.debugFiles": True})),
    ("machine id", ({}, {"hostMounts.machineId": False})),
    ("socket", ({}, {"hostMounts.runtimeSocket": "/run/containerd/containerd.sock"})),
    ("resources", ({}, {"resources": {"requests": {"cpu": 1, "memory": "64Mi"}, "limits": {"memory": "1Gi"}}})),
    ("update", ({}, {"updateStrategy.type": "OnDelete"}, {"updateStrategy.maxUnavailable": "25%"})),
    ("nodes", ({}, {"nodeSelector": {"pool": "a"}, "tolerations": [], "affinity": AFFINITY},
               {"tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}]})),
    ("priority", ({}, {"priorityClassName": "system-node-critical"})),
    ("grace", ({}, {"terminationGracePeriodSeconds": 90})),
    ("more", ({}, {"podLabels": {"team": "a"}, "podAnnotations": {"x.example/y": "z"}, "extraEnv": [{"name": "LIMPET_LOG_LEVEL", "value": "debug"}],
                   "extraVolumes": [{"name": "more", "emptyDir": {}}], "extraVolumeMounts": [{"name": "more", "mountPath": "/more"}]})),
    ("settings", ({}, {"settings.log_level": "debug", "settings.capture.tls": "auto", "settings.crash.enabled": False,
                       "settings.exceptions.enabled": True, "settings.tracing.routes": False, "settings.capture.max_processes": 5000, "settings.sampling.ratio": 0.25,
                       "settings.identity.server_name": "mine", "settings.routes": None})),
    ("version", ({"": "1.25.0"}, {"": "1.29.9"}, {"": "1.30.0"}, {"": "1.34.1"})),
)


def pairs_of(shape):
    return {((i, shape[i]), (j, shape[j])) for i, j in itertools.combinations(range(len(shape)), 2)}


def all_pairs():
    """Tuples of choice numbers in which every two choices of two switches meet. Greedy, and the same every time."""
    counts = [len(choices) for _, choices in SWITCHES]
    missing = {((i, a), (j, b)) for i, j in itertools.combinations(range(len(counts)), 2)
               for a in range(counts[i]) for b in range(counts[j])}
    yield (0,) * len(counts)
    missing -= pairs_of((0,) * len(counts))
    while missing:
        (first, a), (second, b) = min(missing)
        shape = {first: a, second: b}
        for switch in range(len(counts)):
            if switch not in shape:
                shape[switch] = max(range(counts[switch]), key=lambda choice: sum(
                    (min((switch, choice), chosen), max((switch, choice), chosen)) in missing for chosen in shape.items()))
        shape = tuple(shape[i] for i in range(len(counts)))
        missing -= pairs_of(shape)
        yield shape


def merge(paths):
    """Nested values of dotted paths."""
    values = {}
    for path, value in paths.items():
        *places, last = path.split(".")
        place = values
        for name in places:
            place = place.setdefault(name, {})
        place[last] = value
    return values


def shapes():
    """(title, Kubernetes version, values) of every shape."""
    for shape in all_pairs():
        chosen = [(name, choices[number], number) for (name, choices), number in zip(SWITCHES, shape)]
        paths = {path: value for _, choice, _ in chosen for path, value in choice.items()}
        version = paths.pop("")
        title = ", ".join(f"{name} {number}" for name, _, number in chosen if number) or "the default"
        yield title, version, merge(paths)
