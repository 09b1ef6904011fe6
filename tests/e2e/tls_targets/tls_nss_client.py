#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Requests by libcurl over NSS, one thread per connection. Waits for GATE to exist before the first.

usage: tls_nss_client.py GATE HOST PORT CONCURRENCY PATH…
"""
import ctypes
import os
import sys
import threading
import time

LIBRARY = "libcurl-nss.so.4"
# curl/curl.h
GLOBAL_DEFAULT = 3
URL, WRITEFUNCTION, SSL_VERIFYPEER, SSL_VERIFYHOST, NOSIGNAL, HTTP_VERSION = 10002, 20011, 64, 81, 99, 84
RESPONSE_CODE = 0x200002
WRITER = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, ctypes.c_void_p)
failures = []


def ask(curl, address, paths):
    handle = ctypes.c_void_p(curl.curl_easy_init())
    ignore = WRITER(lambda _data, size, count, _own: size * count)
    status = ctypes.c_long()
    curl.curl_easy_setopt(handle, WRITEFUNCTION, ignore)
    for option, value in ((SSL_VERIFYPEER, 0), (SSL_VERIFYHOST, 0), (NOSIGNAL, 1), (HTTP_VERSION, 2)):
        curl.curl_easy_setopt(handle, option, ctypes.c_long(value))
    while True:
        try:
            path = paths.pop()
        except IndexError:
            break
        curl.curl_easy_setopt(handle, URL, f"https://{address}{path}".encode())
        error = curl.curl_easy_perform(handle)
        curl.curl_easy_getinfo(handle, RESPONSE_CODE, ctypes.byref(status))
        if error or status.value != 200:
            failures.append((path, error, status.value))
    curl.curl_easy_cleanup(handle)


def main():
    gate, host, port, concurrency = sys.argv[1:5]
    paths = sys.argv[5:]
    curl = ctypes.CDLL(LIBRARY)
    curl.curl_easy_init.restype = ctypes.c_void_p
    assert curl.curl_global_init(GLOBAL_DEFAULT) == 0
    while not os.path.exists(gate):
        time.sleep(0.02)
    threads = [threading.Thread(target=ask, args=(curl, f"{host}:{port}", paths)) for _ in range(int(concurrency))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures[:3]


if __name__ == "__main__":
    main()
