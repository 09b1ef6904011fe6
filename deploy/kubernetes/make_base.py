#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes deploy/kubernetes/base, for kustomize, from the chart beside it: the chart is the only source.

usage: make_base.py HELM [FOLDER]       HELM: the program; FOLDER: where to, otherwise base/

What is Helm's own (its labels, the checksums that restart pods) is left out. The settings become a generated ConfigMap,
whose name changes with what is in it; kustomize then restarts the pods.
"""
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The field for AppArmor exists from this version on; for older clusters take the chart.
KUBERNETES = "1.30.0"
VALUES = ("namespace.create=true", "secret.existingSecret=limpet")
HELMS_OWN = re.compile(r"^\s*(helm\.sh/chart|app\.kubernetes\.io/managed-by|checksum/\w+):.*\n|^\s*# Pods are made anew .*\n|"
                       r"^\s*annotations:\n(?=\s*(# Pods are made anew|checksum/))", re.M)
TITLE = "# Made from the chart by deploy/kubernetes/make_base.py; edit that, or patch this in an overlay.\n"
KUSTOMIZATION = """apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
# Kubernetes 1.30 or later. The overlay of yours makes the secret "limpet" with the keys sentry-dsn and otlp-headers, either
# or both, and replaces limpet.yaml by a configMapGenerator with "behavior: merge".
namespace: limpet
resources:
{resources}configMapGenerator:
  - name: limpet
    files: [limpet.yaml]
"""


def render(helm):
    command = [helm, "template", "limpet", os.path.join(HERE, "chart"), "--namespace", "limpet", "--kube-version", KUBERNETES]
    done = subprocess.run([*command, *(f"--set={value}" for value in VALUES)], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


def settings_of(text):
    """limpet.yaml out of the ConfigMap."""
    block = text.split("  limpet.yaml: |\n", 1)[1]
    return "".join(line[4:] + "\n" for line in block.rstrip("\n").split("\n"))


def files_of(rendered):
    """{file name: text}; the documents of one template stay together."""
    files = {}
    for document in re.split(r"^---\n", rendered, flags=re.M):
        found = re.match(r"# Source: \S+/templates/(\S+)\n", document)
        if not found:
            continue
        name, text = found.group(1), HELMS_OWN.sub("", document[found.end():])
        if name == "configmap.yaml":
            files["limpet.yaml"] = settings_of(text)
        else:
            files[name] = files[name] + "---\n" + text if name in files else TITLE + text
    resources = "".join(f"  - {name}\n" for name in sorted(files) if name != "limpet.yaml")
    files["kustomization.yaml"] = TITLE + KUSTOMIZATION.format(resources=resources)
    return files


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: make_base.py HELM [FOLDER]")
    folder = sys.argv[2] if len(sys.argv) == 3 else os.path.join(HERE, "base")
    files = files_of(render(sys.argv[1]))
    os.makedirs(folder, exist_ok=True)
    for name in set(os.listdir(folder)) - set(files):
        os.remove(os.path.join(folder, name))
    for name, text in files.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main()
