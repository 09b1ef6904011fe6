#!/bin/sh
# PID 1 of the guest once the root is there: mounts what a tracing program expects, brings `lo` up, runs /mnt/guest/command
# as root and leaves its exit code in /mnt/guest/exit_code before the guest ends. guest.sh writes the settings it reads.
. /mnt/guest/settings
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=dumb

# A repository under a folder that a tmpfs is about to hide is kept and put back.
mkdir -p /mnt/repo
mount --bind "$repo" /mnt/repo
mount -t tmpfs -o mode=1777 tmpfs /tmp
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p "$repo" /run/lock /dev/pts /dev/shm
mount --move /mnt/repo "$repo"
mount -t devpts -o gid=5,mode=620,ptmxmode=666 devpts /dev/pts
mount -t tmpfs -o mode=1777 tmpfs /dev/shm
mount -t bpf bpf /sys/fs/bpf
mount -t tracefs tracefs /sys/kernel/tracing
mount -t debugfs debugfs /sys/kernel/debug
mount -t cgroup2 cgroup2 /sys/fs/cgroup
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
release=$(uname -r)
mkdir -p "/lib/modules/$release"
mount --bind "$kernel_folder/lib/modules/$release" "/lib/modules/$release"
hostname limpet-guest
ip link set lo up

# For guest.sh to see that the guest lives. No process is made: a test may count them.
mkfifo /run/guest-heartbeat
/bin/bash -c 'while :; do read -r -t 10 <> /run/guest-heartbeat; echo $SECONDS > /mnt/guest/heartbeat; done' &

cd "$repo" || exit 1
GUEST_FOLDER=/mnt/guest GUEST_KERNEL=$kernel /bin/bash /mnt/guest/command > /mnt/guest/stdout 2> /mnt/guest/stderr < /dev/null
echo $? > /mnt/guest/exit_code.new
cut -d ' ' -f 1 /proc/uptime > /mnt/guest/uptime
mv /mnt/guest/exit_code.new /mnt/guest/exit_code
sync
/usr/bin/busybox reboot -f
