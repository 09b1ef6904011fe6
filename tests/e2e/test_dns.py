#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""DNS against dnsmasq: dnspython, dig, glibc and Go ask over UDP and TCP; every question is one span on each side."""
import collections
import os
import re
import shutil
import socket
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import tap
import target_servers
from limpet_runner import Limpet
from span_checks import CLIENT, SERVER

CONFIGURATION = """
keep-in-foreground
no-resolv
no-hosts
user=root
port={port}
{listens}
bind-interfaces
log-queries
log-facility={folder}/log
local=/test/
address=/a.test/10.1.2.3
address=/six.test/fd00::1
txt-record=big.test,"{text}","{text}","{text}"
"""
# Its threads ask at once; prints what it was answered.
CLIENT_PROGRAM = """
import sys, threading, time
import dns.message, dns.query, dns.rcode
host, port, prefix, threads, each, way = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6]
lines = []
def ask(number):
    for i in range(each):
        name = f"{prefix}-{number}-{i}." + ("a.test" if i % 4 else "none.test")
        question = dns.message.make_query(name, "A")
        begin = time.monotonic_ns()
        answer = getattr(dns.query, way)(question, host, port=port, timeout=20)
        lines.append(f"{name} {dns.rcode.to_text(answer.rcode())} {time.monotonic_ns() - begin}")
workers = [threading.Thread(target=ask, args=(number,)) for number in range(threads)]
[worker.start() for worker in workers]
[worker.join() for worker in workers]
print("\\n".join(lines))
"""
GO_PROGRAM = """
package main

import (
	"context"
	"fmt"
	"net"
	"os"
)

func main() {
	resolver := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, address string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, os.Args[1])
	}}
	for i := 0; i < 20; i++ {
		addresses, err := resolver.LookupIP(context.Background(), "ip4", fmt.Sprintf("go-%d.a.test.", i))
		if err != nil || len(addresses) != 1 {
			fmt.Println(addresses, err)
			os.Exit(1)
		}
	}
}
"""


class Dnsmasq(target_servers.Target):
    def prepare(self):
        if not shutil.which("dnsmasq", path=os.environ.get("PATH", "") + ":/usr/sbin"):
            raise target_servers.Missing("dnsmasq is not installed")
        folder = self.folder.name
        port = self.address[1]
        self.addresses = {family: (host, port) for family, (host, _) in self.addresses.items()}
        listens = "\n".join(f"listen-address={host}" for host, _ in self.addresses.values())
        with open(f"{folder}/conf", "w", encoding="utf-8") as file:
            file.write(CONFIGURATION.format(port=port, listens=listens, folder=folder, text="t" * 250))

    def command(self):
        return ["/usr/sbin/dnsmasq", "-C", f"{self.folder.name}/conf"]

    def asked(self):
        """Counts by (type, name), by the server's own log."""
        with open(f"{self.folder.name}/log", encoding="utf-8") as file:
            return collections.Counter(re.findall(r"query\[(\w+)\] (\S+) from", file.read()))


def names(spans, kind):
    counts = collections.Counter()
    for span in spans:
        if span.kind == kind:
            kind_word, name = span.name.split(" ")
            tap.equal((span.attributes["limpet.dns.question.type"], span.attributes["dns.question.name"]),
                      (kind_word, name), "attributes of the question")
            counts[(kind_word, name)] += 1
    return counts


def check_answered(spans, answers, kind, transport):
    by_name = {span.attributes["dns.question.name"]: span for span in spans if span.kind == kind}
    for line in answers:
        name, code, took_ns = line.split()
        span = by_name[name]
        is_error = code != "NOERROR" and kind == CLIENT
        tap.equal(span.attributes["limpet.dns.response.code"], code, name)
        tap.equal(span.attributes.get("error.type"), code if is_error else None, f"{name}: error.type")
        tap.equal(span.status, 2 if is_error else 0, f"{name}: status")
        tap.equal(span.attributes.get("dns.answers"), ["10.1.2.3"] if code == "NOERROR" else None, name)
        tap.equal(span.attributes["network.transport"], transport, f"{name}: transport")
        tap.equal(span.attributes["network.protocol.name"], "dns", f"{name}: protocol")
        assert 0 < span.duration_ns <= int(took_ns), f"{name}: {span.duration_ns} ns, the client saw {took_ns}"


