#!/bin/bash
# The Debian package: lintian, contents, the same bytes twice; then installed, upgraded, removed and purged by dpkg on an overlay of
# this machine, which is gone afterwards. Nothing of it is started. A systemd as process 1 is the guest's (tests/vm).
set -u
cd "$(dirname "$0")/../.." || exit 1
# Where this script calls itself again, in a mount namespace and a root of its own.
inside=${LIMPET_TEST_DEB_INSIDE:-}
work=${LIMPET_TEST_DEB_WORK:-}
number=${LIMPET_TEST_DEB_NUMBER:-0}
failed=0

report() { # $1 code, $2 what
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failed=1
	fi
}

expect() { # $1 what, $2 expected, $3 got
	if [ "$2" = "$3" ]; then
		report 0 "$1"
	else
		diff <(echo "$2") <(echo "$3") | head -n 20 >&2
		report 1 "$1"
	fi
}

says() { # $1 what, $2 text, $3 file: the text is in it
	grep -qF -- "$2" "$3"
	code=$?
	[ $code -eq 0 ] || sed 's/^/#   /' "$3" | tail -n 20 >&2
	report $code "$1"
}

# --- on an overlay of this machine, as root ---

package() { # $1 what is asked of dpkg, rest: its arguments; what it says is in $work/said
	DEBIAN_FRONTEND=noninteractive dpkg --force-confold --force-unsafe-io "$@" > "$work/said" 2>&1 < /dev/null
}

settings=/etc/limpet/limpet.yaml

look() { # owner, group and mode
	stat -c '%U:%G %a' "$@"
}

on_overlay() {
	package -i "$work/limpet.deb"
	report $? "it installs"
	expect "the user of the service: no shell, no home of its own" "/var/lib/limpet:/usr/sbin/nologin" "$(getent passwd limpet | cut -d: -f6,7)"
	expect "its settings are root's, and of its group" "root:limpet 640" "$(look $settings)"
	if [ -e /lib/systemd/system/limpet.service ]; then
		says "without a destination it is not started, and says so" "limpet: the service is enabled, but not started: it has no destination yet." "$work/said"
		expect "the unit is enabled" "enabled" "$(systemctl is-enabled limpet.service)"
		systemd-analyze verify /lib/systemd/system/limpet.service > "$work/verify" 2>&1
		! grep limpet "$work/verify" >&2
		report $? "systemd-analyze verify has nothing to say about the unit"
	else
		report 0 "the unit is enabled, and not started without a destination # SKIP there is no unit in deploy/systemd"
	fi
	expect "it runs from where it is" "$(.build/limpet --version)" "$(limpet --version)"
	limpet config agent --config $settings > "$work/config" 2>&1
	report $? "its own settings are accepted by it"

	# An upgrade: what the administrator wrote stays, and so do owner and mode.
	printf 'sentry:\n  dsn: http://key@127.0.0.1:9/1\n' > $settings
	chmod 600 $settings
	package -i "$work/next.deb"
	report $? "a later version installs over it"
	expect "settings that were changed stay, with their mode" "root:limpet 600 sentry: dsn: http://key@127.0.0.1:9/1" "$(look $settings) $(xargs < $settings)"
	grep -q "not started" "$work/said"
	expect "an upgrade says nothing of destinations" 1 $?

	package --remove limpet
	expect "removed, only the settings stay" "0 1 0" "$? $([ -e /usr/bin/limpet ]; echo $?) $([ -e $settings ]; echo $?)"
	package -i "$work/next.deb"
	says_not=$(grep -c "not started" "$work/said")
	expect "with a destination in the settings it would be started" 0 "$says_not"
	install -d -o limpet -g limpet -m 700 /var/lib/limpet/spool
	echo crash > /var/lib/limpet/spool/1.item
	package --purge limpet
	report $? "it is purged"
	expect "no user and no group is left" "" "$(getent passwd limpet)$(getent group limpet)"
	# What man-db has rendered is man-db's; it clears that away itself, day by day.
	left=$(cd "$work/upper" && find . -iname '*limpet*' -not -type c -not -path './var/cache/man/*' | grep -v '^./var/lib/dpkg/\(info\|updates\|triggers\)$')
	expect "no file is left, nothing of systemd's either" "" "$left"
	expect "dpkg knows nothing of it" "" "$(dpkg-query -W -f '${Status}' limpet 2> /dev/null)"
	install -D -m 600 /dev/null /etc/credstore/limpet.sentry-dsn
	echo http://key@127.0.0.1:9/1 > /etc/credstore/limpet.sentry-dsn
	package -i "$work/limpet.deb"
	expect "with a destination among systemd's credentials it would be started too" 0 "$(grep -c "not started" "$work/said")"
}

if [ -n "$inside" ]; then
	on_overlay
	exit $failed
fi

# --- what is in the package ---

work=$(mktemp -d .build/limpet-deb-XXXXXX)
work=$PWD/$work
trap 'rm -rf "$work"' EXIT
make -s deb > "$work/made" 2>&1
code=$?
deb=$(tail -n 1 "$work/made")
report $code "make deb"
[ $code -eq 0 ] || { cat "$work/made" >&2; exit 1; }
cp "$deb" "$work/limpet.deb"
expect "its version is that of the program" "$(.build/limpet --version | cut -d' ' -f2)" "$(dpkg-deb -f "$deb" Version)"
make -s deb > /dev/null 2>&1
expect "made again it is the same, byte for byte" "$(sha256sum < "$work/limpet.deb")" "$(sha256sum < "$deb")"
if command -v lintian > /dev/null; then
	lintian --allow-root --fail-on none "$work/limpet.deb" > "$work/lintian" 2> /dev/null
	sed 's/^/# /' "$work/lintian"
	expect "lintian finds no error" "" "$(grep '^E:' "$work/lintian")"
