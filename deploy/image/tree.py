# SPDX-License-Identifier: Apache-2.0
"""The files of the image, each with the package it is from. No shell, no package manager, nothing that limpet does not use."""
import dataclasses
import io
import struct
import subprocess
import tarfile

from packages import INTERPRETERS

USER = 10001  # limpet, inside the image
# The optional ones limpet loads where they are: names of C++ functions, line numbers.
LOADED = ("libstdc++.so.6", "libdw.so.1")
# CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF, CAP_CHECKPOINT_RESTORE: deploy/README.md says why.
CAPABILITIES = (2, 19, 38, 39, 40)
CERTIFICATES = "/usr/share/ca-certificates/mozilla"
# Of the .deb only what an image has use for.
WANTED = ("/usr/bin/limpet", "/etc/limpet/limpet.yaml", "/usr/share/doc/limpet/copyright")


@dataclasses.dataclass
class Entry:
    """One name in a layer. A folder has neither content nor target."""
    path: str
    package: str
    content: bytes = None
    target: str = None
    mode: int = 0o644
    owner: int = 0
    capability: bytes = None


def permitted(capabilities):
    """security.capability, version 2, permitted alone: limpet puts in force what its container allows (file_capabilities.c)."""
    mask = sum(1 << number for number in capabilities)
    return struct.pack("<IIIII", 0x02000000, mask & 0xffffffff, 0, mask >> 32, 0)


def limpet_entries(deb):
    """Of limpet's own package."""
    unpacked = subprocess.run(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE, check=True)
    with tarfile.open(fileobj=io.BytesIO(unpacked.stdout)) as archive:
        for member in archive:
            path = member.name.lstrip(".")
            if path not in WANTED:
                continue
            entry = Entry(path, "limpet", archive.extractfile(member).read(), mode=member.mode)
            if path == "/usr/bin/limpet":
                entry.capability = permitted(CAPABILITIES)
            if path == "/etc/limpet/limpet.yaml":
                entry.owner = USER
            yield entry


def library_entries(packages, executable):
    places = packages.libraries_of(executable, LOADED).values()
    links = dict(link for place in sorted({*places, INTERPRETERS[packages.architecture]}) for link in packages.links_of(place))
    owners = packages.owners(links)
    for path, target in links.items():
        yield Entry(path, owners[path], None if target else packages.read(path), target, mode=0o755 if target is None else 0o777)


def certificate_entries(packages):
    """As update-ca-certificates would make it of the package alone: what this machine trusts besides is not for others."""
    parts = [packages.read(name) for name in sorted(packages.files_of("ca-certificates")) if name.startswith(CERTIFICATES + "/")]
    if not parts:
        raise SystemExit("make image: the package ca-certificates has no certificates")
    yield Entry("/etc/ssl/certs/ca-certificates.crt", "ca-certificates", b"".join(part.rstrip(b"\n") + b"\n" for part in parts))


def package_entries(packages, names):
    """What scanners look for, and the licences."""
    for name in sorted(names):
        facts = packages.facts(name)
        control = (f"Package: {name}\nStatus: install ok installed\nVersion: {facts['Version']}\nArchitecture: {facts['Architecture']}\n"
                   f"Source: {facts['source:Package']} ({facts['source:Version']})\nMaintainer: {facts['Maintainer']}\n")
        yield Entry(f"/var/lib/dpkg/status.d/{name}", name, control.encode())
        yield Entry(f"/usr/share/doc/{name}/copyright", name, packages.read(f"/usr/share/doc/{name}/copyright"))


def skeleton_entries():
    """What programs expect of a system."""
    yield Entry("/etc/passwd", "limpet-image", f"root:x:0:0:root:/:/nologin\nlimpet:x:{USER}:{USER}:limpet:/var/lib/limpet:/nologin\n".encode())
    yield Entry("/etc/group", "limpet-image", f"root:x:0:\nlimpet:x:{USER}:\n".encode())
    yield Entry("/etc/nsswitch.conf", "limpet-image", b"passwd: files\ngroup: files\nhosts: files dns\n")
    for path in ("/lib", "/lib64"):
        yield Entry(path, "limpet-image", target="usr" + path, mode=0o777)
    for path in ("/dev", "/proc", "/sys", "/run", "/usr/lib64"):
        yield Entry(path, "limpet-image", mode=0o755)
    yield Entry("/tmp", "limpet-image", mode=0o1777)
    for path in ("/var/lib/limpet", "/var/lib/limpet/spool", "/run/limpet"):
        yield Entry(path, "limpet-image", mode=0o700, owner=USER)


def with_folders(entries, known):
    """The entries in order, each folder above them before them; `known` folders are in a layer below."""
    named = {entry.path: entry for entry in entries}
    for path in list(named):
        while (path := path.rpartition("/")[0]) and path not in known:
            named.setdefault(path, Entry(path, "limpet-image", mode=0o755))
    return [named[path] for path in sorted(named)]


def layers(packages, deb, executable):
    """(what made it, entries) for Debian's part and for limpet's."""
    system = [*library_entries(packages, executable), *certificate_entries(packages)]
    system += package_entries(packages, {entry.package for entry in system})
    system = with_folders([*system, *skeleton_entries()], ())
    own = with_folders(list(limpet_entries(deb)), {entry.path for entry in system})
    return [("Debian's libraries and certificates", system), ("limpet", own)]


def is_folder(entry):
    return entry.content is None and entry.target is None
