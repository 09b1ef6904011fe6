# What the tests of tests/vm that run one script on several kernels share; sourced. TAP on the standard output, `failed`
# becomes 1 with a `not ok`. What the script and the runner said stays in .build/vm/runs/NAME-KERNEL: tap, runner.stderr.

guest_try() { # $1 how many threads emulate: multi, single; rest: for guest.sh. Expects $kernel, $folder
	local threads=$1
	shift
	rm -rf "$folder"
	mkdir -p "$folder"
	GUEST_TCG_THREADS=$threads tests/vm/guest.sh --kernel "$kernel" --folder "$folder" "$@" > "$folder/tap" 2> "$folder/runner.stderr"
}

guest_run() { # $1 name, $2 kernel, rest: options of guest.sh, `--`, script and arguments
	local name=$1 kernel=$2 folder=$PWD/.build/vm/runs/$1-$2 code
	shift 2
	guest_try multi "$@"
	code=$?
	# The kernel patches its code with int3 while other CPUs run it; an old QEMU with a thread per CPU now and then lets one trap
	# on a byte that is gone (in __schedule, between two instructions: no code of ours is there). One thread cannot.
	if [ $code -eq 125 ] && grep -aq 'Oops: int3' "$folder/console"; then
		echo "# $kernel: QEMU trapped on code being patched; once more, emulated by one thread"
		guest_try single "$@"
		code=$?
	fi
	# What failed in there is not run again here: only a guest that did not come to its end.
	if { [ $code -eq 124 ] || [ $code -eq 125 ]; } && ! grep -q '^not ok ' "$folder/tap" && [ "${TEST_ATTEMPTS:-2}" -gt 1 ]; then
		echo "# $kernel: at first failed: the guest's script did not run to its end (exit code $code)"
		tail -n 1 "$folder/tap" | sed "s/^/# $kernel: at first failed: the last it said: /"
		tail -n 12 "$folder/runner.stderr" | sed "s/^/# $kernel: at first failed: /"
		rm -rf "$folder.first"
		mv "$folder" "$folder.first"
		guest_try multi "$@"
		code=$?
	fi
	tail -n 1 "$folder/runner.stderr" | grep '^guest.sh: kernel' | sed 's/^/# /'
	if [ $code -eq 77 ]; then
		echo "ok $kernel: $name # SKIP $(tail -n 1 "$folder/runner.stderr")"
		return
	fi
	sed -E "s/^(ok|not ok) /\1 $kernel: /" "$folder/tap"
	! grep -q '^not ok ' "$folder/tap" || failed=1
	if [ $code -ne 0 ] && ! grep -q '^not ok ' "$folder/tap"; then
		echo "not ok $kernel: the guest's script ran to its end (exit code $code, see $folder)"
		tail -n 40 "$folder/runner.stderr" | sed 's/^/# /'
		failed=1
	fi
}
