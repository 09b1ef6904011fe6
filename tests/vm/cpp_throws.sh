#!/bin/bash
# Runs inside a guest: the uprobe on C++'s throws, a hundred thousand of them from eight threads of one process; that the last
# throw of a thread goes up when it dies, and no other; the same for a whole host; and that the kernel had nothing to say
# about it. Speaks TAP without a plan.
# usage: tests/vm/cpp_throws.sh LIMPET
set -u
limpet=$1
folder=/tmp/throws
code=0
rm -rf $folder
mkdir -p $folder
if [ ! -x .build/throw_targets/throw_ways-O2 ]; then
	echo "ok throws # SKIP no programs; build them with: tests/e2e/throw_targets/build.py"
	exit 0
fi
cp .build/throw_targets/throw_often-O2 $folder/often
cp .build/throw_targets/throw_ways-O2 $folder/ways

report() { # $1 whether it is so, $2 what, $3 what else there is to say
	if [ "$1" = yes ]; then
		echo "ok throws: $2"
	else
		echo "not ok throws: $2: $3"
		tail -n 20 $folder/stderr | sed 's/^/# /'
		code=1
	fi
}
count_throws() {
	python3 - << END
import sys
sys.path.insert(0, "tests/support")
from crash_records import read_records
print(sum(record.kind == 19 for record in read_records("$folder/rec")))
END
}
wait_for() { # $1 how often the agent has to say $2
	for _ in $(seq 600); do
		[ "$(grep -c "$2" $folder/stderr 2> /dev/null)" -ge "$1" ] && return
		sleep 0.1
	done
}
# One process after the other: chosen by `run`, each watched before it begins.
mkfifo $folder/go
rm -f $folder/stderr
timeout 200 "$limpet" run --terminal=off --json=/tmp/spans --log-level=debug --record=$folder/rec -- sh -c "
	$folder/often 8 12500 3 < $folder/go > $folder/nanoseconds
	$folder/ways noexcept $folder/go-on
" 2> $folder/stderr &
pid=$!
exec 8> $folder/go
wait_for 1 'watching cpp-throw of libstdc++'
echo >&8
exec 8>&-
wait_for 2 'watching cpp-throw of libstdc++'
touch $folder/go-on
wait $pid
throws=$(count_throws)
report "$([ "$throws" = 1 ] && echo yes)" "a hundred thousand caught, one sent, of the thread that died" "$throws were sent"
echo "# $(cat $folder/nanoseconds) ns of processor time per throw; $(grep -o 'throw_rate [0-9]*' $folder/stderr)"

rm -f $folder/stderr
"$limpet" agent --terminal=off --json=/tmp/spans --log-level=debug --exception-probes=all --record=$folder/rec 2> $folder/stderr &
pid=$!
$folder/ways noexcept $folder/go-whole 2> /dev/null &
wait_for 1 'watching cpp-throw of libstdc++.* for all processes'
touch $folder/go-whole
sleep 3
kill -TERM $pid
wait $pid
throws=$(count_throws)
report "$([ "$throws" = 1 ] && echo yes)" "a whole host, when all is asked for" "$throws were sent"
dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /'
report "$(dmesg | grep -qE 'BUG:|WARNING:|Oops' || echo yes)" "no complaint in the kernel log" "there is one"
exit $code
