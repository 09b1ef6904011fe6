#!/bin/bash
# Runs inside a guest: uprobes on a library and a program that have a runtime's names and functions, hit by several threads at
# once, then the same for a whole host; and that the kernel had nothing to say about it. Speaks TAP without a plan. All that
# does not depend on the kernel is left to native runs. build.sh of the targets has run before.
# usage: tests/vm/runtime_probes.sh LIMPET [all]      all: with the runtimes of this machine too
set -u
export LIMPET=$1
only=fake
[ "${2:-}" = all ] && only=
code=0
timeout 500 tests/e2e/test_runtime_probes.py $only > /tmp/tap 2> "$GUEST_FOLDER/stderr" || code=1
grep -E '^(ok|not ok) ' /tmp/tap | sed -E 's/^(ok|not ok) [0-9]+ - /\1 runtimes: /'
sed 's/^/# /' "$GUEST_FOLDER/stderr" | tail -n 40

folder=/tmp/whole
often=.build/tests/e2e/runtime_targets/call_often
rm -rf $folder
mkdir -p $folder
mkfifo $folder/go
$often 2 500 < $folder/go &
exec 8> $folder/go
rm -f $folder/stderr
"$LIMPET" agent --terminal=off --json=/tmp/spans --exception-probes=all --log-level=debug --record=$folder/rec 2> $folder/stderr &
limpet=$!
for _ in $(seq 600); do
	grep -q 'watching java-thread-exit' $folder/stderr && break
	sleep 0.1
done
echo >&8
exec 8>&-
echo | $often 2 500
sleep 1
kill -TERM $limpet
wait $limpet
watched=$(grep -c 'watching java-thread-exit of libjvm.so for all processes' $folder/stderr)
if grep -E 'this kernel refuses|cannot watch functions' $folder/stderr | sed 's/^/# /' | grep .; then
	echo "not ok every program on functions is loaded"
	code=1
else
	echo "ok every program on functions is loaded"
fi
marks=$(python3 - << END
import sys
sys.path.insert(0, "tests/support")
from crash_records import read_records
print(sum(record.kind == 16 for record in read_records("$folder/rec")))
END
)
if [ "$watched $marks" = "1 2000" ]; then
	echo "ok whole host: attached once, for a process that ran before and one that came later"
else
	echo "not ok whole host: attached $watched times, $marks marks"
	sed 's/^/# /' $folder/stderr | tail -n 20
	code=1
fi
dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /'
if dmesg | grep -qE 'BUG:|WARNING:|Oops'; then
	echo "not ok no complaint in the kernel log"
	code=1
else
	echo "ok no complaint in the kernel log"
fi
exit $code
