#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The OCI image of `make image`: its layout by the specification, its bill of materials by spdx-tools, its program by running it.

Nothing is traced here: limpet says its version and looks at the machine from inside the image. What the image unpacks to is
looked at with GNU tar, not with what wrote it.
"""
import glob
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.join(HERE, "..", "..")
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from tap import Skip, case, equal, finish, session  # noqa: E402

SPDX_TOOLS = os.path.join(TOP, ".build", "spdx-tools")
# CAP_DAC_READ_SEARCH, CAP_SYS_PTRACE, CAP_PERFMON, CAP_BPF, CAP_CHECKPOINT_RESTORE
CAPABILITIES = [2, 19, 38, 39, 40]


def run(*command, code=0, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, cwd=options.pop("cwd", TOP),
                            timeout=options.pop("timeout", 300), **options)
    assert code is None or result.returncode == code, f"{' '.join(command)}: exit code {result.returncode}: {result.stdout}"
    return result.stdout


def made():
    """(archive, bill of materials, digest) as `make image` leaves them."""
    said = run("make", "-s", "image")
    path = re.search(r"^(\S+)\.oci\.tar ", said, re.M)[1]
    with open(os.path.join(TOP, path + ".digest"), encoding="ascii") as file:
        return os.path.join(TOP, path + ".oci.tar"), os.path.join(TOP, path + ".spdx.json"), file.read().strip()


class Layout:
    """The unpacked archive; every blob is checked as it is read."""

    def __init__(self, folder):
        self.folder = folder

    def blob(self, descriptor):
        algorithm, _, digest = descriptor["digest"].partition(":")
        with open(f"{self.folder}/blobs/{algorithm}/{digest}", "rb") as file:
            content = file.read()
        equal(hashlib.sha256(content).hexdigest(), digest, "the sum of a blob")
        equal(len(content), descriptor["size"], f"the size of {digest}")
        return content

    def json(self, descriptor):
        return json.loads(self.blob(descriptor))

    def index(self):
        with open(self.folder + "/index.json", encoding="ascii") as file:
            return json.load(file)


def unpack(layout, manifest, folder):
    os.makedirs(folder)
    for descriptor in manifest["layers"]:
        layer = f"{layout.folder}/blobs/sha256/{descriptor['digest'].rpartition(':')[2]}"
        run("tar", "--xattrs", "--xattrs-include=*", "--numeric-owner", "-xzpf", layer, "-C", folder)


def names_below(root):
    for folder, folders, files in os.walk(root):
        for name in files + [name for name in folders if os.path.islink(os.path.join(folder, name))]:
            yield os.path.join(folder, name)[len(root):]


def in_image(root, arguments, capabilities, code=0):
    """What limpet says inside, as the user of the image, with these capabilities and no others allowed; /proc and /sys are the host's."""
    return run("unshare", "--mount", "--propagation", "private", "/usr/bin/python3", os.path.join(HERE, "..", "support", "in_image.py"), root,
               ",".join(map(str, capabilities)), *arguments, code=code)


