#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The Helm chart and the kustomize base, judged by Helm, by kustomize, by the API server's own decoding and validation
(kubernetes_judge), by the types of Kubernetes 1.25 (kubernetes_oldest) and by limpet itself: in all shapes of values, two by
two (chart_shapes.py). Speaks TAP.

What the objects must say of a shape is written down here once more, from the values alone: rights, capabilities, mounts.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
sys.path[:0] = [HERE, os.path.join(ROOT, "tests/support")]
sys.dont_write_bytecode = True
import chart_shapes
import install_go
import jsonschema
import tap
import yaml

CHART = os.path.join(ROOT, "deploy/kubernetes/chart")
BASE = os.path.join(ROOT, "deploy/kubernetes/base")
LIMPET = os.path.join(ROOT, ".build/limpet")
CAPABILITIES = ["BPF", "PERFMON", "SYS_PTRACE", "DAC_READ_SEARCH", "CHECKPOINT_RESTORE", "SETUID", "SETGID"]
ANNOTATION = "container.apparmor.security.beta.kubernetes.io/agent"

CREDENTIALS = "/var/run/secrets/limpet"


def run(command, text=None, environment=None):
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False,
                          env=environment)


def template(helm, values, version="1.34.1"):
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        json.dump(values, file)
        file.flush()
        return run([helm, "template", "here", CHART, "--namespace", "seen", "--kube-version", version, "--values", file.name])


def rendered(helm, values, version="1.34.1"):
    done = template(helm, values, version)
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects_of(text):
    """{kind: object}: there is one of each at most."""
    found = {}
    for document in yaml.safe_load_all(text):
        if document:
            assert document["kind"] not in found, f"two of {document['kind']}"
            found[document["kind"]] = document
    return found


def judged(judge, text):
    done = run([judge], text)
    assert done.returncode == 0, "\n".join(line for line in done.stdout.splitlines() if not line.endswith(": ok")) + done.stderr
    return done.stdout


# --- what a shape must say ---


def value(values, path, default):
    for name in path.split("."):
        if not isinstance(values, dict) or name not in values:
            return default
        values = values[name]
    return values


def expected_kinds(v):
    kinds = {"DaemonSet", "ConfigMap"}
    if value(v, "serviceAccount.create", True):
        kinds.add("ServiceAccount")
    if value(v, "rbac.create", True) and value(v, "kubernetes.enabled", True):
        kinds |= {"ClusterRole", "ClusterRoleBinding"}
    if value(v, "secret.sentryDsn", "") or value(v, "secret.otlpHeaders", ""):
        kinds.add("Secret")
    for path, kind in (("networkPolicy.enabled", "NetworkPolicy"), ("podMonitor.enabled", "PodMonitor"), ("namespace.create", "Namespace")):
        if value(v, path, False):
            kinds.add(kind)
    return kinds


def expected_rules(v):
    rules = [([""], ["pods"], ["list", "watch"])]
    if value(v, "kubernetes.podDsn", False):
        rules.append(([""], ["secrets"], ["get"]))
    return rules


def expected_mounts(v):
    """{place in the container: (what of the node, read-only)}"""
    mounts = {"/etc/limpet": (None, True), "/run/limpet": (None, False)}
    if value(v, "secret", None):
        mounts[CREDENTIALS] = (None, True)
    if value(v, "spool.enabled", True):
        mounts["/var/lib/limpet"] = (value(v, "spool.hostPath", "/var/lib/limpet"), False)
    if value(v, "kubernetes.enabled", True):
        mounts["/var/run/secrets/kubernetes.io/serviceaccount"] = (None, True)
    for path, default, place in (("btf", False, "/sys/kernel/btf"), ("tracing", False, "/sys/kernel/tracing"),
                                 ("debugFiles", False, "/usr/lib/debug"), ("machineId", True, "/etc/machine-id")):
        if value(v, "hostMounts." + path, default):
            mounts[place] = (place, True)
    socket = value(v, "hostMounts.runtimeSocket", "")
    if socket:
        mounts[socket] = (socket, True)
    if value(v, "extraVolumes", None):
        mounts["/more"] = (None, False)
    return mounts


