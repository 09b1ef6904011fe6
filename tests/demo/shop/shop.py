#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The shop of `make demo`: an ordinary bottle application with Redis behind it. It knows nothing of limpet.

usage: shop.py PORT REDIS_PORT
"""
import json
import socketserver
import sys
import time
import wsgiref.simple_server

import bottle
import redis

NAMES = ("rope", "anchor", "lantern", "compass", "sail", "oar", "net", "bell")

app = bottle.Bottle()
store = redis.Redis(host="127.0.0.1", port=int(sys.argv[2]), decode_responses=True)


def stock_shelves():
    """One pipeline: Redis sees it as one message."""
    with store.pipeline(transaction=False) as pipeline:
        for number in (1, 2, 3, 17):
            pipeline.hset(f"product:{number}", mapping={
                "name": NAMES[number % len(NAMES)], "price": 5 + number, "stock": 100})
            pipeline.rpush("catalogue", number)
        pipeline.execute()


@app.get("/")
def front_page():
    numbers = store.lrange("catalogue", 0, 2)
    return {"offers": [store.hget(f"product:{number}", "name") for number in numbers]}


@app.get("/products/<number:int>")
def product(number):
    found = store.hgetall(f"product:{number}")
    if not found:
        bottle.abort(404, f"There is no product {number}.")
    return found


@app.get("/cart")
def cart():
    products = store.lrange("cart:1", 0, -1)
    return {"products": products, "count": len(products)}


@app.post("/orders")
def order():
    number = bottle.request.forms.get("product", "17")
    price = int(store.hget(f"product:{number}", "price"))
    time.sleep(0.02)  # the payment
    order_number = store.incr("orders")
    store.lpush("cart:1", number)
    bottle.response.status = 201
    return {"order": order_number, "total": price * int(bottle.request.forms.get("count", "1"))}


@app.get("/reports/today")
def report():
    """A bug as it happens: the catalogue is a list, not a number."""
    return {"sold": int(store.get("catalogue"))}


class ThreadedServer(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True


class QuietHandler(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    stock_shelves()
    server = wsgiref.simple_server.make_server("127.0.0.1", int(sys.argv[1]), app, ThreadedServer, QuietHandler)
    print("open", flush=True)
    server.serve_forever()
