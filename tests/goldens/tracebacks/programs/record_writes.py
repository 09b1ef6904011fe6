#!/usr/bin/python3
"""What a program writes to standard output and standard error, write by write, as golden files.

    record_writes.py TARGET [--replace OLD=NEW]… [--fds 1,2] [--request PORT PATH] [--from TEXT] -- COMMAND…

TARGET is a golden file without its ending: TARGET.txt gets the bytes, TARGET.writes the sizes of
the writes, when there was more than one. strace watches. Meant for programs/LANGUAGE/regenerate.sh.
"""
import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

CALL = re.compile(r'^(?:\d+ +)?(write|writev)\((\d+)(?:<[^>]*>)?, (.*)$')
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def writes_of(log, fds):
    for line in log:
        call = CALL.match(line)
        if not call or call.group(2) not in fds:
            continue
        yield b''.join(bytes.fromhex(text.replace('\\x', '')) for text in STRING.findall(call.group(3)))


def ask(port, path):
    """One request to a server, as soon as it listens."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f'http://127.0.0.1:{port}{path}', timeout=10).read()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f'nothing listens on port {port}')


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('target')
    parser.add_argument('--replace', action='append', default=[])
    parser.add_argument('--fds', default='1,2')
    parser.add_argument('--request', nargs=2, metavar=('PORT', 'PATH'))
    parser.add_argument('--from', dest='start', default='', help='drop the writes before one with this text')
    parser.add_argument('command', nargs='+')
    options = parser.parse_args()
    with tempfile.NamedTemporaryFile('r') as log:
        child = subprocess.Popen(['strace', '-f', '-xx', '-s', '1000000', '-e', 'trace=write,writev', '-o', log.name,
                                  *options.command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                 start_new_session=True)
        if options.request:
            ask(*options.request)
            time.sleep(1)
            os.killpg(child.pid, signal.SIGKILL)
        child.wait(60)
        writes = [text for text in writes_of(log, options.fds.split(',')) if text]
    for pair in options.replace:
        old, new = pair.split('=', 1)
        writes = [text.replace(old.encode(), new.encode()) for text in writes]
    while options.start and writes and options.start.encode() not in writes[0]:
        writes.pop(0)
    if not writes:
        sys.exit(f'{options.target}: nothing was written')
    with open(options.target + '.txt', 'wb') as file:
        file.write(b''.join(writes))
    if len(writes) > 1:
        with open(options.target + '.writes', 'w', encoding='ascii') as file:
            file.writelines(f'{len(text)}\n' for text in writes)


if __name__ == '__main__':
    main()
