#!/usr/bin/python3
"""Shows that the strict receiver is strict: a good envelope is accepted, and each way to break it is refused with the
reason. usage: sentry_receiver_refuses.py PORT OUTPUT   (OUTPUT: of a receiver run earlier, for one good envelope).
Prints TAP lines."""
import gzip
import http.client
import json
import sys

port, output = int(sys.argv[1]), sys.argv[2]
AUTH = "Sentry sentry_version=7, sentry_client=test/1, sentry_key=abc"


def framed(envelope):
    """The bytes of an accepted envelope, times with six decimals again."""

    class Time(float):
        __repr__ = lambda self: f"{float(self):.6f}"

    def times(thing):
        if isinstance(thing, dict):
            return {k: Time(v) if k.endswith("timestamp") else times(v) for k, v in thing.items()}
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


def changed(edit):
    envelope = json.loads(json.dumps(good))
    edit(envelope["headers"], envelope["items"][0]["payload"])
    return framed(envelope)


def expect(name, wanted, answer):
    passed = answer == (200, "") if wanted is None else answer[0] == 400 and wanted in answer[1]
    print(f"{'ok' if passed else 'not ok'} receiver: {name}" + ("" if passed else f" # got {answer}"))


with open(output, encoding="utf-8") as file:
    good = next(e for e in map(json.loads, file) if len(e["items"]) == 1 and len(e["items"][0]["payload"].get("spans", [])) == 2
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