def main(work):
    archive, bill, digest = made()
    layout = Layout(work + "/layout")
    root = work + "/root"
    with session("the archive unpacks"):
        os.makedirs(layout.folder)
        run("tar", "-xf", archive, "-C", layout.folder)
        index = layout.index()
        manifest = layout.json(index["manifests"][0])
        config = layout.json(manifest["config"])
    with case("OCI image layout 1.0: every blob has its sum and size, and there is none besides"):
        with open(layout.folder + "/oci-layout", encoding="ascii") as file:
            equal(json.load(file), {"imageLayoutVersion": "1.0.0"}, "oci-layout")
        equal(index["manifests"][0]["digest"], digest, "the digest told")
        equal([index["schemaVersion"], manifest["schemaVersion"]], [2, 2], "schema versions")
        equal(index["manifests"][0]["platform"], {"architecture": config["architecture"], "os": config["os"]}, "platform")
        known = {"sha256/" + part["digest"][7:] for part in [index["manifests"][0], manifest["config"], *manifest["layers"]]}
        equal({os.path.relpath(name, layout.folder + "/blobs") for name in glob.glob(layout.folder + "/blobs/*/*")}, known, "blobs")
        equal(["sha256:" + hashlib.sha256(gzip.decompress(layout.blob(part))).hexdigest() for part in manifest["layers"]],
              config["rootfs"]["diff_ids"], "diff_ids")
        equal(len(config["history"]), len(manifest["layers"]), "history")
    with case("made again it has the same digest, and so has the archive"):
        with open(archive, "rb") as file:
            before = hashlib.sha256(file.read()).hexdigest()
        os.unlink(archive)
        equal(made()[2], digest, "digest")
        with open(archive, "rb") as file:
            equal(hashlib.sha256(file.read()).hexdigest(), before, "sum of the archive")
    with case("the config: entrypoint, a user that is not root, labels"):
        settings = config["config"]
        equal((settings["Entrypoint"], settings["Cmd"], settings["User"]),
              (["/usr/bin/limpet"], ["agent", "--config", "/etc/limpet/limpet.yaml"], "10001:10001"), "config")
        equal(settings["Labels"]["org.opencontainers.image.version"], run(".build/limpet", "--version").split()[1], "version")
        assert {"org.opencontainers.image.title", "org.opencontainers.image.licenses"} <= set(settings["Labels"]), settings["Labels"]
    if os.geteuid() != 0:
        raise SystemExit("test_image.py: needs root to unpack owners and capabilities")
    with session("the layers unpack"):
        unpack(layout, manifest, root)
        names = list(names_below(root))
        files = [name for name in names if not os.path.islink(root + name)]
    with case("the image: no shell, nothing set-uid, limpet the only program, its settings its own"):
        shells = [name for name in names if re.search(r"/(ba|da|z|k|a)?sh$|busybox|perl|python|/dpkg$|/apt", name) and "/doc/" not in name]
        equal(shells, [], "shells and the like")
        equal([name for name in files if os.stat(root + name).st_mode & 0o6000], [], "set-uid files")
        equal([name for name in files if os.access(root + name, os.X_OK) and "/lib/" not in name and os.stat(root + name).st_mode & 0o111],
              ["/usr/bin/limpet"], "programs")
        status = os.stat(root + "/etc/limpet/limpet.yaml")
        equal((status.st_uid, status.st_mode & 0o777), (10001, 0o640), "owner and mode of the settings")
        equal([os.stat(root + name).st_uid for name in ("/var/lib/limpet/spool", "/usr/bin/limpet", "/etc/passwd")], [10001, 0, 0], "owners")
    with case("limpet has its capabilities by the file, permitted and not effective"):
        # VFS_CAP_REVISION_2 without the effective flag; bits 2, 19 / 38 - 32, 39 - 32, 40 - 32.
        equal(os.getxattr(root + "/usr/bin/limpet", "security.capability").hex(), "00000002" "04000800" "00000000" "c0010000" "00000000", "xattr")
    with case("every library is there, and no file is more than is needed"):
        linked = run("chroot", root, "/lib64/ld-linux-x86-64.so.2", "--list", "/usr/bin/limpet") if config["architecture"] == "amd64" else ""
        equal("not found" in linked, False, "libraries")
        assert sum(os.path.getsize(root + name) for name in files) < 48 << 20, "the image is larger than 48 MiB"
        with open(root + "/etc/ssl/certs/ca-certificates.crt", encoding="ascii") as file:
            assert file.read().count("-----BEGIN CERTIFICATE-----") > 100, "too few certificates"
    with case("the bill of materials: every file is in it with its sum, and with one package that has a version"):
        with open(bill, encoding="utf-8") as file:
            spdx = json.load(file)
        packages = {package["SPDXID"]: package for package in spdx["packages"]}
        owner = {link["relatedSpdxElement"]: link["spdxElementId"] for link in spdx["relationships"] if link["relationshipType"] == "CONTAINS"}
        by_name = {entry["fileName"][1:]: entry for entry in spdx["files"]}
        equal(sorted(by_name), sorted(names), "files")
        for name, entry in by_name.items():
            content = os.readlink(root + name).encode() if os.path.islink(root + name) else open(root + name, "rb").read()
            equal({entry["algorithm"]: entry["checksumValue"] for entry in entry["checksums"]},
                  {"SHA1": hashlib.sha1(content).hexdigest(), "SHA256": hashlib.sha256(content).hexdigest()}, f"sums of {name}")
            assert packages[owner[entry["SPDXID"]]]["versionInfo"], name
        by_package = {packages[owner[entry["SPDXID"]]]["name"] for entry in spdx["files"]}
        assert {"limpet", "libc6", "libbpf1", "libssl3", "libdw1", "libstdc++6", "ca-certificates"} <= by_package, by_package
        equal(by_package, {package["name"] for package in spdx["packages"]}, "packages")
        # Asked of dpkg here, for a few whose names are what they seem.
        for package in ("libc6", "libssl3", "ca-certificates"):
            version = run("dpkg-query", "-W", "-f", "${Version}\\n", package).split()[0]
            equal([one["versionInfo"] for one in spdx["packages"] if one["name"] == package], [version], package)
    with case("the bill of materials is SPDX 2.3 for spdx-tools"):
        if not os.path.isdir(SPDX_TOOLS):
            if not shutil.which("pip3"):
                raise Skip("pip3 is not installed: make deps-test")
            said = run("pip3", "install", "-q", "--disable-pip-version-check", "--target", SPDX_TOOLS + ".new", "spdx-tools==0.8.3", code=None)
            if not os.path.isdir(SPDX_TOOLS + ".new/spdx_tools"):
                raise Skip("pip3 cannot install spdx-tools: " + said.strip().splitlines()[-1].replace("#", ""))
            os.rename(SPDX_TOOLS + ".new", SPDX_TOOLS)
        judge = "import sys; from spdx_tools.spdx.parser.parse_anything import parse_file as p; " \
                "from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document as v; " \
                "print('\\n'.join(m.validation_message for m in v(p(sys.argv[1]))))"
        equal(run("/usr/bin/python3", "-c", judge, bill, env={**os.environ, "PYTHONPATH": SPDX_TOOLS}).strip()[:2000], "", "what is wrong")
    if config["architecture"] != {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine]:
        with case("limpet runs in the image"):
            raise Skip("it is for another architecture than this machine's")
        return
    with case("limpet says its version as the user of the image, without any capability allowed"):
        equal(in_image(root, ["/usr/bin/limpet", "--version"], []), run(".build/limpet", "--version"), "version")
    with case("with the five capabilities `limpet check` may do everything, also open others' files"):
        said = in_image(root, ["/usr/bin/limpet", "check"], CAPABILITIES, code=None)
        assert re.search(r"^  ok +CAP_BPF and CAP_PERFMON", said, re.M) and re.search(r"^  ok +CAP_SYS_PTRACE", said, re.M), said
        assert re.search(r"^  ok +bpf system call", said, re.M) and "limpet can trace here" in said, said
    with case("with none of them `limpet check` starts too and says what is missing"):
        said = in_image(root, ["/usr/bin/limpet", "check"], [], code=None)
        assert re.search(r"^  missing +CAP_BPF and CAP_PERFMON", said, re.M), said
    with case("without a destination the agent says so and ends with 2"):
        said = in_image(root, ["/usr/bin/limpet", *config["config"]["Cmd"]], CAPABILITIES, code=2)
        assert "no destination" in said, said
    with case("there is nothing to run but limpet"):
        said = in_image(root, ["/bin/sh", "-c", "true"], [], code=None)
        assert "not found" in said or "No such file" in said, said


with tempfile.TemporaryDirectory(prefix="limpet-image-", dir=os.path.join(TOP, ".build")) as folder:
    main(os.path.abspath(folder))
finish()
