#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A gRPC service and its client by grpcio (gRPC's C core): what test_grpc.py traces. Messages are plain bytes.

    grpcio_app.py serve PORT               test.Shop, until it is ended
    grpcio_app.py call PORT COUNT LIMIT    COUNT calls of eight kinds, LIMIT at a time, on one connection; says what it saw
    grpcio_app.py busy PORT LIMIT          calls of the kinds that end by themselves until standard input ends; the same
"""
import concurrent.futures
import itertools
import json
import sys
import threading
import time

import grpc

DEADLINE_S = 0.3
ENOUGH_S = 30
QUICK_KINDS = (0, 1, 2, 3, 4, 7)


def buy(request, context):
    if request == b"nothing":
        context.abort(grpc.StatusCode.NOT_FOUND, "as asked for")
    return b"bought " + request


def list_goods(request, context):
    for number in range(3):
        yield b"g" * (number * 100)
    if request == b"wait":
        ended = threading.Event()
        context.add_callback(ended.set)
        ended.wait(ENOUGH_S)


def fill_cart(requests, _):
    return b"%d" % sum(len(request) for request in requests)


def talk(requests, context):
    for request in requests:
        yield request
    context.abort(grpc.StatusCode.DATA_LOSS, "at its end")


def sleep(_, context):
    ended = threading.Event()
    context.add_callback(ended.set)
    ended.wait(ENOUGH_S)
    return b""


def serve(port):
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(64), options=(("grpc.so_reuseport", 0),))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("test.Shop", {
        "Buy": grpc.unary_unary_rpc_method_handler(buy),
        "List": grpc.unary_stream_rpc_method_handler(list_goods),
        "Fill": grpc.stream_unary_rpc_method_handler(fill_cart),
        "Talk": grpc.stream_stream_rpc_method_handler(talk),
        "Sleep": grpc.unary_unary_rpc_method_handler(sleep),
    }),))
    assert server.add_insecure_port(f"127.0.0.1:{port}") == port
    server.start()
    server.wait_for_termination()


class Client:
    def __init__(self, port):
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        grpc.channel_ready_future(self.channel).result(ENOUGH_S)
        self.buy = self.channel.unary_unary("/test.Shop/Buy")
        self.list = self.channel.unary_stream("/test.Shop/List")
        self.fill = self.channel.stream_unary("/test.Shop/Fill")
        self.talk = self.channel.stream_stream("/test.Shop/Talk")
        self.sleep = self.channel.unary_unary("/test.Shop/Sleep")
        self.unknown = self.channel.unary_unary("/test.Shop/Unknown")

    def call(self, kind, metadata, out):
        """Fills in method, sent and received before it raises what the call ended with."""
        out["sent"], out["received"] = 1, 0
        if kind in (0, 1):
            out["method"] = "test.Shop/Buy"
            self.buy(b"nothing" if kind else b"x" * 100, metadata=metadata)
            out["received"] = 1
        elif kind == 2:
            out["method"] = "test.Shop/List"
            out["received"] = len(list(self.list(b"all", metadata=metadata)))
        elif kind == 3:
            out["method"], out["sent"] = "test.Shop/Fill", 4
            self.fill(iter([b"f" * (70 * number) for number in range(4)]), metadata=metadata)
            out["received"] = 1
        elif kind == 4:
            out["method"], out["sent"] = "test.Shop/Talk", 3
            for _ in self.talk(iter([b"t" * 50] * 3), metadata=metadata):
                out["received"] += 1
        elif kind == 5:
            out["method"] = "test.Shop/Sleep"
            self.sleep(b"long", metadata=metadata, timeout=DEADLINE_S)
        elif kind == 6:
            out["method"] = "test.Shop/List"
            answers = self.list(b"wait", metadata=metadata)
            for _ in range(3):
                next(answers)
                out["received"] += 1
            answers.cancel()
            next(answers)
        else:
            out["method"] = "test.Shop/Unknown"
            self.unknown(b"what", metadata=metadata)

    def outcome(self, number, limit, kind):
        out = {"trace": f"{limit:016x}{number + 1:016x}", "status": "OK"}
        metadata = (("traceparent", f"00-{out['trace']}-{number + 1:016x}-01"),)
        begin = time.monotonic_ns()
        try:
            self.call(kind, metadata, out)
        except grpc.RpcError as error:
            out["status"] = error.code().name
        out["begin_ns"], out["duration_ns"] = begin, time.monotonic_ns() - begin
        return out


def keep_busy(client, limit):
    is_over, numbers, outcomes = threading.Event(), itertools.count(), []

    def work():
        while not is_over.is_set():
            number = next(numbers)
            outcomes.append(client.outcome(number, limit, QUICK_KINDS[number % len(QUICK_KINDS)]))

    workers = [threading.Thread(target=work) for _ in range(limit)]
    for worker in workers:
        worker.start()
    sys.stdin.read()
    is_over.set()
    for worker in workers:
        worker.join()
    return outcomes


def main():
    port = int(sys.argv[2])
    if sys.argv[1] == "serve":
        serve(port)
        return
    client, limit = Client(port), int(sys.argv[-1])
    if sys.argv[1] == "busy":
        outcomes = keep_busy(client, limit)
    else:
        with concurrent.futures.ThreadPoolExecutor(limit) as pool:
            outcomes = list(pool.map(lambda number: client.outcome(number, limit, number % 8), range(int(sys.argv[3]))))
    client.channel.close()
    json.dump(outcomes, sys.stdout)


if __name__ == "__main__":
    main()
