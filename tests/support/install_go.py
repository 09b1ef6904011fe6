# SPDX-License-Identifier: Apache-2.0
"""Judges written in Go, built once below .build/quickstart from the module proxy; what cannot be had raises Skip."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../.."))
sys.path.append(os.path.join(ROOT, "tests/e2e/quickstart"))
import install

CONFORMANCE = os.path.join(ROOT, "tests/conformance")
HELM = "helm.sh/helm/v3/cmd/helm@v3.19.5"
KUSTOMIZE = "sigs.k8s.io/kustomize/kustomize/v5@v5.7.1"


def build(name, sources, *arguments):
    environment = {**os.environ, "GOFLAGS": "-p=2 -modcacherw", "CGO_ENABLED": "0", "GOTOOLCHAIN": "local",
                   "GOCACHE": os.path.join(ROOT, ".build/go-cache"), "GOMODCACHE": os.path.join(ROOT, ".build/go-mod"),
                   "GOBIN": os.path.join(install.BUILT, name)}
    command = [install.find_program("go"), *arguments]
    return os.path.join(install.make_once(name, sources, command, env=environment), name)


def build_ours(name):
    folder = os.path.join(CONFORMANCE, name)
    return build(name, install.sources_of(folder), "build", "-C", folder, "-trimpath", "-o", os.path.join(install.BUILT, name, name), ".")


def find_helm():
    return build("helm", [], "install", "-trimpath", HELM)


def find_kustomize():
    return build("kustomize", [], "install", "-trimpath", KUSTOMIZE)


def find_otlp_profiles_judge():
    return build_ours("otlp_profiles_judge")


def find_kubernetes_judge():
    return build_ours("kubernetes_judge")


def find_kubernetes_oldest():
    return build_ours("kubernetes_oldest")


def find_runtime_profile():
    return build_ours("runtime_profile")
