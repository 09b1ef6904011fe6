#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""`make image`: an OCI archive from limpet's .deb and the Debian libraries it needs, without Docker, and its bill of materials.

usage: build_image.py DEB FOLDER [ROOT]  FOLDER/limpet-VERSION-ARCH.oci.tar, .spdx.json and .digest
                                         ROOT: a folder with the packages of the .deb's machine (deploy/cross/fetch_sysroot.sh)
       build_image.py DEB FOLDER --root  the files themselves, for the Dockerfile; as root, for their owners and capabilities
Environment: SOURCE_DATE_EPOCH. From the same packages the same bytes.
"""
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import oci  # noqa: E402
import sbom  # noqa: E402
import tree  # noqa: E402
from packages import FACTS, InstalledPackages  # noqa: E402


def deb_facts(deb):
    """packages.FACTS of a .deb."""
    form = "\\n".join("${%s}" % name for name in FACTS)
    return dict(zip(FACTS, subprocess.run(["dpkg-deb", "--show", "--showformat", form, deb], stdout=subprocess.PIPE, check=True,
                                          text=True).stdout.split("\n")))


def settings_of(version, created, revision):
    """What a container runtime is told."""
    return {
        "User": f"{tree.USER}:{tree.USER}", "Entrypoint": ["/usr/bin/limpet"], "Cmd": ["agent", "--config", "/etc/limpet/limpet.yaml"],
        "Env": ["PATH=/usr/bin", "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"], "WorkingDir": "/", "StopSignal": "SIGTERM",
        "Labels": {
            "org.opencontainers.image.title": "limpet", "org.opencontainers.image.version": version,
            "org.opencontainers.image.description": "spans, crashes and exceptions of unmodified programs",
            "org.opencontainers.image.licenses": "Apache-2.0 AND (GPL-2.0-or-later OR BSD-2-Clause)",
            "org.opencontainers.image.created": created,
            **({"org.opencontainers.image.revision": revision} if revision else {})}}


def revision_of():
    found = subprocess.run(["git", "rev-parse", "HEAD"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    return found.stdout.strip()


def write_root(layers, folder):
    for _, entries in layers:
        for entry in entries:
            place = folder + entry.path
            if tree.is_folder(entry):
                os.makedirs(place, exist_ok=True)
                os.chmod(place, entry.mode)
            elif entry.target is not None:
                os.symlink(entry.target, place)
            else:
                with open(place, "wb") as file:
                    file.write(entry.content)
                os.chmod(place, entry.mode)
            os.chown(place, entry.owner, entry.owner, follow_symlinks=False)
            if entry.capability:
                os.setxattr(place, "security.capability", entry.capability)


def write(path, content):
    with open(path + ".new", "wb") as file:
        file.write(content)
    os.rename(path + ".new", path)


def main():
    deb, folder = sys.argv[1:3]
    epoch = int(os.environ.get("SOURCE_DATE_EPOCH", "0"))
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    facts = deb_facts(deb)
    architecture, version = facts["Architecture"], facts["Version"]
    packages = InstalledPackages(architecture, "".join(word for word in sys.argv[3:] if word != "--root"))
    with tempfile.TemporaryDirectory() as unpacked:
        subprocess.run(["dpkg-deb", "-x", deb, unpacked], check=True)
        layers = tree.layers(packages, deb, unpacked + "/usr/bin/limpet")
    os.makedirs(folder, exist_ok=True)
    if "--root" in sys.argv:
        write_root(layers, folder)
        return
    archive, digest = oci.image(layers, settings_of(version, created, revision_of()), architecture, created, epoch)
    name = f"limpet-{version}-{architecture}"
    distribution = "debian-" + platform.freedesktop_os_release()["VERSION_ID"]
    bill = sbom.document(name, version, digest, layers, lambda package: facts if package == "limpet" else packages.facts(package),
                         distribution, created)
    path = os.path.join(folder, name)
    write(path + ".oci.tar", archive)
    write(path + ".spdx.json", json.dumps(bill, indent=1, sort_keys=True).encode() + b"\n")
    write(path + ".digest", digest.encode() + b"\n")
    print(f"{path}.oci.tar  {len(archive) / (1 << 20):.1f} MiB  {digest}")


if __name__ == "__main__":
    main()
