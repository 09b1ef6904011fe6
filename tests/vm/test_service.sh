#!/bin/bash
# limpet as a systemd service, in guests whose PID 1 is systemd, and what its unit promises: installed by the Debian package,
# upgraded by a later one while there is work, and purged. On 6.12; VM_ALL=1: on 6.1 and the newest kernel too.
# usage: tests/vm/test_service.sh [VERSION…]
# SERVICE_PACKAGE=FILE.deb: that one is installed first. SERVICE_PACKAGE=: what `make install` makes, and no upgrade.
set -u
cd "$(dirname "$0")/../.."
. tests/vm/guest_run.sh
[ $# -gt 0 ] || set -- 6.12 ${VM_ALL:+6.1 newest}
kernels=$*
failed=0
root=$PWD/.build/service/root
mkdir -p .build/service

report() { # $1 exit code of the check, $2 what was checked
	if [ "$1" -eq 0 ]; then echo "ok unit: $2"; else echo "not ok unit: $2" && failed=1; fi
}

rm -rf "$root"
make -s --no-print-directory install DESTDIR="$root" PREFIX=/usr UNITDIR=/usr/lib/systemd/system
unit=$root/usr/lib/systemd/system/limpet.service
grep -q '^ExecStart=/usr/bin/limpet ' "$unit" && ! grep -n '@PREFIX' "$unit"
report $? "make install puts its prefix in"
if ! command -v systemd-analyze > /dev/null; then
	echo "ok unit: exposure # SKIP no systemd-analyze"
else
	exposure=$(systemd-analyze security --offline=yes --threshold=30 "$unit" 2> /dev/null)
	report $? "its exposure is at most 3.0: $(echo "$exposure" | sed -n 's/.*exposure level for [^:]*: \([0-9.]*\).*/\1/p')"
	sed "s|=/usr/bin/limpet|=$root/usr/bin/limpet|" "$unit" > .build/service/limpet.service
	found=$(systemd-analyze verify --man=no .build/service/limpet.service 2>&1 | grep limpet.service)
	[ -z "$found" ]
	report $? "systemd-analyze verify has nothing to say $found"
fi
if [ ! -x /lib/systemd/systemd ]; then
	echo "ok service # SKIP no systemd"
	exit $failed
fi
# The later package is the same program under another version; `make deb` clears away what was made before.
package=${SERVICE_PACKAGE-make}
if [ -n "$package" ]; then
	rm -f .build/service/*.deb
	{
		if [ "$package" = make ]; then
			make -s deb && package=$(ls .build/deb/limpet_*.deb)
		fi
		cp "$package" .build/service/limpet.deb && make -s DEB_VERSION=0.1.0+1 deb && mv .build/deb/limpet_0.1.0+1_*.deb .build/service/next.deb
	} > .build/service/deb.log 2>&1
	code=$?
	report $code "make deb, of two versions"
	[ $code -eq 0 ] || { sed 's/^/# /' .build/service/deb.log | tail -n 20 && exit 1; }
	set -- "$PWD/.build/service/limpet.deb" "$PWD/.build/service/next.deb"
else
	set -- "$root"
fi
tests/vm/make_cluster.sh .build/vm/cluster.tar
gcc -std=gnu11 -D_GNU_SOURCE -g -O1 -o .build/service/victim tests/vm/service/capability_victim.c || exit 1
for kernel in $kernels; do
	guest_run service "$kernel" --systemd --timeout "${SERVICE_TIMEOUT:-1200}" -- tests/vm/service/service.sh "$@"
done
exit $failed
