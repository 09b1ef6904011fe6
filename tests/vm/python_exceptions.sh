#!/bin/bash
# Runs inside a guest: threads of a Python program that end by exceptions, many at a time, and what their objects tell; then one
# process of a whole host; and that the kernel had nothing to say about it. Speaks TAP without a plan.
# usage: tests/vm/python_exceptions.sh LIMPET [ROUNDS]
set -u
limpet=$(realpath "$1")
rounds=${2:-12}
width=8
code=0
repo=$PWD
folder=/tmp/python
rm -rf $folder
mkdir -p $folder
cd $folder || exit 1

check() { # $1 name, $2 found, $3 expected
	if [ "$2" = "$3" ]; then
		echo "ok python: $1"
	else
		echo "not ok python: $1: $2, expected $3"
		code=1
	fi
}

begin_when_watched() { # $1 file with the log
	for _ in $(seq 900); do
		grep -q 'watching python-display-file' "$1" && grep -q 'watching python-display ' "$1" && break
		sleep 0.1
	done
	touch go
}

# reports, and among them those that told two exceptions
count_records() {
	python3 - "$1" << END
import struct, sys
sys.path.insert(0, "$repo/tests/support")
from crash_records import read_records
kinds = [record.body[10] for record in read_records(sys.argv[1]) if record.kind == 17]
print(kinds.count(1), kinds.count(2))
END
}

rm -f $folder/stderr
"$limpet" run --terminal=off --json=$folder/run --record=$folder/rec --log-level=debug --exception-burst=100000 \
	--exception-ring-size=16MiB -- python3 "$repo/tests/e2e/python_objects/raise_often.py" "$rounds" $width 2> $folder/stderr &
pid=$!
begin_when_watched $folder/stderr
wait $pid
check "every thread's end is told once, with its cause" "$(count_records $folder/rec)" "$((rounds * width)) $((rounds * width * 2))"
check "nothing is lost" "$(grep -c "lost: exception_ring_full" $folder/stderr)" 0
grep 'lost:' $folder/stderr | sed 's/^/# /'

rm -f go
python3 "$repo/tests/e2e/python_objects/raise_often.py" 1 4 2> /dev/null &
target=$!
rm -f $folder/host-stderr
"$limpet" agent --terminal=off --json=/tmp/spans --record=$folder/host --log-level=debug 2> $folder/host-stderr &
pid=$!
begin_when_watched $folder/host-stderr
wait $target
sleep 1
kill -TERM $pid
wait $pid
check "whole host: a process that ran before" "$(count_records $folder/host)" "4 8"
tail -n 5 $folder/stderr | cut -c 1-200 | sed 's/^/# /'
dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /'
check "no complaint in the kernel log" "$(dmesg | grep -cE 'BUG:|WARNING:|Oops')" 0
exit $code
