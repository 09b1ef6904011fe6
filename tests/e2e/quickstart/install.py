#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Fetches and builds what the quick-start applications and their judges need, once per clone, below .build/quickstart.

usage: install.py [NAME]…     names: express spring go cpp rust python-judge node-judge; all of them without one

Versions are pinned here. What cannot be had (no compiler, a registry that does not answer) raises Skip with the reason;
nothing half-made stays behind: the stamp, which says from which sources it was made, is written last.
"""
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "support"))
from tap import Skip

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
APPS = os.path.join(HERE, "apps")
BUILT = os.path.join(ROOT, ".build", "quickstart")
EXPRESS = "express@5.1.0"
NODE_SDK = "@sentry/node@10.78.0"
PYTHON_SDK = "sentry-sdk==2.75.0"
MORE_PATH = ":/usr/local/go/bin"


def find_program(name):
    program = shutil.which(name, path=os.environ.get("PATH", "") + MORE_PATH)
    if not program:
        raise Skip(f"{name} is not installed")
    return program


def sources_of(folder):
    return [os.path.join(place, name) for place, _, names in sorted(os.walk(folder)) for name in sorted(names)]


def make_once(name, sources, command, **keywords):
    """Runs the command unless that was done with the same sources; returns the folder it made things in."""
    folder, stamp = os.path.join(BUILT, name), os.path.join(BUILT, name + ".stamp")
    state = hashlib.sha256(repr(command).encode())
    for path in sources:
        with open(path, "rb") as file:
            state.update(file.read())
    if os.path.exists(stamp):
        with open(stamp, encoding="ascii") as file:
            if file.read() == state.hexdigest():
                return folder
        os.remove(stamp)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    try:
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300,
                              check=False, **keywords)
    except subprocess.TimeoutExpired:
        raise Skip(f"{os.path.basename(command[0])} did not end within 300 s") from None
    if done.returncode:
        said = [line for line in done.stdout.splitlines() if "rror" in line] or done.stdout.splitlines()[-1:]
        raise Skip(f"{os.path.basename(command[0])} failed: {' '.join(said[:1])[:200]}")
    with open(stamp, "w", encoding="ascii") as file:
        file.write(state.hexdigest())
    return folder


def npm_install(name, *packages):
    find_program("node")
    return make_once(name, [], [find_program("npm"), "install", "--prefix", ".", "--no-audit", "--no-fund", "--ignore-scripts",
                                "--fetch-retries=1", "--loglevel=error", *packages])


def install_express():
    """The folder that holds node_modules."""
    return npm_install("express", EXPRESS)


def install_node_judge():
    return npm_install("node-judge", EXPRESS, NODE_SDK)


def install_python_judge():
    """A folder for PYTHONPATH. What the SDK itself needs comes from Debian."""
    return make_once("python-judge", [], [find_program("pip3"), "install", "--quiet", "--no-deps", "--no-compile",
                                          "--disable-pip-version-check", "--target", ".", PYTHON_SDK])


def install_spring():
    """The jar. Maven's own cache is kept between builds."""
    find_program("javac")
    folder = os.path.join(APPS, "spring")
    command = [find_program("mvn"), "-q", "-B", "-f", os.path.join(folder, "pom.xml"), "-Dmaven.repo.local=" + os.path.join(BUILT, "m2"),
               "-DbuildDirectory=" + os.path.join(BUILT, "spring"), "package"]
    return os.path.join(make_once("spring", sources_of(folder), command), "shop.jar")


def build_go():
    folder = os.path.join(APPS, "go")
    environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "-p=2", "GOCACHE": os.path.join(ROOT, ".build", "go-cache")}
    source = os.path.join(folder, "main.go")
    return os.path.join(make_once("go", [source], [find_program("go"), "build", "-o", "shop", source], env=environment), "shop")


def build_cpp():
    source = os.path.join(APPS, "cpp", "server.cpp")
    return os.path.join(make_once("cpp", [source], [find_program("g++"), "-g", "-O2", "-o", "shop", source]), "shop")


def build_rust():
    source = os.path.join(APPS, "rust", "server.rs")
    return os.path.join(make_once("rust", [source], [find_program("rustc"), "-g", "-O", "-o", "shop", source]), "shop")


STEPS = {"express": install_express, "spring": install_spring, "go": build_go, "cpp": build_cpp, "rust": build_rust,
         "python-judge": install_python_judge, "node-judge": install_node_judge}


def main():
    for name in sys.argv[1:] or STEPS:
        try:
            print(f"{name}: {STEPS[name]()}")
        except Skip as why:
            print(f"{name}: skipped: {why}")


if __name__ == "__main__":
    main()
