#!/bin/bash
# Runs a script as root in a guest: a stock Debian kernel under QEMU's TCG that shares this machine's root read-only.
# usage: tests/vm/guest.sh --kernel 5.10|6.1|6.12|newest [--icount] [--cpus N] [--memory MIB] [--timeout S] [--append WORDS] [--folder DIR] -- script args…
# Everything installed or built here is there, at the same path; writes to it are lost, writes to $GUEST_FOLDER come out in
# DIR (by default a folder that is removed). /tmp and /run are empty; bpf, tracefs, debugfs and cgroup2 are mounted; `lo` is up.
# --icount: one CPU on which one executed instruction takes one nanosecond (about 8 times slower).
# --append: more words for the kernel's command line, such as preempt=full.
# Prints the script's output and exits with its code; 77 when this kernel cannot be had here; 124 after S seconds (default
# 120) of wall time; 125 when the guest broke down, or stood still for GUEST_STILL_S seconds (180). QEMU is always ended, by
# its pid; it dies with this script too.
set -uo pipefail
repo=$(cd "$(dirname "$0")/../.." && pwd)
kernel= icount= cpus=2 memory=3072 timeout_s=120 append= folder=
while [ $# -gt 0 ]; do
	case $1 in
	--kernel) kernel=$2 && shift ;;
	--icount) icount=yes ;;
	--cpus) cpus=$2 && shift ;;
	--memory) memory=$2 && shift ;;
	--timeout) timeout_s=$2 && shift ;;
	--append) append=$2 && shift ;;
	--folder) folder=$2 && shift ;;
	--) shift && break ;;
	*) echo "guest.sh: unknown option '$1'" >&2 && exit 2 ;;
	esac
	shift
done
if [ -z "$kernel" ] || [ $# -eq 0 ]; then
	sed -n '3p' "$0" | cut -c 3- >&2
	exit 2
fi
qemu=$("$repo/tests/vm/fetch_qemu.sh") || exit $?
kernel_folder=$("$repo/tests/vm/fetch_kernel.sh" "$kernel") || exit $?

mkdir -p "$repo/.build/vm/runs"
remove=
if [ -z "$folder" ]; then
	folder=$(mktemp -d "$repo/.build/vm/runs/guest.XXXXXX")
	remove=yes
fi
mkdir -p "$folder"
rm -f "$folder"/{stdout,stderr,exit_code,uptime,console,heartbeat}
qemu_pid=
end_guest() {
	if [ -n "$qemu_pid" ]; then
		kill -KILL "$qemu_pid" 2> /dev/null
		wait "$qemu_pid" 2> /dev/null
		qemu_pid=
	fi
}
finish() {
	end_guest
	[ -z "$remove" ] || rm -rf "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

cp "$repo/tests/vm/guest_init.sh" "$folder/"
printf 'repo=%q\nkernel=%q\nkernel_folder=%q\n' "$repo" "$kernel" "$kernel_folder" > "$folder/settings"
{
	printf 'exec'
	printf ' %q' "$@"
	echo
} > "$folder/command"

# TCG always: /dev/kvm exists on machines where using it hangs.
# no_timer_check: on a busy machine the kernel may find that its timer does not tick in time, and panic.
options=(-accel "tcg,thread=${GUEST_TCG_THREADS:-multi}" -smp "$cpus")
[ -z "$icount" ] || options=(-accel tcg,thread=single -icount shift=0,sleep=off -smp 1)
begin=$EPOCHREALTIME
setpriv --pdeathsig KILL "$qemu" "${options[@]}" -cpu max -m "$memory" -nodefaults -display none -no-reboot \
	-kernel "$kernel_folder/vmlinuz" -initrd "$kernel_folder/initramfs" \
	-append "console=ttyS0 quiet loglevel=4 panic=-1 random.trust_cpu=on no_timer_check $append" -serial "file:$folder/console" \
	-fsdev local,id=root,path=/,security_model=none,readonly=on,multidevs=remap \
	-device virtio-9p-pci,fsdev=root,mount_tag=root \
	-fsdev local,id=work,path="$folder",security_model=none -device virtio-9p-pci,fsdev=work,mount_tag=work \
	< /dev/null > "$folder/qemu.log" 2>&1 &
qemu_pid=$!
echo $qemu_pid > "$folder/qemu.pid"

# A guest beats every ten seconds (guest_init.sh). One whose kernel hangs does not, and need not be waited for to the end.
stands_still() {
	[ -z "$icount" ] && [ -e "$folder/heartbeat" ] || return
	[ $(($(date +%s) - $(stat -c %Y "$folder/heartbeat"))) -gt "${GUEST_STILL_S:-180}" ]
}
deadline=$((SECONDS + timeout_s))
while kill -0 "$qemu_pid" 2> /dev/null && [ ! -e "$folder/exit_code" ] && [ "$SECONDS" -lt "$deadline" ]; do
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -e "$folder/exit_code" ] || sleep 0.1
	done
	! stands_still || break
done
# The code is the last thing written: the guest need not shut down in order.
code=
[ -e "$folder/exit_code" ] && read -r code < "$folder/exit_code"
kill -0 "$qemu_pid" 2> /dev/null && is_running=yes || is_running=
end_guest
seconds=$(awk -v b="$begin" -v e="$EPOCHREALTIME" 'BEGIN { printf "%.1f", e - b }')

[ ! -e "$folder/stdout" ] || cat "$folder/stdout"
[ ! -e "$folder/stderr" ] || cat "$folder/stderr" >&2
if [ -n "$code" ]; then
	echo "guest.sh: kernel $(cat "$kernel_folder/release"): exit code $code after $seconds s" >&2
	exit "$code"
fi
if [ -n "$is_running" ] && stands_still; then
	echo "guest.sh: kernel $kernel: the guest stands still, ended after $seconds s; the end of its console:" >&2
	code=125
elif [ -n "$is_running" ]; then
	echo "guest.sh: kernel $kernel: not done after $timeout_s s, ended; the end of its console:" >&2
	code=124
else
	echo "guest.sh: kernel $kernel: the guest broke down after $seconds s; the end of its console:" >&2
	cat "$folder/qemu.log" >&2
	code=125
fi
tail -n 30 "$folder/console" >&2
exit $code