def check_security(pod, container, v, version):
    user = 10001 if value(v, "security.runAsNonRoot", False) else 0
    tap.equal({k: pod["securityContext"][k] for k in ("runAsNonRoot", "runAsUser", "runAsGroup")},
              {"runAsNonRoot": user != 0, "runAsUser": user, "runAsGroup": user}, "user")
    capabilities = list(CAPABILITIES)
    capabilities += ["SYS_RESOURCE"] if value(v, "security.sysResource", False) else []
    capabilities += ["SYS_ADMIN"] if value(v, "security.sysAdmin", False) else []
    wanted = {"privileged": False, "allowPrivilegeEscalation": value(v, "security.allowPrivilegeEscalation", False), "readOnlyRootFilesystem": True,
              "capabilities": {"drop": ["ALL"], "add": capabilities}}
    apparmor = value(v, "security.appArmorProfile", "Unconfined")
    annotations = pod["annotations"]
    if version < "1.30":
        tap.equal(annotations.get(ANNOTATION), {"Unconfined": "unconfined", "RuntimeDefault": "runtime/default"}.get(apparmor, apparmor), "AppArmor")
    else:
        assert ANNOTATION not in annotations, "the old annotation beside the field"
        wanted["appArmorProfile"] = profile(apparmor)
    tap.equal(container["securityContext"], wanted, "security context")
    tap.equal(pod["securityContext"]["seccompProfile"], profile(value(v, "security.seccompProfile", "RuntimeDefault")), "seccomp")


def profile(text):
    kind, _, name = text.partition("/")
    return {"type": "Localhost", "localhostProfile": name} if name else {"type": kind}


def check_mounts(pod, container, v):
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    tap.equal(len(volumes), len(container["volumeMounts"]), "as many volumes as mounts")
    mounts = {mount["mountPath"]: (volumes[mount["name"]].get("hostPath", {}).get("path"), mount.get("readOnly", False))
              for mount in container["volumeMounts"]}
    tap.equal(mounts, expected_mounts(v), "mounts")


def check_objects(objects, v, version):
    tap.equal(set(objects), expected_kinds(v), "kinds")
    template_ = objects["DaemonSet"]["spec"]["template"]
    pod, container = template_["spec"], template_["spec"]["containers"][0]
    pod["annotations"] = template_["metadata"].get("annotations", {})
    tap.equal((pod["hostPID"], pod["hostNetwork"], pod["automountServiceAccountToken"]), (True, False, False), "namespaces and token")
    tap.equal(container["args"], ["agent", "--config", "/etc/limpet/limpet.yaml"], "arguments")
    check_security(pod, container, v, version)
    check_mounts(pod, container, v)
    has_metrics = value(v, "metrics.enabled", True)
    tap.equal([container.get(probe, {}).get("httpGet", {}).get("path") for probe in ("startupProbe", "livenessProbe", "readinessProbe")],
              ["/healthz", "/healthz", "/readyz"] if has_metrics else [None] * 3, "probes")
    if "ClusterRole" in objects:
        tap.equal([(r["apiGroups"], r["resources"], r["verbs"]) for r in objects["ClusterRole"]["rules"]], expected_rules(v), "rights")
        tap.equal(objects["ClusterRoleBinding"]["subjects"][0]["name"], pod["serviceAccountName"], "who is bound")
    socket = value(v, "hostMounts.runtimeSocket", "")
    tap.equal([e["value"] for e in container["env"] if e["name"] == "LIMPET_CONTAINER_SOCKETS"], ["cri:" + socket if socket else "off"], "runtime asked")
    secrets = {volume["secret"]["secretName"]: volume["secret"] for volume in pod["volumes"] if "secret" in volume}
    if "Secret" in objects:
        tap.equal(list(secrets), [objects["Secret"]["metadata"]["name"]], "secret mounted")
        paths = {item["key"]: item["path"] for item in next(iter(secrets.values()))["items"]}
        assert {paths[key] for key in objects["Secret"]["stringData"]} <= {"limpet.sentry-dsn", "limpet.otlp-headers"}, paths
    else:
        tap.equal(list(secrets), ["mine"] if value(v, "secret.existingSecret", "") else [], "secret mounted")
    assert not [e for e in container["env"] if "secretKeyRef" in e.get("valueFrom", {})], "a secret in the environment"


def in_effect(text):
    """{key: value} that limpet takes from this limpet.yaml."""
    with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
        file.write(text)
        file.flush()
        done = run([LIMPET, "config", "--config", file.name])
    assert done.returncode == 0, done.stderr
    section, found = "", {}
    for line in done.stdout.splitlines():
        name, _, rest = line.strip().partition(":")
        if not rest.strip():
            section = name + "."
        elif file.name in rest:
            found[(section if line.startswith(" ") else "") + name] = rest.split(" # ")[0].strip().strip('"')
    return found


