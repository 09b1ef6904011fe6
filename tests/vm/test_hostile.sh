#!/bin/bash
# A hostile container beside the whole-host agent, in a guest: tests/vm/hostile.sh. On 6.1.
# usage: tests/vm/test_hostile.sh [VERSION…]        LIMPET=… another binary than .build/limpet
set -u
cd "$(dirname "$0")/../.."
. tests/vm/guest_run.sh
limpet=${LIMPET:-.build/limpet}
[ $# -gt 0 ] || set -- 6.1
failed=0
mkdir -p .build/vm
gcc -O1 -o .build/vm/hostile_container tests/vm/hostile_container.c || exit 1
for kernel in "$@"; do
	guest_run hostile "$kernel" --timeout 900 -- tests/vm/hostile.sh "$limpet" "$PWD/.build/vm/hostile_container"
done
exit $failed
