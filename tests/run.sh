#!/bin/sh
# Runs test layers and prints the sum. Every test speaks TAP: "ok …", "not ok …", "ok … # SKIP why".
# usage: tests/run.sh all | LAYER…      layers: unit bpf_host replay e2e conformance fuzz vm
# A layer is .build/tests/<layer>/**/test_* (programs) and tests/<layer>/test_*.sh, test_*.py (scripts).
set -u
cd "$(dirname "$0")/.."
out=.build
logs=$out/test-logs
mkdir -p "$logs"
passed=0 failed=0 skipped=0 unsteady=

run_one() { # $1 layer, $2 program: sets oks, fails, skips
	name=$(echo "$2" | sed -e "s|^$out/||" -e 's|^tests/||')
	log=$logs/$(echo "$name" | tr / _).log
	printf '# %s\n' "$name"
	begin=$(date +%s)
	# Four kernels boot one after the other under emulation.
	case $1 in vm) limit=3300 ;; *) limit=900 ;; esac
	timeout --kill-after=10 "${TEST_TIMEOUT:-$limit}" "$2" > "$log" 2> "$log.err" < /dev/null
	code=$?
	oks=$(grep -c '^ok ' "$log")
	skips=$(grep -c '^ok .*# SKIP' "$log")
	fails=$(grep -c '^not ok ' "$log")
	if [ $code -ne 0 ] && [ "$fails" -eq 0 ]; then
		fails=1
		echo "not ok $name: exit code $code, see $log and $log.err"
	fi
	if [ "$oks" -eq 0 ] && [ "$fails" -eq 0 ]; then
		fails=1
		echo "not ok $name: it ran no test"
	fi
	# With what a failed test says of itself, a screen of it.
	awk '/^# .*at first failed: / {print substr($0, 1, 400); next}
		/^not ok /{left = 12; print; next} /^#/ && left-- > 0 {print substr($0, 1, 400); next}
		{left = 0} /^ok .*# SKIP/' "$log"
	if [ "$fails" -ne 0 ]; then
		grep -E '^# limpet: ' "$log" | tail -n 15 # what it said of its losses
		tail -n 25 "$log.err"
	fi
	echo "  $((oks - skips)) passed, $fails failed, $skips skipped in $(($(date +%s) - begin)) s"
}

# Real programs on a real machine share it with others. What failed is run again, twice at most; what passes then
# is named at the end of the run, first output and all: it is a fault to be found, and not one that is hidden.
run_and_count() { # $1 layer, $2 program
	run_one "$1" "$2" > "$logs/said"
	case $1 in
	e2e | conformance) attempts=${TEST_ATTEMPTS:-3} ;;
	*) attempts=1 ;;
	esac
	for attempt in $(seq 2 "$attempts"); do
		[ "$fails" -ne 0 ] || break
		sed "s/^not ok /# failed, run $((attempt - 1)): /" "$logs/said"
		mv "$log" "$log.$((attempt - 1))"
		mv "$log.err" "$log.err.$((attempt - 1))"
		run_one "$1" "$2" > "$logs/said"
		[ "$fails" -ne 0 ] || unsteady="$unsteady $name"
	done
	cat "$logs/said"
	# A guest runs again what failed in it by itself, and says so.
	[ "$fails" -ne 0 ] || ! grep -q '^# .*at first failed: ' "$log" || unsteady="$unsteady $name"
	passed=$((passed + oks - skips)) failed=$((failed + fails)) skipped=$((skipped + skips))
}

[ "$*" = all ] && set -- unit bpf_host replay fuzz e2e conformance vm
export CMOCKA_MESSAGE_OUTPUT=TAP
for layer in "$@"; do
	echo "## $layer"
	for test in $(find "$out/tests/$layer" -type f -name 'test_*' -perm -u+x 2> /dev/null | sort) \
		$(find "tests/$layer" -name 'test_*.sh' -o -name 'test_*.py' 2> /dev/null | sort); do
		case $test in *.o | *.d) continue ;; esac
		run_and_count "$layer" "$test"
	done
done
for name in $unsteady; do
	echo "# unsteady: $name failed, and passed when it was run again; see $logs"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
