#!/bin/sh
# Every header compiles by itself: those of the agent and exporters with gcc, those of bpf/ with clang for the BPF machine,
# and those of bpf/shared both ways.
set -u
cd "$(dirname "$0")/../.."
status=0

# Only what pkg-config adds differs from the Makefile's flags; a header that needs more says so by failing.
# shellcheck disable=SC2046
flags="-std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Werror -fsyntax-only -Iagent -Ibpf -I. -I.build -I.build/pb
	-Wno-unused-function $(pkg-config --cflags libbpf libelf zlib libcurl libprotobuf-c jansson yaml-0.1)"
bpf_flags="-O2 -g -target bpf -mcpu=v2 -fsyntax-only -Wall -Wextra -Werror -Wno-unused-parameter -Wno-unused-function
	-Ibpf -D__TARGET_ARCH_x86"

compiles() { # $1 header, $2 what else it may expect to be there, rest: compiler and flags
	header=$1
	before=$2
	shift 2
	if ! errors=$(printf '%s\n#include "%s"\n' "$before" "$header" | "$@" -x c - 2>&1); then
		printf '%s does not compile alone:\n%s\n' "$header" "$errors" | head -n 8
		status=1
	fi
}

for header in $(git ls-files 'agent/*.h' 'exporters/*.h'); do
	[ ! -e "$header" ] || compiles "$header" "" ${CC:-gcc} $flags
done
for header in $(git ls-files 'bpf/shared/*.h'); do
	[ ! -e "$header" ] || compiles "$header" "#include <linux/types.h>" ${CC:-gcc} $flags
done
for header in $(git ls-files 'bpf/lib/*.h' 'bpf/maps/*.h'); do
	[ ! -e "$header" ] || compiles "$header" "" ${CLANG:-clang} $bpf_flags
done
exit $status
