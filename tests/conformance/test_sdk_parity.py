#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Side by side: what the real Sentry SDK reports of an application from inside, and what limpet reports of it from outside.

The same unmodified application fails the same way twice: once with the SDK, loaded by a file outside the application
(sdk_parity/), once under limpet without it. Every field of the SDK's event must be in ours and be equal, unless
DIFFERENCES says why it is not. The table goes to standard output, as comments.
"""
import fnmatch
import os
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import http_load
import tap
from limpet_runner import Limpet, environment_for
from quickstart import exceptions_of, frames_of
from quickstart_apps import Django, Express, FastApi, Flask, install
from sdk_receiver import SdkReceiver
from target_servers import wait_listening

RELEASE, ENVIRONMENT = "shop@1.2.3", "proof"
ORDER = 1007
WAIT_S = 10
WIDTH = 46

# (application or *, field, why it differs or is missing). What the SDK has and is not named here must be equal in ours.
DIFFERENCES = (
    ("*", "sdk.*", "the sender's own name, version and parts"),
    ("*", "transaction", "the SDK knows the function or the framework's own words for the route; outside it is the method and the route, guessed "
     "from the paths that came, as GET /order/{id}"),
    ("*", "transaction_info.*", "the same: limpet's events name no source, its transactions do"),
    ("*", "exception[*].mechanism.type", "the SDK names the hook it used (flask, auto.middleware.express); there is no hook outside"),
    ("*", "exception[*].mechanism.handled", "the SDK calls all unhandled that the route did not catch; limpet says what became of it: the framework "
     "answered 500 and went on"),
    ("*", "exception[*].frame.vars", "values of local variables would have to be read from the program's memory"),
    ("*", "request.query_string", "a query's values are private by default"),
    ("*", "request.headers.*", "headers are private by default"),
    ("*", "request.cookies", "cookies are private"),
    ("*", "request.env.*", "the address is in request.url"),
    ("*", "modules.*", "packages that are loaded are known only inside"),
    ("*", "extra.sys.argv", "arguments are private by default: --include-arguments"),
    ("*", "breadcrumbs", "what the program logged is known only inside; limpet has its own: requests, failed calls, output"),
    ("*", "contexts.trace.data.*", "the SDK's threads and hooks; limpet's attributes of the request stand there instead"),
    ("*", "contexts.trace.origin", "the SDK's own hook"),
    ("*", "contexts.runtime.build", "the compiler of the runtime is known only inside"),
    ("django", "contexts.trace.*", "the SDK has spans of its own inside the request, for signals and middleware, and the event belongs to one of them"),
    ("express", "request.url", "the SDK leaves the query in the URL; it is private by default"),
    ("express", "exception[*].frame.filename", "the SDK sends the whole path as the name; limpet sends both: filename, and abs_path"),
    ("express", "exception[*].frame.pre_context", "this SDK sends seven lines, others and limpet five: --source-context-lines"),
    ("express", "contexts.app.app_memory", "not read when an exception is reported: the process lives on"),
    ("express", "contexts.*.free_memory", "of the host at that moment: for its own monitoring"),
    ("express", "contexts.culture.*", "the agent's language and time zone would not be the program's"),
    ("express", "contexts.device.arch", "x64 is what Node calls x86_64"),
    ("express", "contexts.device.processor_frequency", "it says 0"),
    ("express", "contexts.os.*", "limpet names the kernel, and the distribution as distribution_name"),
)
# Never the same in two runs.
BY_NATURE = {"event_id", "timestamp", "contexts.trace.trace_id", "contexts.trace.span_id", "contexts.app.app_start_time", "contexts.device.boot_time"}
SDK_FRAMES = ("/sentry_sdk/", "/@sentry/")
STACK_FIELDS = (".functions", ".lines", ".in_app", ".filenames", ".modules")


def why_different(app, field):
    for name, pattern, why in DIFFERENCES:
        if name in ("*", app.name) and fnmatch.fnmatchcase(field.replace("[", "(").replace("]", ")"), pattern.replace("[", "(").replace("]", ")")):
            return why
    return ""


def requests_of(app):
    """Each way to fail once, after something that goes well."""
    paths = [path.format(ORDER) for path in app.paths()]
    return paths, [http_load.Request(app.good_path.format("you"))] + [http_load.Request(path + "?coupon=spring") for path in paths]


def by_path(app, events):
    paths, _ = requests_of(app)
    return {path: event for path in paths for event in events if path in event.get("request", {}).get("url", "")}


def wait_for(receiver, count):
    end = time.monotonic() + WAIT_S
    while len(receiver.received("event")) < count and time.monotonic() < end:
        time.sleep(0.1)
    time.sleep(0.3)  # one too many would come now


def sdk_events(make_app):
    with make_app() as app, SdkReceiver() as receiver:
        environment = {**app.environment(), "PARITY_DSN": receiver.dsn}
        command = app.command()
        if app.platform == "python":
            environment["PYTHONPATH"] = os.pathsep.join([os.path.join(HERE, "sdk_parity", "python"), install.install_python_judge()])
        else:
            environment["NODE_PATH"] = os.path.join(install.install_node_judge(), "node_modules")
            command = [command[0], "--require", os.path.join(HERE, "sdk_parity", "node", "instrument.js"), *command[1:]]
        environment = {**environment_for(environment), "SENTRY_RELEASE": RELEASE, "SENTRY_ENVIRONMENT": ENVIRONMENT}
        process = subprocess.Popen(command, cwd=app.source_folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        try:
            wait_listening(app.address, process)
            paths, requests = requests_of(app)
            http_load.run_load(app.address, requests, 1, False)
            wait_for(receiver, len(paths))
        finally:
            process.terminate()
            process.wait(WAIT_S)
        return by_path(app, with_port(receiver.received("event"), app.port))


def our_events(make_app):
    with make_app() as app, SdkReceiver() as receiver:
        environment = {**app.environment(), "SENTRY_DSN": receiver.dsn, "SENTRY_RELEASE": RELEASE, "SENTRY_ENVIRONMENT": ENVIRONMENT}
        command = ["/usr/bin/env", "-C", app.source_folder, *app.command()]
        with Limpet.run(command, environment=environment) as limpet:
            limpet.start().wait_ready()
            wait_listening(app.address)
            http_load.run_load(app.address, requests_of(app)[1], 1, False)
            limpet.stop()
        return by_path(app, with_port(receiver.received("event"), app.port))


def with_port(value, port):
    """Both runs had another one."""
    if isinstance(value, dict):
        return {key: with_port(item, port) for key, item in value.items()}
    if isinstance(value, list):
        return [with_port(item, port) for item in value]
    return value.replace(str(port), "PORT") if isinstance(value, str) else value


def flatten(value, name, fields):
    """Objects by their keys, lists as they are; what says nothing is left out."""
    if isinstance(value, dict):
        for key, item in value.items():
            flatten(item, f"{name}.{key}" if name else key, fields)
    elif value not in (None, "", [], "?"):
        fields[name] = value


def fields_of(app, event):
    fields = {}
    flatten({key: value for key, value in event.items() if key not in ("exception", "breadcrumbs", "tags")}, "", fields)
    flatten(dict(event.get("tags") or {}), "tags", fields)
    crumbs = event.get("breadcrumbs") or []
    flatten(len(crumbs.get("values", []) if isinstance(crumbs, dict) else crumbs) or None, "breadcrumbs", fields)
    exceptions = exceptions_of(event)
    fields["exceptions"] = len(exceptions)
    for number, exception in enumerate(reversed(exceptions)):  # 0 is the one that was raised
        name = f"exception[{number}]"
        # The SDK is part of the stack it looks at.
        frames = [frame for frame in frames_of(exception) if not any(part in (frame.get("abs_path") or frame.get("filename") or "")
                                                                     for part in SDK_FRAMES)]
        flatten({key: value for key, value in exception.items() if key not in ("stacktrace", "thread_id")}, name, fields)
        fields[name + ".functions"] = [frame.get("function") or "?" for frame in frames]
        fields[name + ".lines"] = [frame.get("lineno") for frame in frames]
        fields[name + ".filenames"] = [str(frame.get("filename")).rpartition("/node_modules/")[2] for frame in frames]  # the SDK has packages of its own
        fields[name + ".modules"] = [frame.get("module") for frame in frames]
        fields[name + ".in_app"] = [bool(frame.get("in_app")) for frame in frames]
        if frames:
            frame = dict(frames[-1])
            variables = frame.pop("vars", None)
            flatten(frame, name + ".frame", fields)
            flatten(variables and len(variables), name + ".frame.vars", fields)
    return {name: value for name, value in fields.items() if name not in BY_NATURE}


def short(value):
    text = "-" if value is None else str(value).replace("\n", "\\n")
    return text if len(text) <= WIDTH else text[:WIDTH - 1] + "…"


def is_more(name, theirs, ours):
    """Inside, a stack begins where the SDK took the exception; printed, where the framework did: further out."""
    return name.endswith(STACK_FIELDS) and len(ours) > len(theirs) and ours[-len(theirs):] == theirs


def compare(app, path, theirs, ours):
    """Prints the table; returns what nobody explained."""
    unexplained, counts = [], {}
    modules = [name for name in theirs if name.startswith("modules.")]
    theirs = {**{name: value for name, value in theirs.items() if name not in modules}, **({"modules.*": len(modules)} if modules else {})}
    print(f"# {app.name} {path}: field | SDK | limpet |")
    for name in sorted({*theirs, *ours}):
        mine, sdk = ours.get(name), theirs.get(name)
        why = why_different(app, name)
        if name not in theirs:
            verdict = "limpet only"
        elif mine == sdk:
            verdict = "equal"
        elif is_more(name, sdk, mine or []):
            verdict = f"limpet has more: {len(mine)} frames, the SDK {len(sdk)}"
        elif name not in ours:
            verdict = f"SDK only: {why}" if why else "MISSING"
        else:
            verdict = f"differs: {why}" if why else "DIFFERENT"
        if verdict in ("MISSING", "DIFFERENT"):
            unexplained.append(f"{name}: the SDK has {sdk!r:.300}, limpet {mine!r:.300}")
        counts[verdict.split(":")[0]] = counts.get(verdict.split(":")[0], 0) + 1
        print(f"#   {name} | {short(sdk)} | {short(mine)} | {verdict}")
    print(f"#   {app.name} {path}: {counts}")
    return unexplained


def main():
    for make_app in (Flask, Django, FastApi, Express):
        with tap.session(f"{make_app.name}, side by side"):
            theirs, ours = sdk_events(make_app), our_events(make_app)
            assert theirs, "the SDK reported nothing"
            for path, event in theirs.items():
                with tap.case(f"{make_app.name} {path}: what the SDK reports, limpet does"):
                    assert path in ours, "limpet reported nothing"
                    unexplained = compare(make_app, path, fields_of(make_app, event), fields_of(make_app, ours[path]))
                    assert not unexplained, f"{len(unexplained)} fields without an explanation:\n" + "\n".join(unexplained)
    tap.finish()


if __name__ == "__main__":
    main()
