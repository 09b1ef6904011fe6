# SPDX-License-Identifier: Apache-2.0
"""Files as servers write them when nothing has failed that is limpet's business; made once, under .build."""
import os
import random

from limpet_runner import ROOT

FOLDER = os.path.join(ROOT, ".build", "ordinary-logs")
FILE_BYTES = 20 << 20
WORDS = "connection request error panic fatal exception traceback thread worker cache index order session at in line most recent call".split()


def access_line(r):
    return (f'10.0.{r.randrange(256)}.{r.randrange(256)} - - [21/Nov/2026:18:{r.randrange(60):02d}:{r.randrange(60):02d} +0000] '
            f'"GET /shop/{r.choice(WORDS)}/{r.randrange(9999)}?q={r.choice(WORDS)} HTTP/1.1" {r.choice((200, 304, 404, 500))} '
            f'{r.randrange(99999)} "https://shop.example/{r.choice(WORDS)}" "Mozilla/5.0 (X11; Linux x86_64)"\n')


def error_line(r):
    what = r.choice(("upstream timed out (110: Connection timed out) while reading response header from upstream",
                     'open() "/srv/www/favicon.ico" failed (2: No such file or directory)',
                     "connect() failed (111: Connection refused) while connecting to upstream",
                     "*{0} client intended to send too large body: {0} bytes"))
    return (f"2026/11/21 18:{r.randrange(60):02d}:{r.randrange(60):02d} [{r.choice(('error', 'warn', 'crit'))}] {r.randrange(9999)}#0: "
            f'*{r.randrange(99999)} {what.format(r.randrange(9999))}, client: 10.0.0.1, server: _, request: "GET / HTTP/1.1", host: "shop"\n')


def postgres_line(r):
    head = f"2026-11-21 18:{r.randrange(60):02d}:{r.randrange(60):02d}.{r.randrange(1000):03d} UTC [{r.randrange(99999)}] shop@shop "
    return head + r.choice((
        'ERROR:  duplicate key value violates unique constraint "orders_pkey"\n' + head + "DETAIL:  Key (id)=(17) already exists.\n" +
        head + "STATEMENT:  INSERT INTO orders VALUES (17)\n",
        'FATAL:  password authentication failed for user "shop"\n',
        'ERROR:  relation "stock" does not exist at character 15\n' + head + "STATEMENT:  SELECT * FROM stock\n",
        "LOG:  checkpoint complete: wrote 44 buffers (0.3%); 0 WAL file(s) added\n",
        "ERROR:  division by zero\n" + head + "CONTEXT:  PL/pgSQL function share(integer) line 3 at RETURN\n"))


def journal_line(r):
    head = f"Nov 21 18:{r.randrange(60):02d}:{r.randrange(60):02d} host "
    return head + r.choice((
        f"systemd[1]: shop.service: Main process exited, code=exited, status=1/FAILURE\n",
        f"kernel: [{r.randrange(99999)}.{r.randrange(999999):06d}] shop[{r.randrange(99999)}]: segfault at 0 ip 00005555 sp 00007ffc error 4 in shop\n",
        "kernel: Kernel panic - not syncing: no, only a line with that text\n",
        f"sshd[{r.randrange(99999)}]: error: kex_exchange_identification: Connection closed by remote host\n",
        f"dockerd[{r.randrange(999)}]: time=\"2026-11-21T18:00:00Z\" level=error msg=\"Handler for GET /x returned error: No such container\"\n",
        f"cron[{r.randrange(9999)}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)\n",
        f"shop[{r.randrange(9999)}]: {' '.join(r.choice(WORDS) for _ in range(12))}\n"))


def apt_line(r):
    package = f"lib{r.choice(WORDS)}{r.randrange(20)}"
    return r.choice((f"Get:{r.randrange(99)} http://deb.example/debian bookworm/main amd64 {package} amd64 1.{r.randrange(20)}-1 [12.{r.randrange(9)} kB]\n",
                     f"Unpacking {package}:amd64 (1.{r.randrange(20)}-1) ...\n", f"Setting up {package}:amd64 (1.{r.randrange(20)}-1) ...\n",
                     f"Processing triggers for {package} (2.36-9+deb12u9) ...\n", f"W: {package}: some index files failed to download\n"))


MAKERS = {"nginx access log": access_line, "nginx error log": error_line, "PostgreSQL log": postgres_line, "journal": journal_line,
          "apt output": apt_line}


def make_all():
    """(name, path) of each: a hundred megabytes together."""
    os.makedirs(FOLDER, exist_ok=True)
    for name, make_line in MAKERS.items():
        path = os.path.join(FOLDER, name.replace(" ", "-"))
        if not os.path.exists(path) or os.path.getsize(path) < FILE_BYTES:
            r = random.Random(name)
            block = "".join(make_line(r) for _ in range(5000))
            with open(path, "w", encoding="utf-8") as file:
                for _ in range(FILE_BYTES // len(block) + 1):
                    file.write(block)
        yield name, path
