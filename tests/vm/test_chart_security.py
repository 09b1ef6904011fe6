#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The security context of the chart is enough, and no more than it says: in a guest, crun runs limpet as the pod that Helm
renders, with the node's process ids and the seccomp profile that containerd makes of the pod's capabilities. What the agent
sees there is checked by pod_traces_node.sh. Speaks TAP.

usage: test_chart_security.py [KERNEL]…      6.12 without one
"""
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
sys.path[:0] = [os.path.join(ROOT, "tests/support"), os.path.join(ROOT, "tests/conformance")]
sys.dont_write_bytecode = True
import chart_shapes
import install_go
import tap
import yaml

LIMPET = os.path.join(ROOT, ".build/limpet")
VICTIM = os.path.join(ROOT, ".build/pod_victim")
NUMBERS = {"DAC_READ_SEARCH": 2, "SETGID": 6, "SETUID": 7, "SYS_PTRACE": 19, "PERFMON": 38, "BPF": 39, "CHECKPOINT_RESTORE": 40}
SETTINGS = {"settings.otlp.endpoint": "http://127.0.0.1:9", "settings.terminal.json_file": "/run/limpet/spans", "kubernetes.enabled": False,
            "hostMounts.machineId": False}
SHAPES = (("user 0", {}), ("user 10001", {"security.runAsNonRoot": True}))
# As containerd has them.
MASKED = ["/proc/acpi", "/proc/asound", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats",
          "/proc/sched_debug", "/sys/firmware", "/proc/scsi"]
READ_ONLY = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]
# Where each mount of the pod is in the guest.
PLACES = {"/etc/limpet": "/run/work/etc", "/var/lib/limpet": "/run/pod/spool", "/run/limpet": "/run/pod/run"}


def bind(source, target, is_read_only):
    return {"destination": target, "source": source, "type": "bind", "options": ["rbind", "ro" if is_read_only else "rw"]}


def mounts_of(container, folder):
    places = {**PLACES, "/etc/limpet": folder}
    mounts = [{"destination": "/proc", "type": "proc", "source": "proc"},
              {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
              {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"]},
              {"destination": "/etc", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
              {"destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
              {"destination": "/var", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
              bind("/run/pod/bin", "/opt", True)]
    return mounts + [bind(places[mount["mountPath"]], mount["mountPath"], mount.get("readOnly", False)) for mount in container["volumeMounts"]]


def bundle_of(daemon_set, seccomp, folder):
    """config.json of the container, as containerd makes it of the pod."""
    pod = daemon_set["spec"]["template"]["spec"]
    container, user = pod["containers"][0], pod["securityContext"]["runAsUser"]
    context = container["securityContext"]
    capabilities = ["CAP_" + name for name in context["capabilities"]["add"]]
    namespaces = ["mount", "ipc", "uts"] + ([] if pod["hostNetwork"] else ["network"]) + ([] if pod["hostPID"] else ["pid"])
    environment = [f"{entry['name']}={entry['value'].replace('$(LIMPET_NODE_NAME)', 'node')}" for entry in container["env"] if "value" in entry]
    return {
        "ociVersion": "1.0.0",
        "process": {"user": {"uid": user, "gid": user}, "cwd": "/", "args": ["/opt/limpet", *container["args"]],
                    "env": ["PATH=/usr/bin", "LIMPET_NODE_NAME=node", *environment],
                    "capabilities": {name: capabilities for name in ("bounding", "effective", "permitted")},
                    "noNewPrivileges": not context["allowPrivilegeEscalation"]},
        "root": {"path": "/run/pod/rootfs", "readonly": context["readOnlyRootFilesystem"]},
        "mounts": mounts_of(container, folder),
        "linux": {"namespaces": [{"type": name} for name in namespaces], "maskedPaths": MASKED, "readonlyPaths": READ_ONLY,
                  "seccomp": seccomp},
    }


def prepare(title, paths, folder):
    helm, profile = install_go.find_helm(), install_go.find_runtime_profile()
    rendered = subprocess.run([helm, "template", "limpet", os.path.join(ROOT, "deploy/kubernetes/chart"), "--kube-version", "1.34.1",
                               "--values", "-"], input=json.dumps(chart_shapes.merge({**SETTINGS, **paths})), stdout=subprocess.PIPE,
                              text=True, check=True).stdout
    objects = {document["kind"]: document for document in yaml.safe_load_all(rendered) if document}
    added = objects["DaemonSet"]["spec"]["template"]["spec"]["containers"][0]["securityContext"]["capabilities"]["add"]
    seccomp = json.loads(subprocess.run([profile, *("CAP_" + name for name in added)], stdout=subprocess.PIPE, check=True).stdout)
    user = 10001 if paths else 0
    os.makedirs(os.path.join(folder, "etc"), exist_ok=True)
    mask = sum(1 << NUMBERS[name] for name in added)
    texts = {"etc/limpet.yaml": objects["ConfigMap"]["data"]["limpet.yaml"],
             "config.json": json.dumps(bundle_of(objects["DaemonSet"], seccomp, "/run/pod/etc"), indent=1),
             "expected": f"user={user}\nstatus={user} {mask:016x} 1 2\nsource=yes\n"
                         f"file_capabilities={','.join('cap_' + name.lower() for name in added)}\n"}
    for name, text in texts.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


def run_guest(kernel, title, folder):
    """Passes the guest's lines on; counts what they say."""
    command = [os.path.join(HERE, "guest.sh"), "--kernel", kernel, "--timeout", "600", "--folder", folder, "--",
               "tests/vm/pod_traces_node.sh", f"{kernel}, {title}", LIMPET, VICTIM]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, cwd=ROOT)
    if done.returncode == 77:
        raise tap.Skip(done.stderr.strip().splitlines()[-1])
    lines = [line for line in done.stdout.splitlines() if line.startswith(("ok ", "not ok "))]
    print("\n".join("# " + line for line in done.stdout.splitlines()), flush=True)
    assert lines and not [line for line in lines if line.startswith("not ok ")] and done.returncode == 0, done.stdout + done.stderr[-3000:]


def main():
    subprocess.run(["gcc", "-g", "-O1", "-o", VICTIM, os.path.join(HERE, "pod_victim.c")], check=True)
    for kernel in sys.argv[1:] or ["6.12"]:
        for title, paths in SHAPES:
            with tap.case(f"Linux {kernel}: the chart's pod as {title} traces the node it is on"):
                folder = os.path.join(ROOT, f".build/vm/runs/chart-{kernel}-{title.replace(' ', '-')}")
                os.makedirs(folder, exist_ok=True)
                prepare(title, paths, folder)
                run_guest(kernel, title, folder)
    tap.finish()


if __name__ == "__main__":
    main()
