#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""moto's S3 server. Arguments: port, file that gets a line per request."""
import sys

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, run_simple

LOG = open(sys.argv[2], "a", encoding="utf-8", buffering=1)  # noqa: SIM115


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_request(self, code="-", size="-"):
        LOG.write(f"{self.command} {code}\n")


run_simple("127.0.0.1", int(sys.argv[1]), DomainDispatcherApplication(create_backend_app), threaded=True, request_handler=Handler)
