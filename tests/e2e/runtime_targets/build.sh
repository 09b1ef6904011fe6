#!/bin/sh
# Programs with the names and functions of runtimes, into a folder: what test_runtime_probes.py needs where no compiler is to
# run (a guest).
# usage: tests/e2e/runtime_targets/build.sh FOLDER
set -eu
sources=$(dirname "$0")
mkdir -p "$1"
gcc -O2 -w -shared -fPIC -o "$1/libjvm.so" "$sources/libjvm.c"
# shellcheck disable=SC2016
gcc -O2 -w -pthread -o "$1/call_often" "$sources/call_often.c" -L"$1" -ljvm '-Wl,-rpath,$ORIGIN'
gcc -O2 -w -o "$1/python3" "$sources/finish_at_once.c"
