#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A unit of tests/vm/service/service.sh: asks the PostgreSQL on a port of loopback 24 statements, of which six fail. Ends with 0
when each was answered as it should be; check_database.py knows them."""
import sys

import psycopg2

connection = psycopg2.connect(host="127.0.0.1", port=int(sys.argv[1]), user="postgres", dbname="postgres", sslmode="disable")
connection.autocommit = True
cursor = connection.cursor()
for number in range(9):
    cursor.execute("SELECT count(*) FROM pg_am WHERE oid <> %s", (number,))
    assert cursor.fetchone()[0] > 0
    cursor.execute("INSERT INTO pg_temp.orders SELECT 1" if number else "CREATE TEMPORARY TABLE orders (id integer)")
for number in range(6):
    try:
        cursor.execute("SELECT price FROM nowhere")
        sys.exit("a table that is not there was read")
    except psycopg2.errors.UndefinedTable:
        pass
connection.close()
