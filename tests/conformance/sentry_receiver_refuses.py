#!/usr/bin/python3
"""Shows that the strict receiver is strict: a good envelope is accepted, and each way to break it is refused with the
reason. usage: sentry_receiver_refuses.py PORT TRANSACTIONS CRASHES SESSIONS EXCEPTIONS   (outputs of receivers run earlier, for
good envelopes). Prints TAP lines."""
import gzip
import http.client
import json
import sys

port, transactions, crashes, sessions, exceptions = int(sys.argv[1]), *sys.argv[2:6]
AUTH = "Sentry sentry_version=7, sentry_client=test/1, sentry_key=abc"


def framed(envelope):
    """The bytes of an accepted envelope, times with six decimals again."""

    class Time(float):
        __repr__ = lambda self: f"{float(self):.6f}"

    def times(thing):
        if isinstance(thing, dict):
            return {k: Time(v) if k.endswith(("timestamp", "duration")) and not isinstance(v, str) else times(v) for k, v in thing.items()}
        return [times(v) for v in thing] if isinstance(thing, list) else thing

    def dump(thing):
        # json.dumps prints a subclass of float as a float.
        if isinstance(thing, Time):
            return repr(thing)
        if isinstance(thing, dict):
            return "{" + ",".join(json.dumps(key) + ":" + dump(value) for key, value in thing.items()) + "}"
        if isinstance(thing, list):
            return "[" + ",".join(map(dump, thing)) + "]"
        return json.dumps(thing)

    lines = [dump(envelope["headers"])]
    for item in envelope["items"]:
        payload = dump(times(item["payload"]))
        lines += [json.dumps({"type": item["header"]["type"], "length": len(payload)}), payload]
    return "\n".join(lines).encode() + b"\n"


