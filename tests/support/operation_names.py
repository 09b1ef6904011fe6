# SPDX-License-Identifier: Apache-2.0
"""As what operation a person reads a span: service, kind, and name with its system before it, or behind it whom it went to.

Our own count of agent/overview/operation_table.c, from the attributes that went out.
"""
KINDS = {1: "internal", 2: "server", 3: "client", 4: "producer", 5: "consumer"}
SYSTEMS = ("db.system.name", "messaging.system", "rpc.system.name")
MAX_SERVICE, MAX_NAME = 64, 128  # bytes


def operation_of(service, kind, name, attributes):
    system = next((attributes[key] for key in SYSTEMS if attributes.get(key)), "")
    words = name if not system or name.startswith(system) else f"{system} {name}"
    server, port = attributes.get("server.address"), attributes.get("server.port", 80)
    is_plain = name.startswith(("TCP :", "TLS :"))  # nobody knows what is said
    if KINDS[kind] == "client" and server and (is_plain or name == attributes.get("http.request.method")):
        words += f" {server}" if is_plain or port in (80, 443) else f" {server}:{port}"
    return service[:MAX_SERVICE], KINDS[kind], words.encode()[:MAX_NAME].decode(errors="replace")
