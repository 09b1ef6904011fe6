# SPDX-License-Identifier: Apache-2.0
"""Debian packages as a source of files: whose a file is, and which libraries an executable needs.

Those of this machine, or those of another one in a folder of their own (deploy/cross/fetch_sysroot.sh).
"""
import functools
import os
import re
import subprocess

TRIPLETS = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}
INTERPRETERS = {"amd64": "/lib64/ld-linux-x86-64.so.2", "arm64": "/lib/ld-linux-aarch64.so.1"}
FACTS = ("Package", "Version", "Architecture", "source:Package", "source:Version", "Maintainer")


def merged(path):
    """Where Debian's merged /usr has it: /lib/x is /usr/lib/x."""
    return "/usr" + path if re.match(r"/(bin|sbin|lib|lib64)/", path) else path


def needed_by(path):
    return re.findall(r"\(NEEDED\)\s+Shared library: \[([^]]+)\]",
                      subprocess.run(["readelf", "-dW", path], stdout=subprocess.PIPE, check=True, text=True).stdout)


class InstalledPackages:
    """Those of one architecture: installed here (`root` is "") or unpacked below `root`. Paths are as in the system they make."""

    def __init__(self, architecture, root=""):
        self.architecture = architecture
        self.root = root
        self.folders = [f"/lib/{TRIPLETS[architecture]}", f"/usr/lib/{TRIPLETS[architecture]}"]

    def read(self, path):
        with open(self.root + path, "rb") as file:
            return file.read()

    def links_of(self, path):
        """The path and every symbolic link on the way to the file it means, as (path, target or None)."""
        while True:
            if not os.path.islink(self.root + path):
                yield merged(path), None
                return
            target = os.readlink(self.root + path)
            yield merged(path), target
            path = os.path.normpath(os.path.join(os.path.dirname(path), target))

    def find_library(self, name):
        """Its path, or None."""
        return next((f"{folder}/{name}" for folder in self.folders if os.path.exists(f"{self.root}{folder}/{name}")), None)

    def libraries_of(self, executable, names):
        """Every library that this file and these libraries need, and those that they need, and themselves, by name."""
        found, waiting = {}, [*names, *needed_by(executable)]
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found[name] = self.find_library(name)
            if not found[name]:
                raise SystemExit(f"make image: cannot find {name} of {self.architecture}: {self.mend()}")
            waiting += needed_by(self.root + found[name])
        return found

    def mend(self):
        return f"remove {self.root}, it is fetched anew then" if self.root else "make deps-package"

    def query(self, *arguments, check=True):
        """What dpkg-query says."""
        database = ["--admindir", self.root + "/var/lib/dpkg"] if self.root else []
        return subprocess.run(["dpkg-query", *database, *arguments], stdout=subprocess.PIPE, stderr=None if check else subprocess.DEVNULL,
                              check=check, text=True).stdout

    def files_of(self, package):
        return self.query("-L", package).split()

    def owners(self, paths):
        """Whose each of these files is. dpkg knows some by the names they had before /usr was merged."""
        before = {path: re.sub(r"^/usr(?=/lib)", "", path) for path in paths}
        said = self.query("-S", *{*before, *before.values()}, check=False)
        known = {path: package.split(":")[0] for package, _, path in (line.partition(": ") for line in said.splitlines())}
        for path, old in before.items():
            if path not in known and old not in known:
                raise SystemExit(f"make image: no package of {self.root or 'this machine'} has {path}, so nobody could say where it is from")
        return {path: known.get(path) or known[old] for path, old in before.items()}

    @functools.cached_property
    def installed(self):
        form = "\\t".join(f"${{{name}}}" for name in FACTS) + "\\n"
        rows = [dict(zip(FACTS, line.split("\t"))) for line in self.query("-W", "-f", form).splitlines()]
        return {row["Package"]: row for row in rows if row["Architecture"] in (self.architecture, "all")}

    def facts(self, package):
        if package not in self.installed:
            raise SystemExit(f"make image: {package} of {self.architecture} is not installed: {self.mend()}")
        return self.installed[package]