def post(body, path="/api/7/envelope/", **changes):
    headers = {"X-Sentry-Auth": AUTH, "Content-Type": "application/x-sentry-envelope", "Content-Encoding": "gzip",
               "User-Agent": "test/1"}
    for name, value in changes.items():
        name = name.replace("_", "-")
        headers.pop(name, None)
        if value is not None:
            headers[name] = value
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("POST", path, gzip.compress(body) if headers.get("Content-Encoding") == "gzip" else body, headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers.get("X-Sentry-Error", "")


def changed(edit, envelope=None, item=0):
    envelope = json.loads(json.dumps(envelope or good))
    edit(envelope["headers"], envelope["items"][item]["payload"])
    return framed(envelope)


def envelopes(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def expect(name, wanted, answer):
    passed = answer == (200, "") if wanted is None else answer[0] == 400 and wanted in answer[1]
    print(f"{'ok' if passed else 'not ok'} receiver: {name}" + ("" if passed else f" # got {answer}"))


good = next(e for e in envelopes(transactions) if len(e["items"]) == 1 and len(e["items"][0]["payload"].get("spans", [])) == 2
            and e["headers"]["trace"]["public_key"] == "abc")
body = framed(good)
expect("accepts a good envelope", None, post(body))
expect("refuses another path", "path", post(body, "/api/7/store/"))
expect("refuses a query", "path", post(body, "/api/7/envelope/?x=1"))
expect("refuses another project", "project", post(body, "/api/8/envelope/"))
expect("refuses no auth", "0 X-Sentry-Auth headers", post(body, X_Sentry_Auth=None))
expect("refuses another version", "sentry_version", post(body, X_Sentry_Auth=AUTH.replace("=7", "=6")))
expect("refuses another key", "another key", post(body, X_Sentry_Auth=AUTH + "d"))
expect("refuses another content type", "Content-Type", post(body, Content_Type="application/json"))
expect("refuses an uncompressed body", "Content-Encoding", post(body, Content_Encoding=None))
expect("refuses a length too long", "reaches beyond", post(body.replace(b'"length": ', b'"length": 9')))
expect("refuses a length too short", "no line feed after", post(body[:-1] + b" \n"))
expect("refuses an item without length", "length is None", post(body.replace(b'"length"', b'"len"')))
expect("refuses CR LF", "white space", post(body.replace(b"\n", b"\r\n", 1)))
expect("refuses a missing last line feed", "reaches beyond", post(body[:-1]))
expect("refuses two envelopes", "2 envelopes", post(body + body))
expect("refuses sent_at twice", "a key stands twice", post(body.replace(b"{", b'{"sent_at":"2026-01-05T10:00:12Z",', 1)))
expect("refuses no sent_at", "sent_at", post(changed(lambda h, e: h.pop("sent_at"))))
expect("refuses bytes that are not UTF-8", "utf-8", post(body.replace(b'"GET /orders', b'"\xffET /orders', 1)))
expect("refuses NaN", "NaN", post(body.replace(b'"status_code":200', b'"status_code":NaN').replace(b"503,", b"NaN,", 1)))
expect("refuses numbers in the sampling context", "not a string", post(changed(lambda h, e: h["trace"].update(sample_rate=1))))
expect("refuses a context without a rate", "no sample_rate", post(changed(lambda h, e: h["trace"].pop("sample_rate"))))
expect("refuses a rand that contradicts", "contradicts", post(changed(lambda h, e: h["trace"].update(sampled="false"))))
expect("refuses the context of another trace", "another trace", post(changed(lambda h, e: h["trace"].update(trace_id="a" * 32))))
expect("refuses another event id", "differs", post(changed(lambda h, e: h.update(event_id="a" * 32))))
expect("refuses no trace context", "contexts.trace", post(changed(lambda h, e: e["contexts"].pop("trace"))))
expect("refuses an end before the start", "before it starts", post(changed(lambda h, e: e.update(timestamp=1.0))))
expect("refuses times as text", "six decimals", post(changed(lambda h, e: e["spans"][0].pop("timestamp"))))
expect("refuses a span of another trace", "not the transaction's", post(changed(lambda h, e: e["spans"][0].update(trace_id="a" * 32))))
expect("refuses an unknown parent", "no such span", post(changed(lambda h, e: e["spans"][0].update(parent_span_id="a" * 16))))
expect("refuses a short span id", "not an id", post(changed(lambda h, e: e["spans"][0].update(span_id="a"))))
expect("refuses a span twice", "stands twice", post(changed(lambda h, e: e["spans"].append(e["spans"][0]))))
expect("refuses the status `unknown`", "status", post(changed(lambda h, e: e["spans"][1].update(status="unknown"))))
expect("refuses long tags", "longer than 200", post(changed(lambda h, e: e["tags"].update(service="x" * 201))))
expect("refuses a query in the URL", "query", post(changed(lambda h, e: e["request"].update(url="/a?b=c"))))

# Crash events: the first has a session, no minidump.
crash = envelopes(crashes)[0]


def refuses_crash(name, wanted, edit, item=0):
    expect(f"refuses a crash {name}", wanted, post(changed(edit, crash, item)))


def exception(event):
    return event["exception"]["values"][0]


def frames(event):
    return exception(event)["stacktrace"]["frames"]


expect("accepts a good crash", None, post(framed(crash)))
refuses_crash("with another event id", "differs", lambda h, e: h.update(event_id="a" * 32))
refuses_crash("with an event id of a UUID's form", "not an id", lambda h, e: e.update(event_id="9f0c2b7e-5a1d-4c83-b6e2-f47a10d95c3e"))
refuses_crash("that is not native", "platform", lambda h, e: e.update(platform="other"))
refuses_crash("with a level nobody knows", "level", lambda h, e: e.update(level="deadly"))
refuses_crash("with a slash in its release", "release", lambda h, e: e.update(release="a/b@1"))
refuses_crash("without its exception", "one exception", lambda h, e: e.pop("exception"))
refuses_crash("that was handled", "handled", lambda h, e: exception(e)["mechanism"].update(handled=True))
refuses_crash("without a mechanism type", "mechanism.type", lambda h, e: exception(e)["mechanism"].pop("type"))
refuses_crash("with a signal that is no number", "signal.number", lambda h, e: exception(e)["mechanism"]["meta"]["signal"].update(number="11"))
refuses_crash("with a decimal address", "not an address", lambda h, e: frames(e)[0].update(instruction_addr="140000"))
refuses_crash("with a padded address", "not an address", lambda h, e: frames(e)[0].update(symbol_addr="0x00401000"))
refuses_crash("with an empty frame", "neither function", lambda h, e: frames(e).insert(0, {"in_app": True}))
refuses_crash("with too many frames", "frames", lambda h, e: frames(e).extend(frames(e) * 100))
refuses_crash("with registers of no machine", "registers", lambda h, e: exception(e)["stacktrace"]["registers"].update(eax="0x1"))
refuses_crash("with two stacks of one thread", "stack of its own", lambda h, e: e["threads"]["values"][0].update(stacktrace=exception(e)["stacktrace"]))
refuses_crash("of a thread that is not listed", "not the exception's", lambda h, e: exception(e).update(thread_id=1))
refuses_crash("with an upper-case code id", "code_id", lambda h, e: e["debug_meta"]["images"][0].update(code_id="68220AE2"))
refuses_crash("with a debug id that was not swapped", "not made of", lambda h, e: e["debug_meta"]["images"][0].update(debug_id="68220ae2-c65d-65c1-b6aa-a12fa6765a6e"))
refuses_crash("with a short debug id", "debug_id", lambda h, e: e["debug_meta"]["images"][0].update(debug_id="e20a2268"))
refuses_crash("with breadcrumbs in disorder", "oldest first", lambda h, e: e["breadcrumbs"]["values"].reverse())
refuses_crash("with a query in its URL", "query", lambda h, e: e["request"].update(url="/a?b=c"))
refuses_crash("of another trace", "another trace", lambda h, e: h["trace"].update(trace_id="a" * 32))
refuses_crash("with a large context", "bytes", lambda h, e: e["contexts"]["crash"].update(note="x" * 8200))
refuses_crash("without errors in its session", "errors", lambda h, s: s.update(errors=0), 1)
refuses_crash("whose session has no release", "release", lambda h, s: s["attrs"].pop("release"), 1)
refuses_crash("whose session id is no UUID", "sid", lambda h, s: s.update(sid="1"), 1)
refuses_crash("whose session has no duration", "duration", lambda h, s: s.pop("duration"), 1)
alone = {"headers": {key: value for key, value in crash["headers"].items() if key != "trace"}, "items": crash["items"][1:]}
attachment = b'{"type":"attachment","length":4,"filename":"minidump.dmp","attachment_type":"event.minidump"}\n%s\n'
expect("accepts a session alone", None, post(framed(alone)))
expect("accepts a minidump", None, post(framed(crash) + attachment % b"MDMP"))
expect("refuses a minidump that is none", "no minidump", post(framed(crash) + attachment % b"ELF!"))
expect("refuses a minidump without its event", "without its event", post(framed(alone) + attachment % b"MDMP"))
counts = next({**e, "items": [item]} for e in envelopes(sessions) for item in e["items"] if item["header"]["type"] == "sessions")
expect("accepts good counts", None, post(framed(counts)))
expect("refuses counts within a minute", "started", post(changed(lambda h, s: s["aggregates"][0].update(started="2026-01-05T10:00:01Z"), counts)))
expect("refuses counts of nothing", "nothing counted", post(changed(lambda h, s: s["aggregates"].append({"started": "2026-01-05T11:00:00Z"}), counts)))
expect("refuses counts below one", "exited", post(changed(lambda h, s: s["aggregates"][0].update(exited=0), counts)))
many = {"headers": alone["headers"], "items": alone["items"] * 101}
expect("refuses 101 sessions", "more than 100", post(framed(many)))

# Exceptions: the first is a chain of two, its thread lives on; the sixth is native.
chain, native = envelopes(exceptions)[0], envelopes(exceptions)[5]


def refuses_exception(name, wanted, edit, envelope=chain):
    expect(f"refuses an exception {name}", wanted, post(changed(edit, envelope)))


def raised(event):
    return event["exception"]["values"][-1]


def cause(event):
    return event["exception"]["values"][0]


expect("accepts a good exception", None, post(framed(chain)))
expect("accepts a native exception", None, post(framed(native)))
refuses_exception("without any", "no exception", lambda h, e: e.pop("exception"))
refuses_exception("in the wrong order", "exception_id", lambda h, e: e["exception"]["values"].reverse())
refuses_exception("without type and value", "neither type", lambda h, e: (cause(e).pop("type"), cause(e).pop("value")))
refuses_exception("without a parent", "parent_id", lambda h, e: cause(e)["mechanism"].pop("parent_id"))
refuses_exception("that is its own parent", "not raised after", lambda h, e: cause(e)["mechanism"].update(parent_id=1))
refuses_exception("whose cause is not chained", "type", lambda h, e: cause(e)["mechanism"].update(type="generic"))
refuses_exception("whose members disagree", "do not agree", lambda h, e: cause(e)["mechanism"].update(handled=False))
refuses_exception("that is handled and fatal", "handled, and fatal", lambda h, e: e.update(level="fatal"))
refuses_exception("of an unknown platform", "platform", lambda h, e: e.update(platform="pascal"))
refuses_exception("with a decimal address", "not an address", lambda h, e: raised(e)["stacktrace"]["frames"][-1].update(instruction_addr="12"), native)
refuses_exception("with line 0", "lineno", lambda h, e: raised(e)["stacktrace"]["frames"][-1].update(lineno=0))
refuses_exception("with source around nothing", "without its line", lambda h, e: raised(e)["stacktrace"]["frames"][-1].pop("context_line"))
refuses_exception("of another thread", "not the exception's", lambda h, e: raised(e).update(thread_id=1))
refuses_exception("with a thread that crashed unharmed", "crashed", lambda h, e: e["threads"]["values"][0].update(crashed=True))
refuses_exception("that tags its mechanism", "Sentry makes it", lambda h, e: e["tags"].update(mechanism="x"))
refuses_exception("with images for nothing", "images without", lambda h, e: e.update(debug_meta=native["items"][0]["payload"]["debug_meta"]))
refuses_exception("with a source nobody knows", "limpet.source", lambda h, e: e["contexts"]["limpet"].update(source="guess"))
refuses_exception("without registers' names", "registers", lambda h, e: raised(e)["stacktrace"]["registers"].update(eax="0x1"), native)
