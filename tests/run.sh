#!/bin/sh
# Runs test layers and prints the sum. Every test speaks TAP: "ok …", "not ok …", "ok … # SKIP why".
# usage: tests/run.sh all | LAYER…      layers: unit bpf_host replay e2e conformance fuzz vm
# A layer is .build/tests/<layer>/**/test_* (programs) and tests/<layer>/test_*.sh, test_*.py (scripts).
set -u
cd "$(dirname "$0")/.."
out=.build
logs=$out/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0

run_one() { # $1 layer, $2 program
	name=$(echo "$2" | sed -e "s|^$out/||" -e 's|^tests/||')
	log=$logs/$(echo "$name" | tr / _).log
	printf '# %s\n' "$name"
	begin=$(date +%s)
	# Four kernels boot one after the other under emulation.
	case $1 in vm) limit=1800 ;; *) limit=900 ;; esac
	timeout --kill-after=10 "${TEST_TIMEOUT:-$limit}" "$2" > "$log" 2> "$log.err" < /dev/null
	code=$?
	oks=$(grep -c '^ok ' "$log")
	skips=$(grep -c '^ok .*# SKIP' "$log")
	fails=$(grep -c '^not ok ' "$log")
	if [ $code -ne 0 ] && [ "$fails" -eq 0 ]; then
		fails=1
		echo "not ok $name: exit code $code, see $log and $log.err"
		tail -n 25 "$log.err"
	fi
	if [ "$oks" -eq 0 ] && [ "$fails" -eq 0 ]; then
		fails=1
		echo "not ok $name: it ran no test"
	fi
	grep -E '^not ok |^ok .*# SKIP' "$log"
	[ "$fails" -eq 0 ] || tail -n 25 "$log.err"
	echo "  $((oks - skips)) passed, $fails failed, $skips skipped in $(($(date +%s) - begin)) s"
	passed=$((passed + oks - skips)) failed=$((failed + fails)) skipped=$((skipped + skips))
}

[ "$*" = all ] && set -- unit bpf_host replay fuzz e2e conformance vm
export CMOCKA_MESSAGE_OUTPUT=TAP
for layer in "$@"; do
	echo "## $layer"
	for test in $(find "$out/tests/$layer" -type f -name 'test_*' -perm -u+x 2> /dev/null | sort) \
		$(find "tests/$layer" -name 'test_*.sh' -o -name 'test_*.py' 2> /dev/null | sort); do
		case $test in *.o | *.d) continue ;; esac
		run_one "$layer" "$test"
	done
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
