#!/usr/bin/python3
"""Runs the programs beside it and keeps what they print as golden files: NAME.txt, and NAME.writes with the size of each write.

usage: record_output.py [LANGUAGE [NAME]]     ruby, php, perl; needs Debian's ruby, ruby-sinatra, ruby-webrick, php-cli, php-fpm, nginx, perl

A pipe in packet mode keeps writes apart. Programs run from a copy; its path becomes /srv/app. The .json files are made and read by people."""
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
PIPE_PACKET = 4096
PHP_LOG = ["php", "-n", "-d", "log_errors=1", "-d", "display_errors=0", "-d", "zend.exception_ignore_args=0"]
PHP_SHOW = ["php", "-n", "-d", "display_errors=1", "-d", "log_errors=0", "-d", "zend.exception_ignore_args=0"]


def row(command, *names):
    return {name: command + [file] for name, file in names}


PROGRAMS = {
    "ruby": row(["ruby"], *[(name, name + ".rb") for name in (
        "uncaught", "causes", "thread", "recursion", "syntax", "no_method", "no_message", "class_only", "logged", "sinatra", "webrick", "quiet")]),
    "php": {
        **row(PHP_LOG, *[(name, name + ".php") for name in ("uncaught", "chained", "parse", "memory", "included", "logged", "warnings")]),
        **row(PHP_SHOW, ("shown", "uncaught.php")),
        **row(PHP_SHOW + ["-d", "html_errors=1"], ("html", "uncaught.php")),
        **row(PHP_SHOW + ["-d", "html_errors=1"], ("html_parse", "parse.php")),
    },
    "perl": row(["perl"], *[(name, name + ".pl") for name in (
        "die", "handle", "confess", "croak", "diagnostics", "object", "missing", "propagated", "method", "warn")]),
}


def read_writes(descriptor):
    """A write longer than a packet comes in packets that are full but for the last."""
    writes, is_open = [], False
    while packet := os.read(descriptor, 1 << 16):
        if is_open:
            writes[-1] += packet
        else:
            writes.append(packet)
        is_open = len(packet) == PIPE_PACKET
    return writes


def keep(language, name, writes, folder):
    writes = [write.replace(folder.encode(), b"/srv/app") for write in writes]
    base = os.path.join(HERE, "..", language, name)
    os.makedirs(os.path.dirname(base), exist_ok=True)
    with open(base + ".txt", "wb") as file:
        file.write(b"".join(writes))
    if len(writes) > 1:
        with open(base + ".writes", "w") as file:
            file.write("".join(f"{len(write)}\n" for write in writes))
    elif os.path.exists(base + ".writes"):
        os.remove(base + ".writes")


def record(language, name, command):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.path.join(HERE, language), folder, dirs_exist_ok=True)
        source, sink = os.pipe2(os.O_DIRECT)
        command = command[:-1] + [os.path.join(folder, command[-1])]
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd=folder)
        os.close(sink)
        writes = read_writes(source)
        os.close(source)
        child.wait()
        keep(language, name, writes, folder)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def get(url):
    for _ in range(200):
        try:
            with urllib.request.urlopen(url) as response:
                return response.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{url}: nobody answers")


def record_php_server():
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(os.path.join(HERE, "php"), folder, dirs_exist_ok=True)
        source, sink = os.pipe2(os.O_DIRECT)
        port = free_port()
        child = subprocess.Popen(PHP_LOG + ["-S", f"127.0.0.1:{port}", "-t", folder], stdout=sink, stderr=sink, cwd=folder)
        os.close(sink)
        get(f"http://127.0.0.1:{port}/web.php?by=0")
        get(f"http://127.0.0.1:{port}/web.php?by=3")
        child.terminate()
        writes = read_writes(source)
        os.close(source)
        child.wait()
        keep("php", "server", [re.sub(rb"127\.0\.0\.1:\d+", b"127.0.0.1:8000", write) for write in writes], folder)


NGINX = """pid %(folder)s/nginx.pid;
error_log %(folder)s/error.log;
events {}
http { access_log off;
client_body_temp_path %(folder)s/t1; proxy_temp_path %(folder)s/t2; fastcgi_temp_path %(folder)s/t3; uwsgi_temp_path %(folder)s/t4; scgi_temp_path %(folder)s/t5;
server { listen 127.0.0.1:%(port)d; root %(folder)s; location / { include /etc/nginx/fastcgi_params;
fastcgi_param SCRIPT_FILENAME %(folder)s$fastcgi_script_name; fastcgi_pass unix:%(folder)s/fpm.sock; } } }
"""
FPM = """[global]
error_log = /proc/self/fd/2
[www]
listen = %(folder)s/fpm.sock
listen.mode = 0666
user = www-data
group = www-data
pm = static
pm.max_children = 1
catch_workers_output = %(catch)s
php_admin_flag[log_errors] = on
%(log)s
"""


def record_fpm(name, catch, log):
    """nginx' error log when FPM sends errors to it, or FPM's own when its workers write to standard error."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copytree(os.path.join(HERE, "php"), folder, dirs_exist_ok=True)
        values = {"folder": folder, "port": free_port(), "catch": catch, "log": log}
        for path, text in (("nginx.conf", "user www-data;\n" + NGINX), ("fpm.conf", FPM)):
            with open(os.path.join(folder, path), "w") as file:
                file.write(text % values)
        source, sink = os.pipe2(os.O_DIRECT)
        fpm = subprocess.Popen(["php-fpm8.2", "-n", "-F", "-y", folder + "/fpm.conf"], stdout=sink, stderr=sink)
        os.close(sink)
        for _ in range(200):
            if os.path.exists(folder + "/fpm.sock"):
                break
            time.sleep(0.05)
        nginx = subprocess.Popen(["/usr/sbin/nginx", "-e", folder + "/error.log", "-c", folder + "/nginx.conf", "-g", "daemon off;"])
        get(f"http://127.0.0.1:{values['port']}/web.php?by=0")
        time.sleep(0.5)
        nginx.terminate()
        fpm.terminate()
        writes = read_writes(source)
        os.close(source)
        nginx.wait()
        fpm.wait()
        if not log:
            with open(folder + "/error.log", "rb") as file:
                writes = [line for line in [file.read()] if line]
        keep("php", name, [write.replace(str(values["port"]).encode(), b"80") for write in writes], folder)


SERVERS = {
    ("php", "server"): record_php_server,
    ("php", "nginx"): lambda: record_fpm("nginx", "no", ""),
    ("php", "fpm_workers"): lambda: record_fpm("fpm_workers", "yes", "php_admin_value[error_log] = /proc/self/fd/2"),
}


def main():
    wanted = sys.argv[1:] + [None, None]
    for language, programs in PROGRAMS.items():
        for name, command in programs.items():
            if wanted[0] in (None, language) and wanted[1] in (None, name):
                record(language, name, command)
    for (language, name), function in SERVERS.items():
        if wanted[0] in (None, language) and wanted[1] in (None, name):
            function()


main()
