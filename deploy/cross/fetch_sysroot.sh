#!/bin/bash
# Fetches what limpet is compiled against and needs to run on another machine than this one: Debian's packages of this
# suite for that architecture, unpacked into a folder. Nothing is installed and this machine's dpkg knows nothing of it:
# the folder has a package database of its own (for deploy/image/packages.py), and in DEBIAN/ what dpkg-shlibdeps reads.
# usage: deploy/cross/fetch_sysroot.sh ARCH FOLDER      does nothing when FOLDER is there
set -euo pipefail
repo=$(cd "$(dirname "$0")/../.." && pwd)
. "$repo/tests/support/foreign_suite.sh"
architecture=$1 folder=$(realpath -m "$2")
work=$folder.work

cannot() {
	echo "limpet: cannot fetch Debian's packages for $architecture: $*" >&2
	exit 1
}

unpack() { # $1 a .deb: its files and its row in the database
	local deb=$1 name info
	name=$(dpkg-deb -f "$deb" Package)
	[ "$(dpkg-deb -f "$deb" Multi-Arch)" != same ] || name=$name:$(dpkg-deb -f "$deb" Architecture)
	info=$work/root/var/lib/dpkg/info
	dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$work/root" --keep-directory-symlink --exclude='./usr/share/man' --exclude='./usr/share/locale'
	dpkg-deb --fsys-tarfile "$deb" | tar -t | sed -e 's|^\.||' -e 's|^/$|/.|' -e 's|\(.\)/$|\1|' > "$info/$name.list"
	{
		dpkg-deb -f "$deb" | sed '/^Package:/a Status: install ok installed'
		echo
	} >> "$work/root/var/lib/dpkg/status"
	dpkg-deb -e "$deb" "$work/control"
	for file in symbols shlibs; do
		[ ! -e "$work/control/$file" ] || cat "$work/control/$file" >> "$work/root/DEBIAN/$file"
	done
	rm -r "$work/control"
}

mkdir -p "$(dirname "$folder")"
exec 9> "$folder.lock"
flock 9
[ ! -e "$folder" ] || exit 0
rm -rf "$work"
mkdir -p "$work/root/DEBIAN" "$work/root/usr/lib" "$work/root/usr/lib64" "$work/root/var/lib/dpkg/info"
trap 'rm -rf "$work"' EXIT
suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
[ -n "$suite" ] || cannot "this machine's /etc/os-release names no suite of Debian (VERSION_CODENAME)"
# What is compiled against, what tests link, what limpet loads if it is there, and what the image has besides.
packages="$("$repo/tests/support/install_packages.sh" --list build | tr -s ' \n\t' '\n' | grep -- '-dev$') libcmocka-dev libdw1 libstdc++6 ca-certificates"
open_suite "$work/apt" "$suite" "$architecture"
echo "limpet: fetching the libraries of Debian $suite for $architecture" >&2
# shellcheck disable=SC2086
apt-get "${apt_options[@]}" install -y --no-install-recommends --download-only $packages > "$work/apt/log" 2>&1 || cannot "$(why)"
# As Debian has merged it.
ln -s usr/lib usr/lib64 "$work/root/"
echo 1 > "$work/root/var/lib/dpkg/info/format"
echo "$architecture" > "$work/root/var/lib/dpkg/arch"
for package in "$work"/apt/cache/archives/*.deb; do
	unpack "$package"
done
# Links to /lib would lead to this machine's: a linker that finds nothing there takes the static library without a word.
find "$work/root/usr/lib" -type l -lname '/*' | while read -r link; do
	ln -sfn "$(realpath -m -s --relative-to="$(dirname "$link")" "$work/root$(readlink "$link")")" "$link"
done
mv "$work/root" "$folder"
