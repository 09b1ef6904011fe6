#!/bin/sh
# `make deb`: OUT/deb/limpet_VERSION_ARCH.deb, from what is built in OUT.
# Environment: VERSION, SOURCE_DATE_EPOCH, ARCH, OUT; for another machine than this one SYSROOT (deploy/cross/cross.mk).
# Made twice from one tree it is the same, byte for byte.
set -eu
cd "$(dirname "$0")/../.."
LIMPET_SOURCE=$PWD
LIMPET_SYSROOT=$SYSROOT
architecture=$ARCH
out=$OUT/deb
tree=$out/limpet
export LIMPET_SOURCE LIMPET_SYSROOT SOURCE_DATE_EPOCH
# What a make above this one passes on is not meant for dpkg's.
unset MAKEFLAGS MAKEOVERRIDES MFLAGS MAKELEVEL OUT ARCH SYSROOT

rm -rf "$tree"
mkdir -p "$tree"
cp -R deploy/debian "$tree"/debian
rm "$tree"/debian/build.sh "$tree"/debian/changelog.in
sed -e "s|@VERSION@|$VERSION|" -e "s|@DATE@|$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")|" deploy/debian/changelog.in > "$tree"/debian/changelog
# What the build needs is listed once.
packages=$(tests/support/install_packages.sh --list build | tr -s ' \n\t' '\n' | grep -vxE 'gcc|libc6-dev|' | paste -sd, | sed 's/,/, /g')
sed -i "s|@BUILD_PACKAGES@|$packages|" "$tree"/debian/control
rm -f "$out"/*.deb "$out"/*.buildinfo "$out"/*.changes
cd "$tree"
log=../build.log
if ! dpkg-buildpackage -us -uc -b -d -a "$architecture" > $log 2>&1; then
	cat $log >&2
	echo "make deb: dpkg-buildpackage failed; its output is above" >&2
	exit 1
fi
cd "$LIMPET_SOURCE"
ls "$out"/limpet_*.deb
