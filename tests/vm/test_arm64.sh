#!/bin/bash
# limpet on arm64 kernels, in an emulated machine: its programs load, requests become spans, a crash gets its stack. The guest's root
# is the image of `make image ARCH=arm64`. On the kernel of Debian trixie (6.12); VM_ALL=1: of bookworm (6.1), too.
# usage: tests/vm/test_arm64.sh [SUITE…]
set -u
cd "$(dirname "$0")/../.." || exit 1
. tests/support/foreign_suite.sh
out=$PWD/.build/cross/arm64
number=0 failed=0 qemu_pid=

report() { # $1 code, $2 what
	number=$((number + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		failed=1
	fi
}
skip() { # $1 what, $2 why
	report 0 "$1 # SKIP $2"
}
cannot() { # in a subshell
	echo "$*"
	exit 77
}

fetch_kernel() { # $1 suite, $2 folder: vmlinuz and busybox, unpacked
	local work=$2.work files=$2.work/files package
	[ ! -e "$2" ] || return 0
	rm -rf "$work"
	mkdir -p "$files"
	open_suite "$work/apt" "$1" arm64 2> /dev/null
	package=$(apt-cache "${apt_options[@]}" depends --important linux-image-arm64 | awk '$1 == "Depends:" { print $2; exit }')
	[ -n "$package" ] || cannot "$1 has no linux-image-arm64"
	(cd "$work" && apt-get "${apt_options[@]}" download "$package" busybox-static > "$work/apt/log" 2>&1) || cannot "$package: $(why)"
	for deb in "$work"/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$files" --wildcards './boot/vmlinuz*' '*bin/busybox' 2> /dev/null
	done
	cp "$files"/boot/vmlinuz* "$files/vmlinuz" && mv "$(find "$files" -name busybox)" "$files/busybox" || cannot "$package has no vmlinuz"
	mv "$files" "$2"
	rm -rf "$work"
}

make_initramfs() { # $1 kernel's folder, $2 file
	local root=$work/root archive
	rm -rf "$root" "$work/layout"
	mkdir -p "$root" "$work/layout"
	archive=$(ls "$out"/image/limpet-*-arm64.oci.tar) || return 1
	tar -xf "$archive" -C "$work/layout"
	for layer in "$work"/layout/blobs/sha256/*; do
		! gzip -t "$layer" 2> /dev/null || tar --no-same-owner -xzf "$layer" -C "$root" || return 1
	done
	cp "$out/limpet" "$1/busybox" "$out/tests/e2e/targets/epoll_server" "$work/crash_in_three" "$root/usr/bin/" || return 1
	ln -s usr/bin "$root/bin"
	cp tests/vm/arm64/guest_init.sh "$root/init"
	(cd "$root" && find . | cpio -o -H newc 2> /dev/null) | gzip -1 > "$2"
}

try() { # $1 suite, $2 what its kernel lets limpet capture by
	local kernel=$out/kernels/$1 console=$work/console why
	if ! why=$(fetch_kernel "$1" "$kernel"); then
		skip "an arm64 kernel of $1" "$why"
		return
	fi
	make_initramfs "$kernel" "$work/initramfs" || { report 1 "an initramfs for $1"; return; }
	timeout 600 qemu-system-aarch64 -M virt -cpu cortex-a72 -m 2048 -nic none -nographic -no-reboot -kernel "$kernel/vmlinuz" \
		-initrd "$work/initramfs" -append "console=ttyAMA0 quiet panic=-1" > "$console.raw" 2>&1 < /dev/null &
	qemu_pid=$!
	wait $qemu_pid
	qemu_pid=
	tr -d '\r' < "$console.raw" | sed 's/\x1b\[[0-9;]*m//g' > "$console"
	says "$1: the guest did all of it" '^guest: done$'
	says "$1: limpet check says that it can trace" '^check: code 0$'
	! grep -E 'limpet: this kernel refuses|warning|error' "$console" >&2
	report $? "$1: every program is loaded"
	says "$1: it captures by $2" "^limpet: tracing epoll_server \\($2\\)\$"
	says "$1: five requests, five spans" '^spans: 5$'
	says "$1: nothing is lost" '^limpet: 5 spans in 5 segments$'
	stack=$(sed -n 's/^ \+[0-9] \+\(innermost\|middle\|main\) \+\(crash_in_three.c:[0-9]*\)$/\1 \2/p' "$console" | paste -sd,)
	[ "$stack" = "innermost crash_in_three.c:7,middle crash_in_three.c:12,main crash_in_three.c:17" ]
	report $? "$1: the stack of a crash, with its lines"
	says "$1: the crash is the program's own" '^crash: code 139$'
}

says() { # $1 what, $2 pattern of a line on the console
	grep -qE -- "$2" "$work/console"
	code=$?
	[ $code -eq 0 ] || tail -n 25 "$work/console" >&2
	report $code "$1"
}

done_or_skip() {
	echo "1..$number"
	exit $failed
}

if [ "$(uname -m)" != x86_64 ]; then
	skip "limpet on arm64 kernels" "this machine is not x86-64"
	done_or_skip
fi
for program in aarch64-linux-gnu-gcc qemu-system-aarch64 cpio; do
	command -v $program > /dev/null || { skip "limpet on arm64 kernels" "$program is not installed: make deps-test"; done_or_skip; }
done
work=$(mktemp -d "$PWD/.build/limpet-arm64-XXXXXX")
trap '[ -z "$qemu_pid" ] || kill "$qemu_pid"; rm -rf "$work"' EXIT
if ! said=$(make -s -j2 ARCH=arm64 image .build/cross/arm64/tests/e2e/targets/epoll_server 2>&1); then
	case $said in
	*"limpet: cannot fetch"*) skip "limpet on arm64 kernels" "$(echo "$said" | grep -m1 'cannot fetch')" ;;
	*) echo "$said" >&2 && report 1 "limpet for arm64 is made" ;;
	esac
	done_or_skip
fi
aarch64-linux-gnu-gcc --sysroot="$out/sysroot" -O1 -g tests/vm/arm64/crash_in_three.c -o "$work/crash_in_three"
report $? "a program that dies is made"
[ $# -gt 0 ] || set -- trixie ${VM_ALL:+bookworm}
for suite in "$@"; do
	case $suite in
	bookworm) try "$suite" tracepoints ;;
	*) try "$suite" fentry ;;
	esac
done
done_or_skip
