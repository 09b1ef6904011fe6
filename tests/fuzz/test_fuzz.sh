#!/bin/sh
# A bounded run of every fuzz target, one TAP line each, as many at a time as there are processors. FUZZ_SECONDS: of each (default 3; campaign.py runs for hours).
# What breaks a target is left in .build/fuzz/<name>/.
set -u
cd "$(dirname "$0")/../.." || exit 1
out=.build/fuzz
seconds=${FUZZ_SECONDS:-3}
number=0

run_one() { # $1 program
	name=$(basename "$1")
	corpus=tests/fuzz/corpus/${name#fuzz_}
	found=$out/$name
	mkdir -p "$found/corpus" "$found/artifacts"
	# The first folder takes what is new, so that the repository's stays as it is.
	set -- "$1" "$found/corpus"
	[ -d "$corpus" ] && set -- "$@" "$corpus"
	python3 tests/fuzz/fuzz_seeds.py "${name#fuzz_}" "$found" && set -- "$@" "$found/seeds"
	[ -f "$found/dictionary" ] && set -- "$@" -dict="$found/dictionary"
	if "$@" -max_total_time="$seconds" -runs=10000000 -timeout=10 -rss_limit_mb=1024 \
		-artifact_prefix="$found/artifacts/" > "$found/log" 2>&1; then
		runs=$(sed -n 's/^Done \([0-9]*\) runs.*/\1/p' "$found/log")
		echo "ok $number - $name: ${runs:-?} runs in $seconds s"
	else
		echo "not ok $number - $name: see $found/log and $found/artifacts"
		tail -n 30 "$found/log" >&2
	fi
}

jobs=$(nproc 2> /dev/null || echo 1)
mkdir -p "$out"
rm -f "$out"/*.tap
for program in .build/tests/fuzz/fuzz_*; do
	case $program in *.o | *.d) continue ;; esac
	[ -x "$program" ] || continue
	number=$((number + 1))
	run_one "$program" > "$out/$(printf %03d $number).tap" &
	[ $((number % jobs)) -ne 0 ] || wait
done
wait
cat "$out"/*.tap 2> /dev/null
[ "$number" -gt 0 ] || echo "ok 1 # SKIP no fuzz target was built; build them with: make fuzz"
echo "1..$((number > 0 ? number : 1))"