# --- the cases ---


def check_shapes(helm, judge, oldest):
    for title, version, values in chart_shapes.shapes():
        settings = values.get("settings", {})
        settings.pop("routes", None)
        with tap.case(f"Kubernetes {version}, {title}"):
            text = rendered(helm, values, version)
            objects = objects_of(text)
            check_objects(objects, values, version)
            if version >= "1.30":
                assert "pod-security " in judged(judge, text)
            else:
                judged(oldest, text)
            wanted = {"otlp.endpoint": "http://collector.observability:4318"} if "otlp" in settings else {}
            if "crash" in settings:
                # What tells of exceptions is what tells of crashes: without these there are none.
                wanted.update({"log_level": "debug", "capture.tls": "auto", "crash.enabled": "off", "exceptions.enabled": "off", "tracing.routes": "off",
                               "capture.max_processes": "5000", "sampling.ratio": "0.25", "identity.server_name": "mine"})
            if not value(values, "spool.enabled", True):
                wanted["delivery.spool_directory"] = "off"
            tap.equal(in_effect(objects["ConfigMap"]["data"]["limpet.yaml"]), wanted, "settings in effect")


REFUSED = (
    ({}, "no destination"),
    ({"settings.terminal.trees": False}, "no destination"),
    ({**chart_shapes.OTLP, "spool.enabled": "yes"}, "/spool/enabled"),
    ({**chart_shapes.OTLP, "metrics.port": 80}, "/metrics/port"),
    ({**chart_shapes.OTLP, "metrics.port": "9464"}, "/metrics/port"),
    ({**chart_shapes.OTLP, "hostPid": False}, "hostPid"),
    ({**chart_shapes.OTLP, "security.privileged": True}, "privileged"),
    ({**chart_shapes.OTLP, "security.seccompProfile": "runtime/default"}, "/security/seccompProfile"),
    ({**chart_shapes.OTLP, "image.digest": "latest"}, "/image/digest"),
    ({**chart_shapes.OTLP, "updateStrategy.maxUnavailable": 0}, "/updateStrategy/maxUnavailable"),
    ({**chart_shapes.OTLP, "spool.hostPath": "relative"}, "/spool/hostPath"),
    ({**chart_shapes.OTLP, "kubernetes.tokenExpirationSeconds": 60}, "/kubernetes/tokenExpirationSeconds"),
    ({**chart_shapes.OTLP, "resources.limits.memory": "lots"}, "/resources/limits/memory"),
    ({**chart_shapes.OTLP, "settings.capture.dns_ports": [53, 5353]}, "/settings/capture"),
    ({**chart_shapes.OTLP, "tolerations": {"operator": "Exists"}}, "/tolerations"),
    ({"secret.sentryDsn": "https://sentry.example/7"}, "/secret/sentryDsn"),
    ({"settings.sentry.dsn": chart_shapes.DSN}, "readable in a ConfigMap"),
    ({**chart_shapes.OTLP, "settings.otlp.logs_headers": "a=b"}, "readable in a ConfigMap"),
    ({**chart_shapes.OTLP, "settings.kubernetes.pod_dsn": True}, "settings.kubernetes.pod_dsn"),
    ({**chart_shapes.OTLP, "settings.metadata.container_sockets": "off"}, "hostMounts.runtimeSocket"),
    ({**chart_shapes.OTLP, "settings.service.metrics_listen": "9464"}, "metrics.port"),
    ({**chart_shapes.OTLP, "podMonitor.enabled": True, "metrics.enabled": False}, "podMonitor.enabled needs"),
    ({**chart_shapes.OTLP, "kubernetes.podDsn": True, "kubernetes.enabled": False}, "kubernetes.podDsn needs"),
    ({**chart_shapes.OTLP, "security.runAsNonRoot": True, "security.sysAdmin": True}, "security.runAsNonRoot=false"),
)


def check_refusals(helm):
    for paths, reason in REFUSED:
        with tap.case(f"refused: {json.dumps({k: v for k, v in paths.items() if k not in chart_shapes.OTLP})}"):
            done = template(helm, chart_shapes.merge(paths))
            assert done.returncode != 0, "it was rendered"
            assert reason in done.stderr, f"{reason!r} is not in: {done.stderr}"