def trace_load(server, family, threads, each, way):
    host, port = server.addresses[family]
    prefix = f"{family}-{threads}-{way}"
    option = f"--dns-ports={port}"
    before = server.asked()
    with Limpet.attach(server.pid, option) as at_server:
        at_server.start().wait_ready()
        program = ["/usr/bin/python3", "-c", CLIENT_PROGRAM, host, str(port), prefix, str(threads), str(each), way]
        with Limpet.run(program, option) as at_client:
            at_client.start().wait()
            answers = at_client.stdout.split("\n")
            answers = [line for line in answers if line.startswith(prefix)]
            with tap.case(f"dnspython, {way} over {family}, {threads} at once: the client's spans"):
                tap.equal(len(answers), threads * each, "answers")
                at_client.check_clean()
                spans = at_client.spans()
                tap.equal(names(spans, CLIENT), server.asked() - before, "client spans and the server's log")
                check_answered(spans, answers, CLIENT, way)
        at_server.stop()
        with tap.case(f"dnspython, {way} over {family}, {threads} at once: the server's spans"):
            at_server.check_clean()
            spans = at_server.spans()
            tap.equal(names(spans, SERVER), server.asked() - before, "server spans and the server's log")
            check_answered(spans, answers, SERVER, way)
            assert all(span.attributes["client.address"] == host for span in spans), "client.address"


def trace_command(title, server, command, wanted, options=()):
    """wanted: counts by (type, name, transport)."""
    with Limpet.run(command, f"--dns-ports={server.address[1]}", *options) as limpet:
        limpet.start().wait()
        with tap.case(title):
            limpet.check_clean()
            found = collections.Counter((*span.name.split(" "), span.attributes["network.transport"])
                                        for span in limpet.spans() if span.kind == CLIENT)
            tap.equal(found, collections.Counter(wanted), "spans")
            return limpet.spans()


def trace_dig(server):
    dig = ["dig", f"@{server.address[0]}", "-p", str(server.address[1]), "+tries=1"]
    if not shutil.which("dig"):
        tap.skip("dig", "dig is not installed")
        return
    trace_command("dig over UDP", server, [*dig, "x.a.test"], [("A", "x.a.test", "udp")])
    trace_command("dig over TCP, two questions on one connection", server,
                  [*dig, "+tcp", "+keepopen", "x.a.test", "y.six.test", "AAAA"],
                  [("A", "x.a.test", "tcp"), ("AAAA", "y.six.test", "tcp")])
    spans = trace_command("dig: a truncated answer is asked for again over TCP", server,
                          [*dig, "+noedns", "big.test", "TXT"], [("TXT", "big.test", "udp"), ("TXT", "big.test", "tcp")])
    with tap.case("dig: which of the two was truncated"):
        tap.equal({span.attributes["network.transport"]: span.attributes.get("limpet.dns.truncated") for span in spans},
                  {"udp": True, "tcp": None}, "limpet.dns.truncated")


def trace_go(server):
    go = shutil.which("go", path=os.environ.get("PATH", "") + ":/usr/local/go/bin")
    if not go:
        tap.skip("Go's resolver", "go is not installed")
        return
    program = f"{server.folder.name}/lookup"
    with open(f"{program}.go", "w", encoding="utf-8") as file:
        file.write(GO_PROGRAM)
    environment = {**os.environ, "GO111MODULE": "off", "GOFLAGS": "-p=2", "CGO_ENABLED": "0",
                   "GOCACHE": os.path.join(target_servers.ROOT, ".build", "go-cache")}
    subprocess.run([go, "build", "-o", program, f"{program}.go"], env=environment, check=True)
    trace_command("Go's resolver", server, [program, f"127.0.0.1:{server.address[1]}"],
                  [("A", f"go-{i}.a.test", "udp") for i in range(20)])


