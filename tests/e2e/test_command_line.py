#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input: a message that names the thing, the cause and the mend; an exit code of its own; nothing started."""
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import http_load
import span_checks
import tap
from limpet_runner import SANITIZER_WORDS, Limpet, binary_path, environment_for
from target_servers import EpollServer, free_port

SETTINGS, PRIVILEGES, TARGET, RECORDING = 2, 3, 5, 6
NOBODY = 65534


def call(*arguments, environment=None, binary=None, prefix=(), timeout_s=30):
    done = subprocess.run([*prefix, binary or binary_path(), *arguments], stdin=subprocess.DEVNULL, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment_for(environment),
                          timeout=timeout_s, check=False)
    for word in SANITIZER_WORDS:
        assert word not in done.stderr, done.stderr
    return done


def says(done, code, *patterns):
    """The exit code, and every pattern found in one line of standard error that starts as our messages do."""
    tap.equal(done.returncode, code, f"exit code; {done.stderr.strip()!r}")
    lines = [line for line in done.stderr.splitlines() if line.startswith("limpet: ")]
    for line in lines:
        if all(re.search(pattern, line, re.IGNORECASE) for pattern in patterns):
            return
    raise AssertionError(f"no message with all of {patterns} in:\n{done.stderr}")


def refuses(title, arguments, *patterns, code=SETTINGS, environment=None):
    """limpet run with these options leaves with the code and does not start the command."""
    with tap.case(title), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        trace = os.path.join(folder, "started")
        done = call("run", *arguments, "--", "touch", trace, environment=environment)
        says(done, code, *patterns)
        assert not os.path.exists(trace), "the command was started"


def check_options():
    refuses("unknown option", ["--bogus"], "--bogus", "unknown", "--help")
    refuses("unknown option with a value", ["--sampel=1"], "--sampel", "unknown")
    refuses("value out of range", ["--sample=7"], "sample", "7")
    refuses("value of the wrong kind", ["--ring-size=much"], "ring-size", "much")
    refuses("ring size that is no power of two", ["--ring-size=5000"], "ring-size", "5000", "power of two")
    refuses("value that is not one of the words", ["--capture-source=kprobe"], "capture-source", "kprobe", "tracepoint")
    with tap.case("bad value of OTEL_*: a warning, and it is as if it were not set (the specification's rule)"):
        done = call("run", "--", "true", environment={"OTEL_TRACES_SAMPLER": "traceidratio",
                                                      "OTEL_TRACES_SAMPLER_ARG": "often"})
        says(done, 0, "warning", "OTEL_TRACES_SAMPLER_ARG", "often", "ignored")
    refuses("bad value of LIMPET_*", [], "LIMPET_RING_SIZE", "5000", environment={"LIMPET_RING_SIZE": "5000"})
    with tap.case("no command, unknown command, nothing to run"):
        for arguments in ([], ["trace"], ["run"], ["run", "--"]):
            says(call(*arguments), SETTINGS, "limpet", "help|usage|limpet run")
    with tap.case("attach without a target, or with a bad number"):
        says(call("attach"), SETTINGS, "pid")
        says(call("attach", "pid:x"), SETTINGS, "x", "process id")
    refuses("events that are not known", ["--events=spans,sycalls"], "events", "sycalls", "syscalls")
    refuses("overhead out of range", ["--max-overhead=101"], "max-overhead", "101", "100")


def check_dsn():
    for dsn in ("nonsense", "http://127.0.0.1/1", "http://key@/1", "ftp://key@127.0.0.1/1", "http://key@127.0.0.1/"):
        refuses(f"bad DSN {dsn}", [f"--sentry-dsn={dsn}"], "dsn", "://|'@'")
    with tap.case("a bad DSN is not repeated with its secret"):
        done = call("run", "--sentry-dsn=http://verysecret:alsosecret@127.0.0.1/", "--", "true")
        says(done, SETTINGS, "dsn")
        assert "alsosecret" not in done.stderr and "verysecret" not in done.stderr, done.stderr
    refuses("bad DSN in the environment", [], "SENTRY_DSN", environment={"SENTRY_DSN": "nonsense"})
    refuses("bad OTLP endpoint", ["--otlp-endpoint=nonsense"], "endpoint", "nonsense")


def check_file():
    with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        path = os.path.join(folder, "limpet.yaml")

        def with_file(title, text, *patterns, mode=0o600):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(path, mode)
            refuses(title, [f"--config={path}"], re.escape(path), *patterns)

        with_file("bad YAML", "sampling: [0.5\n", r":\d+")
        with_file("unknown key", "sampling:\n  ratio: 0.5\n  bogus: 1\n", ":3", "bogus", "unknown")
        with_file("bad value in the file", "capture:\n  ring_bytes: 5000\n", ":2", "ring_bytes", "5000")
        with_file("a secret others can read", "sentry:\n  dsn: http://key@127.0.0.1/1\n", ":2", "secret", "chmod", mode=0o644)
        refuses("no such file", [f"--config={folder}/absent.yaml"], "absent.yaml", "no such file")


