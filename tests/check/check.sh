#!/bin/sh
# `make check`: the house's rules as checks, each "ok" or "not ok" with what is wrong below it. Exit 1 when one fails.
# Looks at tracked files only. `make check` compiles the programs of bpf/ for both machines before it comes here.
set -u
cd "$(dirname "$0")/../.."
status=0

report() { # $1 name, $2 exit code, $3 what was found
	if [ "$2" -eq 0 ]; then
		echo "ok - $1"
	else
		echo "not ok - $1"
		printf '%s\n' "$3" | head -n 40 | sed 's/^/    /'
		status=1
	fi
}

check() { # $1 name, rest: command whose output says what is wrong
	name=$1
	shift
	found=$("$@" 2>&1)
	report "$name" $? "$found"
}

# The files of the working tree that git knows, without those deleted but not yet committed.
tracked() {
	git ls-files "$@" | while read -r file; do [ ! -e "$file" ] || printf '%s\n' "$file"; done
}

format() {
	tracked '*.c' '*.h' | xargs -r clang-format --dry-run -Werror
}

shell_syntax() {
	code=0
	for script in $(tracked | xargs grep -lE -m1 '^#!/bin/(ba)?sh' 2> /dev/null); do
		case $(head -n 1 "$script") in
		'#!/bin/sh'*) sh -n "$script" || code=1 ;;
		'#!/bin/bash'*) bash -n "$script" || code=1 ;;
		esac
		[ -x "$script" ] || { echo "$script: a script that is not executable"; code=1; }
	done
	return $code
}

python_syntax() {
	tracked '*.py' | xargs -r -n 1 /usr/bin/python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])'
}

names() {
	! tracked | grep -vE '^exporters/otlp/proto/|^tests/bpf_host/stubs/' | grep -iE '(^|[/_.-])(utils?|common|helpers?|misc|handlers?|managers?)([_.-][^/]*)?(/|$)'
}

licences() {
	code=0
	for file in $(tracked 'bpf/*.[ch]'); do
		grep -q 'SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause' "$file" ||
			{ echo "$file: bpf/ is GPL-2.0-or-later OR BSD-2-Clause and says so in an SPDX line"; code=1; }
	done
	[ -s LICENSE ] && [ -s bpf/LICENSE ] || { echo "LICENSE or bpf/LICENSE is missing"; code=1; }
	return $code
}

# Two functions of one name in a static library link without a word; whoever is found first is called. Looked at once it is built.
symbols() {
	[ -e .build/libagent.a ] || return 0
	! nm -g --defined-only .build/libagent.a 2> /dev/null | awk '$2 ~ /^[TDBR]$/ { print $3 }' | sort | uniq -d | grep .
}

check "format: clang-format changes nothing" format
check "layers: nobody includes what is above or beside it" tests/check/layers.sh
check "sizes: files and functions fit on their screens" /usr/bin/python3 tests/check/sizes.py
check "stacks: no chain of calls in bpf/ takes more than 512 bytes" tests/check/bpf_stack.py .build/x86/bpf/probes/*.o .build/arm64/bpf/probes/*.o
check "headers: each compiles alone" tests/check/headers.sh
check "paths: no machine's paths, no registry hosts, nothing left to do" tests/check/paths.sh
check "names: no drawer for everything" names
check "symbols: nothing is defined twice" symbols
check "licences: bpf/ says its own" licences
check "waited files: nobody reads a line of an earlier run" tests/check/waited_files.sh $(tracked 'tests/*.sh')
check "shell scripts parse and are executable" shell_syntax
check "Python scripts parse" python_syntax
[ $status -eq 0 ] && echo "make check: all is well" || echo "make check: failed" >&2
exit $status
