# SPDX-License-Identifier: Apache-2.0
"""Runs a quick-start application under limpet, sends it good and failing requests at once, and checks what was reported:
spans, events and log records, at a strict Sentry receiver, an OTLP receiver and in the JSON file, all of one run."""
import collections
import json
import os
import random
import re
import signal
import subprocess
import time

import crash_reader
import http_load
import span_checks
import span_reader
import tap
from limpet_runner import ROOT, SANITIZER_WORDS, Limpet
from quickstart_apps import CLOSED
from span_reader import ERROR, SERVER
from target_servers import wait_listening

FAILING, GOOD, CONCURRENCY = 30, 300, 20
FIRST_ORDER = 1001
RELEASE, ENVIRONMENT = "shop@1.2.3", "proof"
START_S = 30


class Receiver:
    """One of tests/support/*_receiver.py on a free loopback port."""

    def __init__(self, script, folder):
        self.output, port_file = os.path.join(folder, script + ".jsonl"), os.path.join(folder, script + ".port")
        self.process = subprocess.Popen(
            ["/usr/bin/python3", os.path.join(ROOT, "tests", "support", script + ".py"), "--port", "0", "--port-file", port_file,
             "--output", self.output], stdout=subprocess.DEVNULL)
        end = time.monotonic() + START_S
        while not os.path.exists(port_file):
            assert time.monotonic() < end and self.process.poll() is None, f"{script} does not start"
            time.sleep(0.02)
        with open(port_file, encoding="ascii") as file:
            self.port = int(file.read())

    def stop(self):
        self.process.terminate()
        self.process.wait(START_S)

    def lines(self):
        with open(self.output, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def violations(self):
        path = self.output + ".violations"
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as file:
            return [json.loads(line)["violation"] for line in file]


def sentry_items(lines, kind):
    return [item["payload"] for envelope in lines for item in envelope["items"] if item["header"]["type"] == kind]


def otlp_records(lines):
    """By the id of the event, like crash_reader.read_log_records."""
    records = {}
    for line in lines:
        for resource in line.get("resourceLogs", []):
            for record in (record for scope in resource["scopeLogs"] for record in scope["logRecords"]):
                attributes = span_reader.read_attributes(record["attributes"])
                records[attributes["log.record.uid"]] = record, attributes
    return records


def otlp_server_spans(lines):
    """(trace, span) ids."""
    return {(span["traceId"], span["spanId"]) for line in lines for resource in line.get("resourceSpans", [])
            for scope in resource["scopeSpans"] for span in scope["spans"] if span["kind"] == SERVER}


def wait_reported(limpet):
    """A program may answer first and log why a moment later: on a busy machine, after the last answer was read."""
    end = time.monotonic() + 5
    while time.monotonic() < end:
        try:
            if len(crash_reader.read_log_records(limpet.json_path)) >= FAILING:
                return
        except ValueError:
            pass  # the last line is being written
        time.sleep(0.05)


class Run:
    """What one application did under limpet, and what was said of it."""

    def __init__(self, app, *options, is_attached=False):
        self.app, self.options, self.is_attached = app, (*app.options, *options), is_attached
        self.orders = {app.failing_path(order): order for order in range(FIRST_ORDER, FIRST_ORDER + FAILING)}
        self.good_paths = [app.good_path.format(number) for number in range(GOOD)]
        self.outcomes = []

    def requests(self):
        """Some with a query, which must not be sent on."""
        queries = ("?coupon=spring", "", "")
        requests = [http_load.Request(path + queries[order % 3]) for path, order in self.orders.items()]
        requests += [http_load.Request(path) for path in self.good_paths]
        random.Random(4).shuffle(requests)
        return requests

    def make_limpet(self):
        environment = {"SENTRY_DSN": f"http://abc@127.0.0.1:{self.sentry.port}/7",
                       "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.otlp.port}",
                       "SENTRY_RELEASE": RELEASE, "SENTRY_ENVIRONMENT": ENVIRONMENT}
        if self.is_attached:
            self.app.start()
            return Limpet.attach(self.app.process.pid, *self.options, environment=environment)
        return Limpet.run(self.app.command(), *self.options, environment={**environment, **self.app.environment()})

    def trace(self):
        begin = time.monotonic()
        folder = self.app.work.name
        self.sentry, self.otlp = Receiver("sentry_receiver", folder), Receiver("otlp_receiver", folder)
        try:
            with self.make_limpet() as limpet:
                limpet.start().wait_ready()
                wait_listening(self.app.address)
                self.outcomes = http_load.run_load(self.app.address, self.requests(), CONCURRENCY, self.app.is_keep_alive)
                wait_reported(limpet)
                limpet.stop()
                self.limpet, self.stderr, self.output = limpet, limpet.stderr, limpet.stdout
                self.lost, self.spans = limpet.lost(), limpet.spans()
                self.records = crash_reader.read_log_records(limpet.json_path)
        finally:
            self.sentry.stop()
            self.otlp.stop()
        self.seconds = time.monotonic() - begin
        self.all_events = sentry_items(self.sentry.lines(), "event")
        self.transactions = sentry_items(self.sentry.lines(), "transaction")
        # An event belongs to the request whose order its message names.
        self.events = collections.defaultdict(list)
        for event in self.all_events:
            found = re.search(r"order (\d+)", exceptions_of(event)[-1].get("value", ""))
            self.events[int(found.group(1)) if found else None].append(event)
        return self

    def server_spans(self, path):
        return [span for span in self.spans if span.kind == SERVER and span.path == path]


def exceptions_of(event):
    return event.get("exception", {}).get("values", [])


def frames_of(exception):
    return (exception.get("stacktrace") or {}).get("frames", [])


def describe(event):
    lines = []
    for exception in exceptions_of(event):
        lines.append(f"{exception.get('module') or '-'} {exception.get('type')}: {exception.get('value')!r} {exception.get('mechanism')}")
        lines += [f"    {frame.get('function')} {frame.get('abs_path') or frame.get('filename')}:{frame.get('lineno')} "
                  f"in_app={frame.get('in_app')}" for frame in frames_of(exception)[-6:]]
    return "\n".join(lines)


def check_served(run):
    good = set(run.good_paths)
    for outcome in run.outcomes:
        path = outcome.request.path.split("?")[0]
        wanted = (200, False) if path in good else (run.app.answer, run.app.answer == CLOSED)
        tap.equal((outcome.status, bool(outcome.error)), wanted, f"answer to {path} ({outcome.error})")


def check_spans(run):
    wanted = collections.Counter({path: run.app.servers_per_request for path in [*run.orders, *run.good_paths]})
    seen = collections.Counter(span.path for span in run.spans if span.kind == SERVER)
    assert seen == wanted, f"{seen.total()} server spans for {wanted.total()} requests; missing {list((wanted - seen).items())[:5]}, " \
        f"too many {list((seen - wanted).items())[:5]}"
    span_checks.check_unique_ids(run.spans)
    for path in run.good_paths:
        for span in run.server_spans(path):
            assert span.status != ERROR and "exception.type" not in span.attributes, f"{path}: {span}"


def check_failed_spans(run):
    for path, order in run.orders.items():
        raised = run.app.wanted(path, order)[-1]
        span = failed_span(run, path)
        tap.equal(span.status, ERROR, f"status of the span of {path}")
        kind = raised.type if raised.module is None else f"{raised.module}.{raised.type}"
        tap.equal((span.attributes.get("exception.type"), span.attributes.get("exception.message")), (kind, raised.value),
                  f"exception of the span of {path}")


def failed_span(run, path):
    """The one of the application itself: behind a proxy it is the one that began last."""
    spans = sorted(run.server_spans(path), key=lambda span: span.start_ns)
    assert spans, f"no server span of {path}"
    return spans[-1]


def check_count(run):
    """Exactly one event per failing request, and none of anything else."""
    counts = {order: len(run.events.get(order, [])) for order in run.orders.values()}
    wrong = {order: count for order, count in counts.items() if count != 1}
    strangers = [event for order, events in run.events.items() if order not in counts for event in events]
    ids = {event["event_id"] for event in run.all_events}
    assert not wrong and not strangers and len(ids) == FAILING, \
        f"{len(run.all_events)} events for {FAILING} failing requests; by order, where it is not 1: {dict(list(wrong.items())[:8])}; " \
        f"of none of them: {len(strangers)}" + "".join("\n" + describe(event) for event in strangers[:3])


def each_event(run):
    """(path, order, event) of what is there; check_count says what is not."""
    found = [(path, order, run.events[order][0]) for path, order in run.orders.items() if run.events.get(order)]
    assert found, "no event at all"
    return found


def check_links(run):
    wrong = []
    for path, _, event in each_event(run):
        span, trace = failed_span(run, path), event["contexts"].get("trace", {})
        if (trace.get("trace_id"), trace.get("span_id")) != (span.trace_id, span.span_id):
            other = [span.path for span in run.spans if span.span_id == trace.get("span_id")]
            wrong.append(f"{path}: the event is linked to {other or trace}")
    assert not wrong, f"{len(wrong)} of {len(each_event(run))} linked wrongly:\n" + "\n".join(wrong[:8])


def check_chains(run):
    for path, order, event in each_event(run):
        wanted = [(one.type, one.value) for one in run.app.wanted(path, order)]
        seen = [(one.get("type"), one.get("value")) for one in exceptions_of(event)]
        tap.equal(seen, wanted, f"chain of {path}, oldest first")
        modules = [one.module for one in run.app.wanted(path, order)]
        tap.equal([one.get("module") or None for one in exceptions_of(event)], modules, f"modules of the chain of {path}")
        check_chain_mechanisms(path, exceptions_of(event))


def check_chain_mechanisms(path, exceptions):
    """The raised one is number 0; a cause says whose it is."""
    if len(exceptions) == 1:
        return
    ids = [one["mechanism"].get("exception_id") for one in exceptions]
    tap.equal(ids, list(range(len(exceptions) - 1, -1, -1)), f"exception_id of the chain of {path}")
    for one in exceptions[:-1]:
        mechanism = one["mechanism"]
        tap.equal((mechanism["type"], mechanism.get("parent_id")), ("chained", mechanism["exception_id"] - 1), f"mechanism of a cause, {path}")


def function_matches(function, wanted):
    return function == wanted or re.sub(r"(\[clone [^]]*\]|\(.*)", "", function or "").strip() == wanted


def check_frames(run):
    for path, order, event in each_event(run):
        for wanted, exception in zip(run.app.wanted(path, order), exceptions_of(event)):
            own = [frame for frame in frames_of(exception) if frame.get("in_app")]
            assert own, f"{path}: no frame of the application itself\n{describe(event)}"
            check_frame(run.app, path, own[-1], wanted, describe(event))
        check_library_frames(run.app, path, event)


def check_frame(app, path, frame, wanted, all_of_it):
    source = app.source(wanted.file)
    seen_file = frame.get("abs_path") or frame.get("filename") or ""
    if os.path.isabs(seen_file):
        tap.equal(os.path.normpath(seen_file), source, f"file of the innermost frame, {path}")
    else:
        tap.equal(os.path.basename(seen_file), os.path.basename(source), f"file of the innermost frame, {path}")
    tap.equal(frame.get("lineno"), app.line_of(wanted), f"line of the innermost frame, {path}\n{all_of_it}")
    assert not app.has_function or function_matches(frame.get("function"), wanted.function), \
        f"{path}: function {frame.get('function')!r}, expected {wanted.function!r}\n{all_of_it}"
    if wanted.frame_module:
        tap.equal(frame.get("module"), wanted.frame_module, f"module of the innermost frame, {path}")
    if app.has_source_lines:
        with open(source, encoding="utf-8") as file:
            lines = file.read().splitlines()
        number = frame["lineno"] - 1
        tap.equal(frame.get("context_line"), lines[number], f"context_line, {path}")
        tap.equal(frame.get("pre_context", []), lines[max(0, number - 5):number], f"pre_context, {path}")
        tap.equal(frame.get("post_context", []), lines[number + 1:number + 6], f"post_context, {path}")


LIBRARIES = re.compile(r"/(dist-packages|site-packages|node_modules|usr/lib/ruby|usr/share/ruby|rubygems|usr/local/go/src)/|^node:|/rustc/")
LIBRARY_MODULES = re.compile(r"(java|javax|jdk|sun|org\.springframework|org\.apache|jakarta)\.")


def check_library_frames(app, path, event):
    """What comes from the language or its packages is not the application's."""
    for exception in exceptions_of(event):
        for frame in frames_of(exception):
            place = frame.get("abs_path") or frame.get("filename") or ""
            is_library = LIBRARIES.search(place) or app.platform == "java" and LIBRARY_MODULES.match(frame.get("module", ""))
            is_own = place.startswith(app.source_folder + "/")
            assert not (is_library and frame.get("in_app")), f"{path}: {place} {frame.get('module')} counts as the application's own"
            assert not is_own or frame.get("in_app"), f"{path}: {place} does not count as the application's own"


def check_kind(run):
    app = run.app
    for path, _, event in each_event(run):
        mechanism = exceptions_of(event)[-1].get("mechanism", {})
        tap.equal((event["platform"], event["level"], mechanism.get("handled")), (app.platform, app.level, app.is_handled),
                  f"platform, level, handled of {path}")
        assert mechanism.get("type"), f"{path}: mechanism without a type: {mechanism}"
        runtime = event["contexts"].get("runtime", {})
        if app.runtime:
            tap.equal(runtime.get("name"), app.runtime, f"runtime of {path}")
            assert re.search(r"\d+\.\d+", runtime.get("version", "")), f"{path}: runtime {runtime}"


def check_request(run):
    names = {(one["contexts"]["trace"]["trace_id"], one["contexts"]["trace"]["span_id"]): one["transaction"] for one in run.transactions}
    for path, _, event in each_event(run):
        tap.equal((event.get("release"), event.get("environment")), (RELEASE, ENVIRONMENT), f"release and environment of {path}")
        request = event.get("request", {})
        tap.equal((request.get("method"), request.get("url")), ("GET", run.app.url(path)), f"request of {path}")
        span = failed_span(run, path)
        transaction = names.get((span.trace_id, span.span_id))
        assert transaction and path.split("/")[1] in transaction, f"{path}: its transaction is {transaction!r}"
        tap.equal(event.get("transaction"), transaction, f"transaction of {path}")


def check_log_records(run):
    """The same in OTLP, at the receiver and in the file."""
    received = otlp_records(run.otlp.lines())
    for records, what in ((received, "OTLP"), (run.records, "the JSON file")):
        tap.equal(sorted(records), sorted(event["event_id"] for event in run.all_events), f"events in {what}")
        for path, _, event in each_event(run):
            record, attributes = records[event["event_id"]]
            raised, trace = exceptions_of(event)[-1], event["contexts"]["trace"]
            kind = f"{raised['module']}.{raised['type']}" if raised.get("module") else raised["type"]
            tap.equal((attributes["exception.type"], attributes["exception.message"]), (kind, raised["value"]), f"{what}, {path}")
            tap.equal((record["eventName"], record["severityNumber"]), ("exception", 21 if run.app.level == "fatal" else 17), f"{what}, {path}")
            tap.equal((record.get("traceId"), record.get("spanId")), (trace["trace_id"], trace["span_id"]), f"{what}, trace of {path}")
            function = run.app.wanted(path, run.orders[path])[-1].function
            assert not run.app.has_function or function in attributes.get("exception.stacktrace", ""), f"{what}, {path}: {attributes}"
    json_ids = {(span.trace_id, span.span_id) for span in run.spans if span.kind == SERVER}
    tap.equal(otlp_server_spans(run.otlp.lines()), json_ids, "server spans in OTLP")


def check_receivers(run):
    tap.equal(run.sentry.violations(), [], "complaints of the Sentry receiver")
    tap.equal([line["errors"] for line in run.otlp.lines() if line["errors"]], [], "complaints of the OTLP receiver")


def check_end(run):
    for word in SANITIZER_WORDS:
        assert word not in run.stderr, run.stderr[-3000:]
    assert run.limpet.code in (0, 128 + signal.SIGTERM), f"limpet left with {run.limpet.code}: {run.stderr[-3000:]}"
    run.lost.pop("exception_duplicate", None)  # php-fpm writes twice what is wrong: no loss
    tap.equal(run.lost, {}, "losses")


CHECKS = (
    (check_served, "the client is served"),
    (check_spans, "{all} server spans, the good ones without an error"),
    (check_count, "{failing} events, one per failing request, none of the others"),
    (check_links, "each event has the trace and span of its request"),
    (check_chains, "types, modules, messages and causes are right"),
    (check_frames, "the innermost frames are right, with their source"),
    (check_kind, "level, handled, platform, runtime"),
    (check_request, "transaction, request, release, environment"),
    (check_failed_spans, "the failed spans say what was raised"),
    (check_log_records, "the same in OTLP and the JSON file"),
    (check_receivers, "receivers have no complaint"),
    (check_end, "nothing is lost, clean exit"),
)


def prove(make_app, *options, is_attached=False, checks=CHECKS):
    """Every check of one application, a test each."""
    title = ", ".join([make_app.name, *(["attached"] if is_attached else []), *options])
    with tap.session(title), make_app() as app:
        run = Run(app, *options, is_attached=is_attached).trace()
        if os.environ.get("QUICKSTART_KEEP"):
            keep(run, os.environ["QUICKSTART_KEEP"])
        for check, what in checks:
            with tap.case(f"{title}: {what.format(all=(FAILING + GOOD) * app.servers_per_request, failing=FAILING)}"):
                check(run)
        print(f"# {title}: {run.seconds:.1f} s, {len(run.spans)} spans, {len(run.all_events)} events")


def check_kept_spans(run):
    """Only what failed is kept, and all of that."""
    seen = collections.Counter(span.path for span in run.spans if span.kind == SERVER)
    assert seen == collections.Counter(list(run.orders)), f"kept are {seen.total()} spans, not the {len(run.orders)} that failed: {seen}"


SAMPLED_CHECKS = (
    (check_served, "the client is served"),
    (check_kept_spans, "only the {failing} failed spans are kept"),
    (check_count, "{failing} events all the same"),
    (check_links, "each event has the trace and span of its request"),
    (check_failed_spans, "the failed spans say what was raised"),
)


def keep(run, folder):
    """For whoever looks into a failure: what came, as files."""
    os.makedirs(folder, exist_ok=True)
    for name, content in (("events.json", json.dumps(run.all_events, indent=1)), ("limpet.stderr", run.stderr), ("limpet.stdout", run.output),
                          ("spans.txt", "\n".join(map(str, run.spans)))):
        with open(os.path.join(folder, f"{run.app.name.replace(' ', '_')}-{name}"), "w", encoding="utf-8") as file:
            file.write(content)
