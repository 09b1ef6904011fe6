import sys
import threading
import urllib.error
import urllib.request

from flask import Flask
from werkzeug.serving import make_server

app = Flask("app")


def divide(number):
    return 1 / number


@app.route("/divide_by_zero")
def divide_by_zero():
    return str(divide(0))


server = make_server("127.0.0.1", 0, app)
threading.Thread(target=server.serve_forever, daemon=True).start()
for path in ("/", "/divide_by_zero"):
    try:
        urllib.request.urlopen("http://127.0.0.1:%d%s" % (server.server_port, path))
    except urllib.error.HTTPError:
        pass
server.shutdown()
