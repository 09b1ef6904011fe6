#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A client of MariaDB that does a known thing: mysql_client.py HOST PORT WHAT [ARGUMENT] [CERTIFICATE, by TLS].

text, mysqldb: the text protocol by PyMySQL and by mysqlclient (libmariadb). prepared: COM_STMT_* by libmariadb itself.
load: queries whose answers show which one they belong to, on ARGUMENT connections, until the standard input ends.
"""
import ctypes
import os
import sys
import tempfile
import threading

HOST, PORT = sys.argv[1], int(sys.argv[2])
TRUSTED = sys.argv[4] if sys.argv[3] != "load" and len(sys.argv) > 4 else None
STMT_CURSOR, STMT_PREFETCH, STMT_ARRAY = 1, 2, 201
TYPE_LONG = 3


def run(cursor, text, arguments=None):
    """Errors are answers too."""
    try:
        cursor.execute(text, arguments)
        return list(cursor.fetchall())
    except Exception:  # pylint: disable=broad-except
        return None


def text():
    import pymysql
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as file:
        file.write("7,seven\n8,eight\n")
        file.flush()
        connection = pymysql.connect(host=HOST, port=PORT, user="app", password="hidden", database="shop", autocommit=True,
                                     local_infile=True, client_flag=pymysql.constants.CLIENT.MULTI_STATEMENTS,
                                     ssl={"ca": TRUSTED} if TRUSTED else None)
        cursor = connection.cursor()
        run(cursor, "SELECT a FROM r3 WHERE a < %s AND 'secret' = %s", (1000, "secret"))
        run(cursor, "INSERT INTO orders (id, name) VALUES (%s, %s)", (1, "it's a secret"))
        run(cursor, "INSERT INTO orders (id, name) VALUES (%s, %s)", (1, "again"))
        run(cursor, "SELECT * FROM missing")
        run(cursor, "SELECT a FROM r2; SELECT a FROM r3; DO 1")
        while cursor.nextset():
            pass
        run(cursor, f"LOAD DATA LOCAL INFILE '{file.name}' INTO TABLE orders FIELDS TERMINATED BY ','")
        run(cursor, "SELECT * FROM big")
        run(cursor, "SELECT '" + "x" * 3000000 + "'")
        connection.ping()
        connection.select_db("other")
        run(cursor, "SELECT a FROM r1")
        connection.close()


def mysqldb():
    import MySQLdb
    connection = MySQLdb.connect(host=HOST, port=PORT, user="app", password="hidden", database="shop", autocommit=True,
                                 **({"ssl": {"ca": TRUSTED}} if TRUSTED else {}))
    cursor = connection.cursor()
    run(cursor, "SELECT a FROM r3 WHERE a < %s", (1000,))
    run(cursor, "UPDATE orders SET name = %s WHERE id = %s", ("b", 1))
    run(cursor, "SELECT FROM WHERE")
    connection.ping()
    connection.close()


class Bind(ctypes.Structure):
    """MYSQL_BIND of libmariadb 3."""
    _fields_ = [("length", ctypes.c_void_p), ("is_null", ctypes.c_void_p), ("buffer", ctypes.c_void_p),
                ("error", ctypes.c_void_p), ("indicator", ctypes.c_void_p), ("store", ctypes.c_void_p),
                ("fetch", ctypes.c_void_p), ("skip", ctypes.c_void_p), ("buffer_length", ctypes.c_ulong),
                ("offset", ctypes.c_ulong), ("length_value", ctypes.c_ulong), ("flags", ctypes.c_uint),
                ("pack_length", ctypes.c_uint), ("type", ctypes.c_int), ("error_value", ctypes.c_char),
                ("is_unsigned", ctypes.c_char), ("long_data_used", ctypes.c_char), ("is_null_value", ctypes.c_char),
                ("extension", ctypes.c_void_p)]


class Library:
    """The calls of libmariadb that are wanted here."""

    def __init__(self):
        self.calls = ctypes.CDLL("libmariadb.so.3")
        for name in ("mysql_init", "mysql_real_connect", "mysql_stmt_init"):
            getattr(self.calls, name).restype = ctypes.c_void_p
        self.connection = ctypes.c_void_p(self.calls.mysql_init(None))
        if TRUSTED:
            assert self.calls.mysql_ssl_set(self.connection, None, None, TRUSTED.encode(), None, None) == 0
        assert self.calls.mysql_real_connect(self.connection, HOST.encode(), b"app", b"hidden", b"shop", PORT, None,
                                             ctypes.c_ulong(0))

    def prepare(self, query):
        statement = ctypes.c_void_p(self.calls.mysql_stmt_init(self.connection))
        return statement, self.calls.mysql_stmt_prepare(statement, query, ctypes.c_ulong(len(query)))

    def set(self, statement, option, value):
        assert self.calls.mysql_stmt_attr_set(statement, option, ctypes.byref(ctypes.c_ulong(value))) == 0

    def bind(self, statement, values):
        self.numbers = (ctypes.c_int * len(values))(*values)
        self.parameter = Bind(buffer=ctypes.addressof(self.numbers), type=TYPE_LONG, buffer_length=4)
        assert self.calls.mysql_stmt_bind_param(statement, ctypes.byref(self.parameter)) == 0

    def execute(self, statement):
        return self.calls.mysql_stmt_execute(statement)

    def fetch(self, statement):
        count = 0
        while self.calls.mysql_stmt_fetch(statement) == 0:
            count += 1
        return count

    def close(self, statement):
        self.calls.mysql_stmt_close(statement)


def prepared():
    library = Library()
    statement, failed = library.prepare(b"SELECT a FROM r3 WHERE a < ? AND 'secret' <> ''")
    assert not failed
    library.bind(statement, [1000])
    for _ in range(2):
        assert library.execute(statement) == 0
        library.calls.mysql_stmt_store_result(statement)
    library.calls.mysql_stmt_reset(statement)
    library.close(statement)
    assert library.prepare(b"SELECT * FROM missing")[1]
    statement, _ = library.prepare(b"SELECT a FROM r5")
    library.set(statement, STMT_CURSOR, 1)
    library.set(statement, STMT_PREFETCH, 3)
    assert library.execute(statement) == 0
    assert library.fetch(statement) == 5
    library.close(statement)
    statement, _ = library.prepare(b"INSERT INTO numbers VALUES (?)")
    library.set(statement, STMT_ARRAY, 3)
    library.bind(statement, [7, 8, 9])
    assert library.execute(statement) == 0
    library.close(statement)
    # Prepared and executed at once: the id is not awaited.
    statement = ctypes.c_void_p(library.calls.mysql_stmt_init(library.connection))
    query = b"DELETE FROM numbers WHERE a > 8"
    assert library.calls.mariadb_stmt_execute_direct(statement, query, ctypes.c_ulong(len(query))) == 0
    library.close(statement)
    library.calls.mysql_close(library.connection)


def load_one(is_over):
    import pymysql
    connection = pymysql.connect(host=HOST, port=PORT, user="app", password="hidden", database="shop", autocommit=True)
    cursor = connection.cursor()
    while not is_over.is_set():
        for rows in range(1, 7):
            assert len(run(cursor, f"SELECT a FROM r{rows}")) == rows
        assert run(cursor, "SELECT a FROM missing") is None
        assert len(run(cursor, "SELECT * FROM big")) == 2000
    connection.close()


def load_prepared(is_over):
    library = Library()
    statements = [library.prepare(f"SELECT a FROM r{rows}".encode())[0] for rows in range(1, 7)]
    while not is_over.is_set():
        for statement in statements:
            assert library.execute(statement) == 0
            library.calls.mysql_stmt_store_result(statement)


def load():
    is_over = threading.Event()
    threads = [threading.Thread(target=load_prepared if number % 2 else load_one, args=(is_over,))
               for number in range(int(sys.argv[4]))]
    for thread in threads:
        thread.start()
    print("loading", flush=True)
    os.read(0, 1)
    is_over.set()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    globals()[sys.argv[3]]()
