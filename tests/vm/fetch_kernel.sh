#!/bin/bash
# Fetches a stock Debian kernel and builds the initramfs guest.sh boots it with; prints the folder that holds both.
# usage: tests/vm/fetch_kernel.sh VERSION        VERSION: 5.10, 6.1, 6.12 or newest (sid)
# The folder, .build/vm/kernels/VERSION, has vmlinuz, initramfs, lib/modules and, last of all, `release`: when that is there
# nothing is fetched and no network is needed (remove the folder to fetch anew). Only `apt-get download` and `dpkg-deb`:
# nothing is installed, and the package lists of foreign suites live in a private apt state under the same folder.
# Exit code 77, with the reason on stderr, when the kernel cannot be had here.
set -euo pipefail
repo=$(cd "$(dirname "$0")/../.." && pwd)
. "$repo/tests/support/foreign_suite.sh"
version=${1:?usage: tests/vm/fetch_kernel.sh 5.10|6.1|6.12|newest}
kernels=$repo/.build/vm/kernels
folder=$kernels/$version

cannot() {
	echo "fetch_kernel.sh: cannot get kernel $version: $*" >&2
	exit 77
}

case $version in
5.10) suite=bullseye ;;
6.1) suite=bookworm ;;
6.12) suite=trixie ;;
newest) suite=sid ;;
*)
	echo "fetch_kernel.sh: unknown kernel '$version'; known: 5.10 6.1 6.12 newest" >&2
	exit 2
	;;
esac

if [ -s "$folder/release" ]; then
	echo "$folder"
	exit 0
fi
[ "$(dpkg --print-architecture 2> /dev/null)" = amd64 ] || cannot "the guest shares this machine's root, which is not Debian amd64"
for program in apt-get dpkg-deb depmod modprobe cpio busybox flock; do
	command -v $program > /dev/null || PATH=$PATH:/usr/sbin:/sbin command -v $program > /dev/null ||
		cannot "no program $program; install what the tests need with: tests/support/install_packages.sh test"
done
export PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$kernels"
exec 9> "$kernels/lock"
flock 9
if [ -s "$folder/release" ]; then
	echo "$folder"
	exit 0
fi

work=$kernels/$version.work
rm -rf "$work" "$folder"
mkdir -p "$work/root"
trap 'rm -rf "$work"' EXIT

open_suite "$work/apt" $suite
depends() {
	apt-cache "${apt_options[@]}" depends --important "$1" | awk '$1 == "Depends:" { print $2 }'
}
image=$(depends linux-image-amd64 | grep -m1 '^linux-image-[0-9]') || cannot "$suite has no linux-image-amd64"
# Since 2025 the image is split: linux-image-* is empty, its dependencies hold kernel, modules and the list of built-in ones.
mapfile -t parts < <(depends "$image" | grep -E '^linux-(base|binary|modules)-[0-9]' || true)
(cd "$work" && apt-get "${apt_options[@]}" download "$image" "${parts[@]}" > "$work/apt/log" 2>&1) || cannot "$image: $(why)"

# Only what a guest without devices can use; /lib is a link in newer packages.
mkdir -p "$work/root/usr/lib"
ln -s usr/lib "$work/root/lib"
for package in "$work"/*.deb; do
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --keep-directory-symlink --exclude='./usr/share' \
		--exclude='*/kernel/sound' --exclude='*/kernel/drivers/[!nv]*'
done
release=${image#linux-image-}
vmlinuz=$work/root/boot/vmlinuz-$release
[ -e "$vmlinuz" ] || vmlinuz=$work/root/lib/modules/$release/vmlinuz
[ -e "$vmlinuz" ] || cannot "$image has no vmlinuz where it is expected"
depmod -b "$work/root" "$release" 2> /dev/null

# The initramfs: busybox, the modules for a 9p root in their order of loading, and init.
initramfs=$work/initramfs.d
mkdir -p "$initramfs/bin" "$initramfs/modules" "$initramfs/proc" "$initramfs/sys" "$initramfs/dev"
cp "$(command -v busybox)" "$initramfs/bin/busybox"
cp "$repo/tests/vm/initramfs_init.sh" "$initramfs/init"
number=100
for module in virtio_pci 9pnet_virtio 9p overlay; do
	modprobe -d "$work/root" -S "$release" --show-depends $module | awk '$1 == "insmod" { print $2 }'
done | awk '!seen[$0]++' > "$work/modules"
while read -r path; do
	name=$(basename "$path")
	target=$initramfs/modules/$number-${name%%.ko*}.ko
	case $path in
	*.xz) xz -dc "$path" > "$target" ;;
	*.zst) zstd -dcq "$path" > "$target" ;;
	*) cp "$path" "$target" ;;
	esac
	number=$((number + 1))
done < "$work/modules"
(cd "$initramfs" && find . | cpio -o -H newc --quiet | gzip -1 > "$work/root/initramfs")

cp "$vmlinuz" "$work/root/vmlinuz"
rm -rf "$work/root/boot"
echo "$release" > "$work/root/release"
mv "$work/root" "$folder"
echo "$folder"
