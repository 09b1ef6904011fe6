# SPDX-License-Identifier: Apache-2.0
"""Runs inside gdb: prints what gdb knows of each core file as one line of JSON. Asked by gdb_judge.py.

GDB_CORES holds a JSON list of {"program", "core", "depth", "deleted": [{"path", "address"}]}: the last are copies of
mapped files that are gone. Frames that no stack has (inlined functions, tail calls)
are left out; names are as in the symbol table, not demangled.
"""
import json
import os

import gdb

VIRTUAL = (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME)


def read_frames(depth):
    frames = []
    frame = gdb.newest_frame()
    while frame is not None and len(frames) < depth:
        if frame.type() not in VIRTUAL:
            frames.append({"pc": frame.pc(), "name": frame.name(), "is_signal": frame.type() == gdb.SIGTRAMP_FRAME,
                           "module": gdb.solib_name(frame.pc())})
        try:
            frame = frame.older()
        except gdb.error:
            break
    return frames


def read_core(request):
    gdb.execute("file " + request["program"], to_string=True)
    gdb.execute("core-file " + request["core"], to_string=True)
    for row in request["deleted"]:
        gdb.execute(f"add-symbol-file {row['path']} -o {row['address']:#x}", to_string=True)
    crashed = gdb.selected_thread().ptid[1]
    threads = {}
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        try:
            threads[str(thread.ptid[1])] = read_frames(request["depth"])
        except gdb.error as error:
            threads[str(thread.ptid[1])] = str(error)
    return {"crashed": crashed, "threads": threads}


def main():
    for setting in ("pagination off", "confirm off", "backtrace past-main on", "auto-load safe-path /",
                    "debuginfod enabled off", "print demangle off"):
        gdb.execute("set " + setting, to_string=True)
    for request in json.loads(os.environ["GDB_CORES"]):
        try:
            answer = read_core(request)
        except gdb.error as error:
            answer = {"error": str(error)}
        print("JUDGED " + json.dumps({"core": request["core"], **answer}), flush=True)
        gdb.execute("core-file", to_string=True)
        gdb.execute("file", to_string=True)
        for objfile in gdb.objfiles():
            gdb.execute(f"remove-symbol-file {objfile.filename}", to_string=True)


main()
