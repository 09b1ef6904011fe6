#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Builds the programs that throw into .build/throw_targets, only what is older than its source.

NAME-g (-O0 -g), NAME-O2, and NAME-static (-O2, with libstdc++ linked in). None of them without g++.
"""
import os
import shutil
import subprocess
import sys

SOURCES = os.path.dirname(os.path.abspath(__file__))
BUILT = os.path.join(SOURCES, "..", "..", "..", ".build", "throw_targets")
VARIANTS = {"g": ("-O0", "-g"), "O2": ("-O2",), "static": ("-O2", "-static-libstdc++", "-static-libgcc")}


def build():
    """Their paths by name; empty without a compiler."""
    paths = {}
    if not shutil.which("g++"):
        return paths
    os.makedirs(BUILT, exist_ok=True)
    for name in ("throw_ways", "throw_often"):
        source = os.path.join(SOURCES, name + ".cc")
        for variant, flags in VARIANTS.items():
            output = os.path.realpath(os.path.join(BUILT, f"{name}-{variant}"))
            paths[f"{name}-{variant}"] = output
            if os.path.exists(output) and os.path.getmtime(output) > os.path.getmtime(source):
                continue
            subprocess.run(["g++", "-std=c++17", "-w", "-pthread", *flags, "-o", output + ".new", source], check=True)
            os.rename(output + ".new", output)
    return paths


if __name__ == "__main__":
    sys.exit(0 if build() else "build.py: no g++")
