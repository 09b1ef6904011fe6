# SPDX-License-Identifier: Apache-2.0
"""What tests of TLS share: a certificate for loopback, limpet's options, and waiting until a process is watched.

Probes are attached while a process runs: what it says before is not seen, so a test waits for them.
"""
import os
import re
import shutil
import subprocess
import time

import target_servers

# By library: what its functions are called, and how many places there are in one that has them all.
WATCHED = {"openssl": (r"SSL_(?!ForceHandshake)\w+", 13), "gnutls": (r"gnutls_\w+", 9),
           "nss": (r"(?:PR_\w+|SSL_ForceHandshake)", 13), "rustls": (r"rustls-\w+", 5)}
ATTACH_S = 60
# A burst may be over before a busy agent has told the kernel what its connections speak.
OPTIONS = ("--tls=auto", "--log-level=debug", "--undecided-bytes=1MiB")


def options(has_tls):
    """What a suite that runs plain and by TLS adds to its own."""
    return OPTIONS if has_tls else ()


def make_certificate(folder):
    """(certificate, key), signed by itself."""
    if not shutil.which("openssl"):
        raise target_servers.Missing("openssl is not installed")
    paths = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                    "-out", paths[0], "-keyout", paths[1]], check=True, stderr=subprocess.DEVNULL)
    return paths


def wait_watched(limpet, pid, library="openssl"):
    """Until all functions of this process are watched: probes are attached while it runs."""
    end = time.monotonic() + ATTACH_S
    function, places = WATCHED[library]
    while len(re.findall(rf"watching tls-{function} of \S+ for process {pid}\b", limpet.stderr)) < places:
        assert time.monotonic() < end, f"{pid} is not watched: {limpet.stderr[-2000:]}"
        time.sleep(0.02)


def check_versions(spans, version="1.3"):
    """Every span is of what was said inside, and says by which TLS; of ciphertext nothing is made."""
    for span in spans:
        assert span.attributes.get("network.protocol.name") != "tls" and not span.name.startswith(("TCP", "TLS")), f"of ciphertext: {span}"
        found = span.attributes.get("tls.protocol.version")
        assert found == version, f"{span.name}: TLS {found}, not {version}"