def check_secrets(helm):
    with tap.case("a DSN and headers given as values are in the secret and nowhere else"):
        values = chart_shapes.merge({"secret.sentryDsn": chart_shapes.DSN, "secret.otlpHeaders": "authorization=Bearer%20hush"})
        text = rendered(helm, values)
        objects = objects_of(text)
        tap.equal(objects["Secret"]["stringData"], {"sentry-dsn": chart_shapes.DSN, "otlp-headers": "authorization=Bearer%20hush"}, "secret")
        tap.equal((text.count(chart_shapes.DSN), text.count("hush")), (1, 1), "places")


def paths_of(values, schema, place=""):
    """The keys of values.yaml against those of the schema, down to where the schema leaves the keys open."""
    for key in sorted(set(values) | set(schema["properties"])):
        if place + key == "global":
            continue
        assert key in values, f"{place}{key} is in the schema and not in values.yaml"
        assert key in schema["properties"], f"{place}{key} is in values.yaml and not in the schema"
        if values[key] and schema["properties"][key].get("properties"):
            paths_of(values[key], schema["properties"][key], f"{place}{key}.")


def check_values():
    with open(os.path.join(CHART, "values.yaml"), encoding="utf-8") as file:
        values = yaml.safe_load(file)
    with open(os.path.join(CHART, "values.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    with tap.case("values.schema.json is a schema of draft 7, and values.yaml fits it key by key"):
        jsonschema.Draft7Validator.check_schema(schema)
        jsonschema.Draft7Validator(schema).validate(values)
        paths_of(values, schema)


def check_credentials(known, environment):
    """The files of the mounted secret are what limpet takes for its DSN and headers."""
    with tap.case("limpet takes the DSN and the headers from the files of the secret"), tempfile.TemporaryDirectory() as folder:
        tap.equal(environment["CREDENTIALS_DIRECTORY"], CREDENTIALS, "where it looks")
        if "LIMPET_METRICS_LISTEN" not in known:
            raise tap.Skip("this limpet knows no credentials")
        for name, text in (("limpet.sentry-dsn", chart_shapes.DSN), ("limpet.otlp-headers", "authorization=Bearer%20hush")):
            with open(os.open(os.path.join(folder, name), os.O_CREAT | os.O_WRONLY, 0o400), "w", encoding="ascii") as file:
                file.write(text + "\n")
        done = run([LIMPET, "config"], environment={**os.environ, "CREDENTIALS_DIRECTORY": folder})
        assert done.returncode == 0, done.stderr
        assert re.search(r"dsn: .*sentry\.example/7", done.stdout), done.stdout
        assert re.search(r"^  headers: (?!null)", done.stdout, re.M), done.stdout


def check_environment(helm):
    """Every variable the chart sets is one that limpet knows."""
    known = set(re.findall(r"\b(?:LIMPET|OTEL|SENTRY)_[A-Z0-9_]+\b", run([LIMPET, "--help"]).stdout))
    paths = {**chart_shapes.OTLP, "secret.sentryDsn": chart_shapes.DSN, "hostMounts.runtimeSocket": "/run/x.sock",
             "kubernetes.clusterName": "east"}
    container = objects_of(rendered(helm, chart_shapes.merge(paths)))["DaemonSet"]["spec"]["template"]["spec"]["containers"][0]
    names = [entry["name"] for entry in container["env"]]
    check_credentials(known, {entry["name"]: entry.get("value") for entry in container["env"]})
    with tap.case("no variable of the agent is set twice"):
        tap.equal(len(names), len(set(names)), "different names")
    for name in sorted(set(names) - {"CREDENTIALS_DIRECTORY"}):
        with tap.case(f"limpet knows {name}"):
            assert name in known, "not in limpet --help"


def read_folder(folder):
    texts = {}
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            texts[name] = file.read()
    return texts


OVERLAY = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: watching
resources: [../base]
configMapGenerator:
  - {name: limpet, behavior: merge, files: [limpet.yaml]}
secretGenerator:
  - {name: limpet, literals: [sentry-dsn=https://k@sentry.example/7]}
images:
  - {name: limpet, newName: images.example/limpet, newTag: 2.0.0}
"""


def check_base(helm, judge):
    with tap.case("the kustomize base is what make_base.py makes of the chart"), tempfile.TemporaryDirectory() as folder:
        done = run([os.path.join(ROOT, "deploy/kubernetes/make_base.py"), helm, folder])
        assert done.returncode == 0, done.stderr
        assert read_folder(folder) == read_folder(BASE), "stale; make it anew: deploy/kubernetes/make_base.py helm"
    with tap.case("kustomize builds the base, with an overlay too, and an API server takes both"), tempfile.TemporaryDirectory() as folder:
        kustomize = install_go.find_kustomize()
        judged(judge, run([kustomize, "build", BASE]).stdout)
        os.makedirs(os.path.join(folder, "overlay"))
        subprocess.run(["cp", "-r", BASE, os.path.join(folder, "base")], check=True)
        for name, text in (("kustomization.yaml", OVERLAY), ("limpet.yaml", "otlp:\n  endpoint: http://c:4318\n")):
            with open(os.path.join(folder, "overlay", name), "w", encoding="ascii") as file:
                file.write(text)
        done = run([kustomize, "build", os.path.join(folder, "overlay")])
        assert done.returncode == 0, done.stderr
        judged(judge, done.stdout)
        objects = objects_of(done.stdout)
        spec = objects["DaemonSet"]["spec"]["template"]["spec"]
        tap.equal(spec["volumes"][0]["configMap"]["name"], objects["ConfigMap"]["metadata"]["name"], "settings")
        assert re.fullmatch(r"limpet-[a-z0-9]{10}", objects["ConfigMap"]["metadata"]["name"]), "its name does not change with it"
        tap.equal(objects["ConfigMap"]["data"]["limpet.yaml"], "otlp:\n  endpoint: http://c:4318\n", "limpet.yaml")
        tap.equal(spec["containers"][0]["image"], "images.example/limpet:2.0.0", "image")
        tap.equal({o["metadata"].get("namespace", "watching") for o in objects.values()}, {"watching"}, "namespace")


def check_lint(helm):
    with tap.case("helm lint --strict finds nothing, with the defaults and with a destination"):
        for more in ([], ["--set", "settings.otlp.endpoint=http://c:4318"]):
            done = run([helm, "lint", "--strict", "--kube-version", "1.30.0", *more, CHART])
            assert done.returncode == 0 and "[WARNING]" not in done.stdout and "[ERROR]" not in done.stdout, done.stdout + done.stderr


def check_pod_security(helm, judge):
    with tap.case("Pod Security admits the pods as privileged only, as NOTES.txt says"):
        said = judged(judge, rendered(helm, chart_shapes.merge({**chart_shapes.OTLP, "security.runAsNonRoot": True, "spool.enabled": False,
                                                                "hostMounts.machineId": False})))
        assert "pod-security here-limpet: privileged" in said.splitlines(), said


def check_judge(helm, judge, oldest):
    """A judge that lets everything pass is none."""
    text = rendered(helm, chart_shapes.merge({**chart_shapes.OTLP, "networkPolicy.enabled": True, "podMonitor.enabled": True}))
    for old, new, reason in (("hostPID: true", "hostPid: true", 'unknown field "spec.template.spec.hostPid"'),
                             ("failureThreshold: 3", "failureThreshold: -3", "livenessProbe.failureThreshold"),
                             ("verbs: [list, watch]", "verbs: []", "verbs"), ("policyTypes: [Ingress", "policyTypes: [Inside", "policyTypes"),
                             ("path: /metrics", "paths: /metrics", "paths"), ("enableServiceLinks: false", "enableServiceLinks: 7", "enableServiceLinks")):
        with tap.case(f"the judge refuses {new!r}"):
            assert old in text
            done = run([judge], text.replace(old, new, 1))
            assert done.returncode == 1 and reason in done.stdout, done.stdout
    with tap.case("the judge of 1.25 refuses a field of 1.30"):
        done = run([oldest], text)
        assert done.returncode == 1 and "appArmorProfile" in done.stdout, done.stdout


def main():
    check_values()
    try:
        helm, judge, oldest = install_go.find_helm(), install_go.find_kubernetes_judge(), install_go.find_kubernetes_oldest()
    except tap.Skip as why:
        tap.skip("the chart, judged by Helm and by Kubernetes' own validation", str(why))
        tap.finish()
    check_judge(helm, judge, oldest)
    check_lint(helm)
    check_shapes(helm, judge, oldest)
    check_refusals(helm)
    check_secrets(helm)
    check_environment(helm)
    check_pod_security(helm, judge)
    check_base(helm, judge)
    tap.finish()


if __name__ == "__main__":
    main()
