#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A target: a Flask application on its threaded server, with the answers of http_answers.c, that also calls on.

/call/N asks DOWNSTREAM for /s/200/13/N over a new connection, /pooled/N over a kept one of a pool that all
threads share, /twice/N does the first two times. /stock/N is kept in REDIS, by one command each; to sell of it
fails there.

usage: flask_app.py [--downstream=HOST:PORT] [--redis=HOST:PORT] LISTEN…     LISTEN: 127.0.0.1:80  [::1]:80
"""
import http.client
import logging
import queue
import signal
import sys
import threading
import time

import flask
import werkzeug.serving

app = flask.Flask(__name__)
downstream = ""
store = None
pool = queue.SimpleQueue()
METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "PROPFIND", "PATCH"]


@app.route("/s/<int:status>/<int:size>/<path:rest>", methods=METHODS)
def sized(status, size, rest):
    flask.request.get_data()
    return flask.Response(b"b" * size, status=status, mimetype="text/plain")


@app.route("/slow/<int:pause_ms>/<path:rest>")
def slow(pause_ms, rest):
    time.sleep(pause_ms / 1000)
    return flask.Response(b"b" * 13)


@app.route("/chunked/<int:pause_ms>/<path:rest>")
def chunked(pause_ms, rest):
    def parts():
        for number in range(3):
            if number:
                time.sleep(pause_ms / 2000)
            yield b"0123456789"
    return flask.Response(parts())


def ask(connection, path):
    connection.request("GET", path)
    response = connection.getresponse()
    response.read()
    return response.status


@app.route("/call/<path:rest>")
def call(rest):
    connection = http.client.HTTPConnection(downstream)
    status = ask(connection, f"/s/200/13/{rest}")
    connection.close()
    return flask.Response(b"called", status=status)


@app.route("/pooled/<path:rest>")
def pooled(rest):
    try:
        connection = pool.get_nowait()
    except queue.Empty:
        connection = http.client.HTTPConnection(downstream)
    status = ask(connection, f"/s/200/13/{rest}")
    pool.put(connection)
    return flask.Response(b"called", status=status)


@app.route("/twice/<path:rest>")
def twice(rest):
    call(f"first/{rest}")
    return call(f"second/{rest}")


@app.route("/stock/<int:item>", methods=["GET", "PUT"])
def stock(item):
    if flask.request.method == "PUT":
        store.set(f"stock:{item}", flask.request.get_data())
        return flask.Response(b"kept", status=201)
    found = store.get(f"stock:{item}")
    return flask.Response(found, status=200 if found else 404)


@app.route("/stock/<int:item>/sold", methods=["POST"])
def sold(item):
    import redis
    try:
        store.lpush(f"stock:{item}", "sold")
    except redis.ResponseError:  # it is no list
        return flask.Response(b"", status=500)
    return flask.Response(b"", status=200)


def connect_redis(address):
    import redis
    host, port = address.rsplit(":", 1)
    return redis.Redis(host, int(port))


def main():
    global downstream, store
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    werkzeug.serving.WSGIRequestHandler.protocol_version = "HTTP/1.1"
    for argument in sys.argv[1:]:
        if argument.startswith("--downstream="):
            downstream = argument.split("=", 1)[1]
            continue
        if argument.startswith("--redis="):
            store = connect_redis(argument.split("=", 1)[1])
            continue
        host, port = argument.rsplit(":", 1)
        server = werkzeug.serving.make_server(host.strip("[]"), int(port), app, threaded=True)
        server.socket.listen(1024)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    while True:
        signal.pause()


if __name__ == "__main__":
    main()
