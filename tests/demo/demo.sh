#!/bin/bash
# `make demo`: traces a small shop of unmodified programs and prints its traces and a summary per operation.
# Native where the kernel allows it (`limpet check`), else in a QEMU guest with a stock Debian kernel; says which.
# SENTRY_DSN or OTEL_EXPORTER_OTLP_ENDPOINT in the environment: limpet sends the traces there too.
# usage: tests/demo/demo.sh [--here]     --here: no question, trace on this kernel (what the guest is told)
set -uo pipefail
cd "$(dirname "$0")/../.."
limpet=$PWD/.build/limpet

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

if [ ! -x "$limpet" ]; then
	echo "demo: cannot trace: $limpet is not built; build it with: make" >&2
	exit 1
fi

if [ "${1:-}" != --here ] && ! reasons=$("$limpet" check 2>&1); then
	say "This kernel ($(uname -r)) does not let limpet trace; the demo runs in a QEMU guest with a Debian 12 kernel instead."
	printf '%s\n' "$reasons" | sed 's/^/  /'
	[ -z "${SENTRY_DSN:-}${OTEL_EXPORTER_OTLP_ENDPOINT:-}" ] ||
		echo "  (the guest has no network: nothing is sent to Sentry or OTLP from there)"
	tests/support/install_packages.sh test || exit 1
	exec tests/vm/guest.sh --kernel 6.1 --timeout 300 -- "$PWD/tests/demo/demo.sh" --here
fi

folder=$(mktemp -d "${TMPDIR:-/tmp}/limpet-demo.XXXXXX")
trap 'rm -rf "$folder"' EXIT

say "limpet traces a shop it knows nothing about ($([ "${1:-}" = --here ] && echo "in the QEMU guest" || echo "natively"), kernel $(uname -r))"
cat <<'END'
  curl ──▶ nginx ──▶ shop.py (Python, bottle) ──▶ redis-server
  All four are Debian's own programs, unmodified; none of them knows of limpet, none was restarted or configured for it.
END
[ -z "${SENTRY_DSN:-}" ] || echo "  SENTRY_DSN is set: the traces also go to Sentry."
[ -z "${OTEL_EXPORTER_OTLP_ENDPOINT:-}" ] || echo "  OTEL_EXPORTER_OTLP_ENDPOINT is set: the traces also go to $OTEL_EXPORTER_OTLP_ENDPOINT."
echo "  The command:  limpet run -- tests/demo/shop/open.sh"

begin=$(date +%s)
"$limpet" run --terminal=on -- tests/demo/shop/open.sh "$folder"
code=$?
if [ $code -ne 0 ]; then
	echo "demo: failed with code $code; what the shop said:" >&2
	tail -n 20 "$folder"/*.log >&2
	exit $code
fi
say "Done in $(($(date +%s) - begin)) s. Trace something of your own:"
cat <<'END'
  .build/limpet run -- COMMAND…     a command and all it starts
  .build/limpet attach PID          a process that runs, and its children
END
