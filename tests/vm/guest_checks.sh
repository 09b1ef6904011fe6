# What scripts of whole hosts in guests share; sourced by them. TAP lines go to the standard output, `code` becomes 1 with a
# `not ok`. Expects $folder, where the agent's stderr and spans are.

wait_for() { # a command that comes true
	for _ in $(seq 600); do
		"$@" && return
		sleep 0.1
	done
	echo "# waited in vain for: $*"
	return 1
}

# $1 name, $2 how many requests, $3 what they are called in a span's path (a pattern), $4 what they were
check_both_ends() {
	local spans clients
	spans=$(grep -oE "\"stringValue\":\"$3/[0-9]*\"" "$folder/spans" | sort -u | wc -l)
	clients=$(grep -oE "\"stringValue\":\"https://127.0.0.1:[0-9]*$3/[0-9]*\"" "$folder/spans" | sort -u | wc -l)
	if [ "$spans $clients" = "$2 $2" ]; then
		echo "ok $1: $2 requests $4, as many spans on each end"
	else
		echo "not ok $1: $2 requests $4, $spans server and $clients client spans"
		grep -v debug "$folder/stderr" | sed 's/^/# /' | tail -n 10
		code=1
	fi
}

check_loaded() { # $1 name
	if grep -E 'this kernel refuses|cannot watch functions' "$folder/stderr" | sed 's/^/# /' | grep .; then
		echo "not ok $1: every program is loaded"
		code=1
	else
		echo "ok $1: every program is loaded"
	fi
}

check_kernel_log() { # $1 name
	if dmesg | grep -E 'BUG:|WARNING:|Oops' | sed 's/^/# kernel log: /' | grep .; then
		echo "not ok $1: no complaint in the kernel log"
		code=1
	else
		echo "ok $1: no complaint in the kernel log"
	fi
}
