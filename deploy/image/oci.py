# SPDX-License-Identifier: Apache-2.0
"""An image as one file: OCI image layout 1.0 in a tar. The same entries make the same bytes, wherever and whenever."""
import gzip
import hashlib
import io
import json
import tarfile

from tree import is_folder

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def pax_record(key, value):
    """b"LENGTH KEY=VALUE\\n", where LENGTH counts itself. Binary values are as readers of images expect them: raw."""
    body = b" " + key.encode() + b"=" + value + b"\n"
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


def tar_of(entries, epoch):
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for entry in entries:
            name = entry.path.lstrip("/")
            if entry.capability:
                record = pax_record("SCHILY.xattr.security.capability", entry.capability)
                header = tarfile.TarInfo("PaxHeaders/" + name)
                header.type, header.size, header.mtime = tarfile.XHDTYPE, len(record), epoch
                archive.addfile(header, io.BytesIO(record))
            member = tarfile.TarInfo(name + "/" if is_folder(entry) else name)
            member.mode, member.uid, member.gid, member.mtime = entry.mode, entry.owner, entry.owner, epoch
            if entry.target is not None:
                member.type, member.linkname = tarfile.SYMTYPE, entry.target
            elif is_folder(entry):
                member.type = tarfile.DIRTYPE
            else:
                member.size = len(entry.content)
            archive.addfile(member, io.BytesIO(entry.content or b""))
    return stream.getvalue()


class Layout:
    """Blobs by digest, then the archive of them."""

    def __init__(self):
        self.blobs = {}

    def add(self, content, media_type):
        digest = hashlib.sha256(content).hexdigest()
        self.blobs[digest] = content
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(content)}

    def add_json(self, value, media_type):
        return self.add(json.dumps(value, sort_keys=True, separators=(",", ":")).encode(), media_type)

    def archive(self, index, epoch):
        files = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": json.dumps(index, sort_keys=True).encode(),
                 **{f"blobs/sha256/{digest}": content for digest, content in self.blobs.items()}}
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for folder in ("blobs", "blobs/sha256"):
                member = tarfile.TarInfo(folder)
                member.type, member.mode, member.mtime = tarfile.DIRTYPE, 0o755, epoch
                archive.addfile(member)
            for name in sorted(files):
                member = tarfile.TarInfo(name)
                member.size, member.mtime = len(files[name]), epoch
                archive.addfile(member, io.BytesIO(files[name]))
        return stream.getvalue()


def image(layers, settings, architecture, created, epoch):
    """(archive, digest of the manifest). `layers` as tree.layers has them, `settings` is the config of containers."""
    layout = Layout()
    diff_ids, descriptors = [], []
    for _, entries in layers:
        tar = tar_of(entries, epoch)
        diff_ids.append("sha256:" + hashlib.sha256(tar).hexdigest())
        descriptors.append(layout.add(gzip.compress(tar, 9, mtime=0), LAYER))
    config = layout.add_json({
        "architecture": architecture, "os": "linux", "created": created, "config": settings,
        "rootfs": {"type": "layers", "diff_ids": diff_ids},
        "history": [{"created": created, "created_by": "make image: " + what} for what, _ in layers]}, CONFIG)
    annotations = settings["Labels"]
    manifest = layout.add_json({"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": descriptors,
                                "annotations": annotations}, MANIFEST)
    name = {"org.opencontainers.image.ref.name": annotations["org.opencontainers.image.version"]}
    index = {"schemaVersion": 2, "mediaType": INDEX,
             "manifests": [{**manifest, "platform": {"architecture": architecture, "os": "linux"}, "annotations": name}]}
    return layout.archive(index, epoch), manifest["digest"]
