import sys
import traceback


def handle(path):
    try:
        return {"/": 1}[path]
    except KeyError:
        traceback.print_exc()
        sys.stderr.write('127.0.0.1 - - [21/Nov/2026 17:00:00] "GET %s HTTP/1.1" 500 -\n' % path)


handle("/a")
handle("/b")
sys.stderr.write("Traceback (most recent call last) is what it prints\n")
eval(compile("1 +\\\n nothing", "<string>", "eval"))
