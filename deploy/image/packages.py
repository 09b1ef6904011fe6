# SPDX-License-Identifier: Apache-2.0
"""The Debian packages of this machine as a source of files: whose a file is, and which libraries an executable needs."""
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


def needed_by(path):
    return re.findall(r"\(NEEDED\)\s+Shared library: \[([^]]+)\]", output("readelf", "-dW", path))


def read(path):
    with open(path, "rb") as file:
        return file.read()


def links_of(path):
    """The path and every symbolic link on the way to the file it means, as (path, target or None)."""
    while True:
        if not os.path.islink(path):
            yield merged(path), None
            return
        target = os.readlink(path)
        yield merged(path), target
        path = os.path.normpath(os.path.join(os.path.dirname(path), target))


class InstalledPackages:
    """Those of one architecture, which is this machine's."""

    def __init__(self, architecture):
        self.architecture = architecture
        self.folders = [f"/lib/{TRIPLETS[architecture]}", f"/usr/lib/{TRIPLETS[architecture]}"]

    def find_library(self, name):
        """Its path, or None."""
        return next((f"{folder}/{name}" for folder in self.folders if os.path.exists(f"{folder}/{name}")), None)

    def libraries_of(self, executables):
        """Every library that these files need, and those that they need, by name."""
        found, waiting = {}, list(executables)
        while waiting:
            for name in needed_by(waiting.pop()):
                path = self.find_library(name)
                if name in found:
                    continue
                if not path:
                    raise SystemExit(f"make image: cannot find {name} of {self.architecture}: install the package that has it")
                found[name] = path
                waiting.append(os.path.realpath(path))
        return found

    def owners(self, paths):
        """Whose each of these files is. dpkg knows some by the names they had before /usr was merged."""
        before = {path: re.sub(r"^/usr(?=/lib)", "", path) for path in paths}
        said = subprocess.run(["dpkg-query", "-S", *{*before, *before.values()}], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False).stdout
        known = {path: package.split(":")[0] for package, _, path in (line.partition(": ") for line in said.splitlines())}
        for path, old in before.items():
            if path not in known and old not in known:
                raise SystemExit(f"make image: no package of this machine has {path}, so nobody could say where it is from")
        return {path: known.get(path) or known[old] for path, old in before.items()}

    @functools.cached_property
    def installed(self):
        form = "\\t".join(f"${{{name}}}" for name in FACTS) + "\\n"
        rows = [dict(zip(FACTS, line.split("\t"))) for line in output("dpkg-query", "-W", "-f", form).splitlines()]
        return {row["Package"]: row for row in rows if row["Architecture"] in (self.architecture, "all")}

    def facts(self, package):
        if package not in self.installed:
            raise SystemExit(f"make image: {package} is not installed: make deps-package")
        return self.installed[package]
