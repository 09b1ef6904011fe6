# SPDX-License-Identifier: Apache-2.0
"""Debian's packages as a source of files: whose a file is, and which libraries an executable needs.

Two of them look alike: those installed on this machine, and those unpacked into a folder for another architecture.
"""
import functools
import os
import re
import subprocess

TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
INTERPRETERS = {"amd64": "/lib64/ld-linux-x86-64.so.2", "arm64": "/lib/ld-linux-aarch64.so.1"}
FACTS = ("Package", "Version", "Architecture", "source:Package", "source:Version", "Maintainer")


def output(*command):
    return subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout


def merged(path):
    """Where Debian's merged /usr has it: /lib/x is /usr/lib/x."""
    return "/usr" + path if re.match(r"/(bin|sbin|lib|lib64)/", path) else path


class Packages:
    """What is below `root` and who brought it."""

    def __init__(self, architecture, root=""):
        self.root = root
        self.architecture = architecture
        self.folders = [f"/lib/{TRIPLETS[architecture]}", f"/usr/lib/{TRIPLETS[architecture]}"]

    def read(self, path):
        with open(self.root + path, "rb") as file:
            return file.read()

    def find_library(self, name):
        """Its path below the root, or None."""
        for folder in self.folders:
            if os.path.exists(f"{self.root}{folder}/{name}"):
                return f"{folder}/{name}"
        return None

    def links_of(self, path):
        """The path and every symbolic link on the way to the file it means, as (path, target or None)."""
        while True:
            place = self.root + path
            if not os.path.islink(place):
                yield merged(path), None
                return
            target = os.readlink(place)
            yield merged(path), target
            path = os.path.normpath(os.path.join(os.path.dirname(path), target))

    def libraries_of(self, executables):
        """Every library that these files of this machine need, and those that they need, by name."""
        found, waiting = {}, list(executables)
        while waiting:
            for name in needed_by(waiting.pop()):
                path = self.find_library(name)
                if name in found:
                    continue
                if not path:
                    raise SystemExit(f"make image: cannot find {name} of {self.architecture}: install the package that has it")
                found[name] = path
                waiting.append(os.path.realpath(self.root + path))
        return found


class InstalledPackages(Packages):
    """Those of this machine."""

    def owner(self, path):
        plain = path[len("/usr"):] if path.startswith("/usr/lib") else path
        for candidate in (path, plain):
            found = subprocess.run(["dpkg-query", "-S", candidate], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
            if found.returncode == 0:
                return found.stdout.split(":")[0]
        raise SystemExit(f"make image: no package of this machine has {path}, so nobody could say where it is from")

    @functools.lru_cache(maxsize=None)
    def facts(self, package):
        form = "\\n".join(f"${{{name}}}" for name in FACTS)
        for name in (f"{package}:{self.architecture}", package):
            found = subprocess.run(["dpkg-query", "-W", "-f", form, name], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
            if found.returncode == 0 and found.stdout:
                return dict(zip(FACTS, found.stdout.split("\n")))
        raise SystemExit(f"make image: {package} is not installed: make deps-package")


def needed_by(path):
    return re.findall(r"\(NEEDED\)\s+Shared library: \[([^]]+)\]", output("readelf", "-dW", path))