else
	report 0 "lintian finds no error # SKIP lintian is not installed: make deps-test"
fi
dpkg-deb -c "$deb" | awk '{ print $1, $2, $6 }' | grep -v '/$' | sort -k 3 > "$work/contents"
units=$(for unit in deploy/systemd/*.service deploy/systemd/*.service.in; do
	[ ! -e "$unit" ] || echo "-rw-r--r-- root/root ./lib/systemd/system/$(basename "$unit" .in)"
done)
users=$(for file in deploy/systemd/*.sysusers; do
	[ ! -e "$file" ] || echo "-rw-r--r-- root/root ./usr/lib/sysusers.d/$(basename "$file" .sysusers).conf"
done)
expected="-rw-r----- root/root ./etc/limpet/limpet.yaml
${units:+$units
}-rwxr-xr-x root/root ./usr/bin/limpet
${users:+$users
}-rw-r--r-- root/root ./usr/share/bash-completion/completions/limpet
-rw-r--r-- root/root ./usr/share/doc/limpet/changelog.gz
-rw-r--r-- root/root ./usr/share/doc/limpet/copyright
-rw-r--r-- root/root ./usr/share/fish/vendor_completions.d/limpet.fish
-rw-r--r-- root/root ./usr/share/lintian/overrides/limpet
-rw-r--r-- root/root ./usr/share/man/man1/limpet.1.gz
-rw-r--r-- root/root ./usr/share/man/man5/limpet.yaml.5.gz
-rw-r--r-- root/root ./usr/share/zsh/vendor-completions/_limpet"
expect "what is in it, whose it is, and who may read it" "$expected" "$(cat "$work/contents")"
dpkg-deb -e "$deb" "$work/control"
expect "nothing stops the service before its upgrade" "" "$(cd "$work/control" && ls | grep preinst)"
expect "the settings are a conffile" "$settings" "$(cat "$work/control/conffiles")"
missing=$(for library in $(readelf -d .build/limpet | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p'); do
	package=$(dpkg-query -S "*-linux-gnu/$library" 2> /dev/null | sed -n '1s/:.*//p')
	dpkg-deb -f "$deb" Depends | grep -qE "(^|, )$package( |,|$)" || echo "$library of $package"
done | grep -v '^ld-linux')
expect "it depends on every library it needs" "" "$missing"
readelf -dW .build/deb/limpet/debian/limpet/usr/bin/limpet | grep -q 'Flags: NOW PIE' &&
	! grep -qaF "$PWD" .build/deb/limpet/debian/limpet/usr/bin/limpet
report $? "the program is position independent, bound at once, and has no path of this machine in it"

# --- on an overlay ---

if [ "$(id -u)" != 0 ] || ! grep -qw overlay /proc/filesystems; then
	report 0 "installed, upgraded, removed and purged # SKIP needs root and overlayfs"
	echo "1..$number"
	exit $failed
fi
# A later version: the same with another number and other settings.
cp -R "$work/control" "$work/next"
dpkg-deb -x "$deb" "$work/next-files"
mkdir "$work/next-files/DEBIAN"
cp "$work/control/"* "$work/next-files/DEBIAN/"
sed -i 's/^Version: .*/&+next/' "$work/next-files/DEBIAN/control"
echo "# of a later version" >> "$work/next-files$settings"
dpkg-deb --root-owner-group -b "$work/next-files" "$work/next.deb" > /dev/null

# The upper side of an overlay cannot lie on another overlay, nor below what it covers: a tmpfs.
LIMPET_TEST_DEB_INSIDE=1 LIMPET_TEST_DEB_WORK=$work LIMPET_TEST_DEB_NUMBER=$number unshare --mount --propagation private bash -c '
	set -e
	mkdir -p "$0/memory" "$0/upper"
	mount -t tmpfs tmpfs "$0/memory"
	mkdir "$0/memory/upper" "$0/memory/work" "$0/memory/root"
	mount -t overlay overlay -o "lowerdir=/,upperdir=$0/memory/upper,workdir=$0/memory/work" "$0/memory/root"
	mount --bind "$0" "$0/memory/root$0"
	mount --bind "$0/memory/upper" "$0/memory/root$0/upper"
	mount --rbind /proc "$0/memory/root/proc"
	mount --rbind /dev "$0/memory/root/dev"
	mount -t tmpfs tmpfs "$0/memory/root/run"
	exec chroot "$0/memory/root" "$1/tests/conformance/test_deb.sh"
' "$work" "$PWD" > "$work/inside" 2> "$work/inside.err"
code=$?
cat "$work/inside"
sed 's/^/# /' "$work/inside.err" >&2
number=$((number + $(grep -c '^\(not \)\?ok ' "$work/inside")))
[ $code -eq 0 ] || failed=1
grep -q '^ok .*credentials' "$work/inside"
report $? "all of that was done"
echo "1..$number"
exit $failed
