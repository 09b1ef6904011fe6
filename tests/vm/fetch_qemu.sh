#!/bin/bash
# Prints the QEMU that runs guests. Before 8.1, of two emulated CPUs one may go on with an instruction that the other has just
# patched: a kernel that patches itself (every tracepoint and perf event does) then ends, or stands still for ever at an int3
# that is no longer there. Where this machine's own is older, Debian trixie's is fetched with all its libraries into
# .build/vm/qemu and started by its own loader; where that cannot be had, the machine's own has to do.
# usage: tests/vm/fetch_qemu.sh        exit code 77, with the reason on stderr: there is none at all
set -euo pipefail
repo=$(cd "$(dirname "$0")/../.." && pwd)
. "$repo/tests/support/foreign_suite.sh"
name=qemu-system-x86_64
folder=$repo/.build/vm/qemu
suite=trixie

own=$(command -v $name || true)
if [ -n "$own" ] && "$own" --version | awk '{ split($4, version, "."); exit !(version[1] * 100 + version[2] >= 801) }'; then
	echo "$own"
	exit 0
fi
cannot() {
	if [ -n "$own" ]; then
		echo "fetch_qemu.sh: cannot get a newer QEMU than $own: $*; guests may stand still" >&2
		echo "$own"
		exit 0
	fi
	echo "fetch_qemu.sh: no $name here, and none of $suite: $*; install what the tests need with: tests/support/install_packages.sh test" >&2
	exit 77
}
if [ -x "$folder/$name" ]; then
	echo "$folder/$name"
	exit 0
fi
[ "$(dpkg --print-architecture 2> /dev/null)" = amd64 ] || cannot "this machine is not Debian amd64"
mkdir -p "$repo/.build/vm"
exec 9> "$repo/.build/vm/qemu.lock"
flock 9
if [ -x "$folder/$name" ]; then
	echo "$folder/$name"
	exit 0
fi
work=$folder.work
rm -rf "$work" "$folder"
mkdir -p "$work/root"
trap 'rm -rf "$work"' EXIT
open_suite "$work/apt" $suite
apt-get "${apt_options[@]}" install -y --no-install-recommends --download-only qemu-system-x86 > "$work/apt/log" 2>&1 ||
	cannot "qemu-system-x86: $(why)"
for package in "$work"/apt/cache/archives/*.deb; do
	dpkg-deb --fsys-tarfile "$package" | tar -x -C "$work/root" --keep-directory-symlink --exclude='./usr/share/doc' \
		--exclude='./usr/share/man' --exclude='./usr/share/locale' --exclude='./var' --exclude='./etc'
done
cat > "$work/root/$name" << END
#!/bin/sh
root=$folder/usr
exec \$root/lib64/ld-linux-x86-64.so.2 --library-path \$root/lib/x86_64-linux-gnu \$root/bin/$name \\
	-L \$root/share/qemu -L \$root/share/seabios "\$@"
END
chmod +x "$work/root/$name"
"$work/root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$work/root/usr/lib/x86_64-linux-gnu" "$work/root/usr/bin/$name" --version \
	> "$work/apt/log" 2>&1 || cannot "it does not run: $(tail -n 1 "$work/apt/log")"
mv "$work/root" "$folder"
echo "$folder/$name"