def trace_glibc(server):
    """Port 53 and /etc/resolv.conf of its own, in namespaces: A and AAAA leave with one sendmmsg."""
    folder = server.folder.name
    with open(f"{folder}/resolv.conf", "w", encoding="utf-8") as file:
        file.write("nameserver 127.0.0.1\noptions timeout:20\n")
    os.mkdir(f"{folder}/inside-")
    with open(f"{folder}/inside", "w", encoding="utf-8") as file:
        file.write(CONFIGURATION.format(port=53, listens="listen-address=127.0.0.1", folder=f"{folder}/inside-", text="t"))
    script = (f"ip link set lo up && mount --bind {folder}/resolv.conf /etc/resolv.conf || exit 77; "
              f"/usr/sbin/dnsmasq -C {folder}/inside & dnsmasq=$!; "
              "for i in $(seq 200); do grep -q 0100007F:0035 /proc/net/udp && break; sleep 0.05; done; "
              "for i in 1 2 3 4 5; do getent ahosts glibc-$i.a.test > /dev/null || echo failed; done; kill $dnsmasq; wait")
    if subprocess.run(["unshare", "-nm", "true"], stderr=subprocess.DEVNULL, check=False).returncode:
        tap.skip("glibc", "no namespaces for us")
        return
    with Limpet.run(["unshare", "-nm", "sh", "-c", script]) as limpet:
        limpet.start().wait()
        with tap.case("glibc's getaddrinfo, five times A and AAAA, both ends traced"):
            limpet.check_clean()
            spans = limpet.spans()
            wanted = collections.Counter((kind, f"glibc-{i}.a.test") for kind in ("A", "AAAA") for i in range(1, 6))
            tap.equal(names(spans, CLIENT), wanted, "client spans")
            tap.equal(names(spans, SERVER), wanted, "server spans")


def trace_silence():
    """A server that never answers: asked twice with the same id, it is one span."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        program = ("import dns.message, socket, sys, time\n"
                   "q = dns.message.make_query('silent.test', 'A').to_wire()\n"
                   "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
                   "for i in range(2): s.sendto(q, ('127.0.0.1', int(sys.argv[1]))); time.sleep(0.2)\n"
                   "time.sleep(6)\n")
        with Limpet.run(["/usr/bin/python3", "-c", program, str(port)], f"--dns-ports={port}") as limpet:
            limpet.start().wait()
            with tap.case("nobody answers: one span for a question said twice, timed out"):
                limpet.check_clean()
                (span,) = limpet.spans()
                tap.equal(span.name, "A silent.test", "name")
                tap.equal(span.attributes["error.type"], "timeout", "error.type")
                tap.equal(span.status, 2, "status")
                assert span.duration_ns >= 5_000_000_000, f"{span.duration_ns} ns"


def trace_others(server):
    """Datagrams on other ports are none of ours."""
    with Limpet.run(["/usr/bin/python3", "-c", CLIENT_PROGRAM, "127.0.0.1", str(server.address[1]), "other", "1", "4", "udp"],
                    "--dns-ports=off") as limpet:
        limpet.start().wait()
        with tap.case("with --dns-ports=off there are no spans"):
            limpet.check_clean()
            tap.equal(limpet.spans(), [], "spans")


def main():
    try:
        with Dnsmasq() as server:
            server.start()
            for family in server.addresses:
                trace_load(server, family, 1, 40, "udp")
            trace_load(server, "ipv4", 50, 8, "udp")
            trace_load(server, "ipv4", 1, 20, "tcp")
            trace_load(server, "ipv4", 20, 4, "tcp")
            trace_dig(server)
            trace_go(server)
            trace_glibc(server)
            trace_others(server)
    except target_servers.Missing as missing:
        tap.skip("dnsmasq", str(missing))
    trace_silence()
    tap.finish()


if __name__ == "__main__":
    main()
