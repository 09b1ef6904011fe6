#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the images of the pods as OCI archives, without a builder: "pause" and "shop" hold one static program, "web" nginx, every library it
is linked with and a certificate of its own.

usage: make_images.py FOLDER      leaves NAME.tar for each, and images.json: name -> {"reference", "digest"}
"""
import gzip
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
REGISTRY = "limpet.test"
NGINX = """
user root; worker_processes 1; pid /tmp/nginx.pid; error_log /dev/stderr; daemon off;
events { worker_connections 64; }
http {
    access_log off; client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c; uwsgi_temp_path /tmp/d; scgi_temp_path /tmp/e;
    server { listen 127.0.0.1:8080; location / { return 200 "web\\n"; } }
    server { listen 127.0.0.1:8443 ssl; ssl_certificate /etc/nginx/cert.pem; ssl_certificate_key /etc/nginx/key.pem; location / { return 200 "tls\\n"; } }
}
"""


def layer_of(files):
    """files: path -> bytes or the file to copy. Always the same bytes for the same files."""
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w") as tar:
        folders = set()
        for path in files:
            parts = path.strip("/").split("/")[:-1]
            folders |= {"/".join(parts[: i + 1]) for i in range(len(parts))}
        for folder in sorted(folders | {"tmp", "dev", "proc", "sys", "etc"}):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o1777 if folder == "tmp" else 0o755
            tar.addfile(entry)
        for path, source in sorted(files.items()):
            content = source
            if isinstance(source, str):
                with open(source, "rb") as file:
                    content = file.read()
            entry = tarfile.TarInfo(path.strip("/"))
            entry.size, entry.mode = len(content), 0o755
            tar.addfile(entry, io.BytesIO(content))
    return raw.getvalue()


def write_image(folder, name, files, entrypoint):
    layer = layer_of(files)
    packed = gzip.compress(layer, mtime=0)
    blobs = {}

    def blob(content):
        digest = hashlib.sha256(content).hexdigest()
        blobs[digest] = content
        return {"digest": "sha256:" + digest, "size": len(content)}

    config = {"architecture": "amd64", "os": "linux", "config": {"Entrypoint": entrypoint, "Env": ["PATH=/bin:/usr/sbin"]},
              "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}}
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **blob(json.dumps(config).encode())},
        "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", **blob(packed)}]}
    reference = f"{REGISTRY}/{name}:1.0"
    top = blob(json.dumps(manifest).encode())
    index = {"schemaVersion": 2, "manifests": [{"mediaType": manifest["mediaType"], **top, "annotations": {
        "io.containerd.image.name": reference, "org.opencontainers.image.ref.name": "1.0"}}]}
    with tarfile.open(os.path.join(folder, name + ".tar"), "w") as tar:
        contents = {"oci-layout": b'{"imageLayoutVersion":"1.0.0"}', "index.json": json.dumps(index).encode()}
        contents.update({"blobs/sha256/" + digest: content for digest, content in blobs.items()})
        for path, content in contents.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return {"reference": reference, "digest": top["digest"]}


def closure(program):
    """The program and every library the linker gives it."""
    said = subprocess.run(["ldd", program], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {path: os.path.realpath(path) for path in [program] + re.findall(r"(/\S+) \(0x", said)}


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as work:
        program = os.path.join(work, "shop")
        subprocess.run(["musl-gcc", "-static", "-O1", "-fno-omit-frame-pointer", "-o", program, os.path.join(HERE, "shop.c")], check=True)
        key, cert = os.path.join(work, "key.pem"), os.path.join(work, "cert.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-days", "30",
                        "-keyout", key, "-out", cert], check=True, stderr=subprocess.DEVNULL)
        web = closure("/usr/sbin/nginx")
        web.update({"/etc/nginx/nginx.conf": NGINX.encode(), "/etc/nginx/cert.pem": cert, "/etc/nginx/key.pem": key,
                    "/etc/passwd": b"root:x:0:0::/:/bin/false\n", "/etc/group": b"root:x:0:\n", "/var/log/nginx/error.log": b"",
                    "/var/lib/nginx/none": b""})
        images = {
            "pause": write_image(folder, "pause", {"/shop": program}, ["/shop", "pause"]),
            "shop": write_image(folder, "shop", {"/app/shop": program}, ["/app/shop"]),
            "web": write_image(folder, "web", web, ["/usr/sbin/nginx", "-c", "/etc/nginx/nginx.conf"]),
        }
    with open(os.path.join(folder, "images.json"), "w", encoding="utf-8") as file:
        json.dump(images, file)


main()
