#!/bin/bash
# Reports what limpet costs: nginx under wrk, natively and in the guest where instructions are counted (tests/vm/guest.sh
# --icount). It only reports: nothing here fails because something was slow. Results and the agent's words: .build/bench.
# usage: tests/bench/bench.sh [native] [guest]      BENCH_ROUNDS=3  BENCH_KERNEL=6.12  LIMPET=.build/limpet
set -u
cd "$(dirname "$0")/../.."
limpet=${LIMPET:-.build/limpet}
rounds=${BENCH_ROUNDS:-3}
kernel=${BENCH_KERNEL:-6.12}
out=$PWD/.build/bench
[ $# -gt 0 ] || set -- native guest
for program in "$limpet" .build/otlp_sink .build/write_lines .build/churn .build/make_recording; do
	if [ ! -x "$program" ]; then
		echo "bench.sh: no $program; build it with: make .build/limpet .build/otlp_sink .build/write_lines .build/churn .build/make_recording" >&2
		exit 1
	fi
done
mkdir -p "$out/guest" "$out/guest-crashes"
rm -f "$out/native.json" "$out/guest/result.json" "$out"/crashes-* "$out"/output-* "$out"/throws-* "$out"/churn-* "$out"/profile-* "$out"/report-*

for where in "$@"; do
	case $where in
	native)
		echo "bench: measuring natively, about $((rounds * 30)) s" >&2
		tests/bench/measure.py "$limpet" .build/otlp_sink "$out/native.json" --rounds "$rounds" --seconds 3
		tests/bench/measure_crashes.py "$limpet" > "$out/crashes-native"
		tests/bench/measure_output.py "$limpet" .build/write_lines --rounds $((rounds * 3)) > "$out/output-native"
		tests/bench/measure_throws.py "$limpet" --rounds "$rounds" > "$out/throws-native"
		tests/bench/measure_churn.py "$limpet" .build/churn --rounds "$rounds" > "$out/churn-native"
		tests/bench/measure_profile.py "$limpet" --rounds "$rounds" > "$out/profile-native"
		tests/bench/measure_report.py "$limpet" .build/make_recording --rounds "$rounds" > "$out/report-native"
		;;
	guest)
		echo "bench: counting instructions on kernel $kernel, some minutes" >&2
		# shellcheck disable=SC2016 # the guest's shell expands it
		tests/vm/guest.sh --kernel "$kernel" --icount --timeout 1500 --folder "$out/guest" -- bash -c \
			'tests/bench/measure.py "$@" $GUEST_FOLDER/result.json --rounds 2 --seconds 1 --counted' bench \
			"$limpet" .build/otlp_sink
		code=$?
		# shellcheck disable=SC2016
		tests/vm/guest.sh --kernel "$kernel" --icount --timeout 900 --folder "$out/guest-crashes" -- bash -c \
			'tests/bench/measure_crashes.py "$@" --crashes 5 --counted' bench "$limpet" > "$out/crashes-guest" 2> "$out/crashes-guest.stderr"
		# Not counted: 5,000 processes take their time to be made there, and a ratio is what is asked for.
		tests/vm/guest.sh --kernel "$kernel" --timeout 1500 -- tests/bench/measure_churn.py "$limpet" .build/churn --whole-host \
			--idle "${BENCH_IDLE:-5000}" --count 300 --rate 500 --rounds 1 > "$out/churn-guest" 2> "$out/churn-guest.stderr"
		[ $code -eq 0 ] || echo "bench: the guest gave no result (exit code $code)" >&2
		;;
	*)
		echo "bench.sh: unknown place '$where'; known: native guest" >&2
		exit 2
		;;
	esac
done
tests/bench/print_table.py "$out/native.json" "$out/guest/result.json"
cat "$out"/crashes-* "$out"/output-* "$out"/throws-* "$out"/churn-native "$out"/profile-native "$out"/report-native "$out"/churn-guest 2> /dev/null