def check_targets():
    with tap.case("PID that does not exist"):
        process = subprocess.Popen(["true"])
        process.wait()
        says(call("attach", str(process.pid)), TARGET, str(process.pid), "no such process", "ps ")
    with tap.case("a name that nobody has, and one that several have"), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        says(call("attach", "limpet-nobody"), TARGET, "limpet-nobody", "no process, unit or container", "ps ")
        twin = shutil.copy(shutil.which("sleep"), os.path.join(folder, "limpet-twin"))
        twins = [subprocess.Popen([twin, "20"]) for _ in range(2)]
        time.sleep(0.2)
        says(call("attach", "limpet-twin"), TARGET, "2 processes", str(twins[0].pid), str(twins[1].pid), "name:limpet-twin")
        done = call("attach", "name:limpet-twin", "--duration=1s")
        says(done, 0, "tracing limpet-twin: 2 processes")
        assert all(process.poll() is None for process in twins), "a target has ended"
        twins[1].kill()
        twins[1].wait()
        done = call("attach", "limpet-twin", "--duration=1s")
        says(done, 0, f"tracing PID {twins[0].pid} \\(limpet-twin\\)")
        done = call("attach", "limpet-twin", "--duration=1s", "--quiet")
        assert done.returncode == 0 and not done.stderr and not done.stdout, (done.stderr, done.stdout)
        twins[0].kill()
        twins[0].wait()
    with tap.case("PID that ends while traced: limpet ends with it"):
        with EpollServer() as target:
            target.start()
            with Limpet.attach(target.pid) as limpet:
                limpet.start().wait_ready()
                outcomes = http_load.run_load(target.address, span_checks.varied_requests("end", 20), 2)
                target.stop()
                limpet.wait(20)
                limpet.check_clean()
                span_checks.check_server_spans(limpet.spans(), outcomes)
    with tap.case("PID that ends at once"):
        for _ in range(5):
            process = subprocess.Popen(["sleep", "0.05"])
            done = call("attach", str(process.pid))
            process.wait()
            assert done.returncode in (0, TARGET), f"{done.returncode}: {done.stderr}"


def check_privileges():
    with tap.case("no privileges"), tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        os.chmod(folder, 0o755)
        binary = shutil.copy(binary_path(), folder)
        as_nobody = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
        done = call("run", "--", "true", binary=binary, prefix=as_nobody)
        says(done, PRIVILEGES, "permi|privileg|allowed|CAP_BPF", "run as root|sudo|setcap")
        process = subprocess.Popen(["sleep", "10"])
        says(call("attach", str(process.pid), binary=binary, prefix=as_nobody), PRIVILEGES, "run as root|sudo|setcap")
        process.kill()
        process.wait()


def check_outputs():
    for title, option in (("OTLP", "--otlp-endpoint=http://127.0.0.1:{}"), ("Sentry", "--sentry-dsn=http://key@127.0.0.1:{}/1")):
        with tap.case(f"unreachable {title} endpoint: capture goes on, what was not sent is counted"), \
                EpollServer() as target:
            target.start()
            with Limpet.attach(target.pid, option.format(free_port()), "--shutdown-timeout=1s") as limpet:
                limpet.start().wait_ready()
                outcomes = http_load.run_load(target.address, span_checks.varied_requests("down", 100), 10)
                time.sleep(1.5)
                outcomes += http_load.run_load(target.address, span_checks.varied_requests("still-down", 100), 10)
                limpet.stop()
                tap.equal(limpet.code, 0, "exit code")
                span_checks.check_server_spans(limpet.spans(), outcomes)
                tap.equal(sum(limpet.lost().values()), limpet.totals()[1], f"lost items of {limpet.lost()}")
                assert "127.0.0.1" in limpet.stderr, f"no word about the endpoint: {limpet.stderr}"
    with tap.case("output file that cannot be written"):
        done = call("run", "--json=/nonexistent/spans", "--", "true")
        assert done.returncode in (1, SETTINGS), done
        says(done, done.returncode, "/nonexistent/spans", "no such file")


def check_recordings():
    with tempfile.TemporaryDirectory(prefix="limpet-test-") as folder:
        path = os.path.join(folder, "broken")
        with tap.case("recording that is not there"):
            says(call("replay", path), RECORDING, "broken", "no such file")
        for title, content in (("empty", b""), ("of another kind", b"%PDF-1.4 " * 50), ("random", os.urandom(4096))):
            with open(path, "wb") as file:
                file.write(content)
            with tap.case(f"recording that is {title}"):
                says(call("replay", path), RECORDING, "broken", "recording")


def check_words():
    with tap.case("--help names every command and option of the contract"):
        done = call("--help")
        tap.equal(done.returncode, 0, "exit code")
        for word in ("run", "attach", "agent", "check", "replay", "config", "--json", "--terminal", "--ring-size",
                     "--capture-bytes", "--sample", "--capture-source", "--sentry-dsn", "--otlp-endpoint",
                     "--sentry-file", "--record", "--duration"):
            assert word in done.stdout, f"{word} is missing"
    with tap.case("config shows values, where they came from, and no secret"):
        done = call("config", "--sample=0.5", environment={"SENTRY_DSN": "http://verysecret@127.0.0.1/1"})
        tap.equal(done.returncode, 0, "exit code")
        assert "0.5" in done.stdout and "SENTRY_DSN" in done.stdout, done.stdout
        assert "verysecret" not in done.stdout + done.stderr, "the secret is shown"
    with tap.case("--version"):
        done = call("--version")
        assert done.returncode == 0 and re.search(r"\d+\.\d+\.\d+", done.stdout), done
    with tap.case("check says what this kernel allows"):
        done = call("check")
        assert done.returncode == 0 and "BTF" in done.stdout, done


def main():
    for part in (check_options, check_dsn, check_file, check_targets, check_privileges, check_outputs,
                 check_recordings, check_words):
        with tap.session(part.__name__):
            part()
    tap.finish()


if __name__ == "__main__":
    main()
