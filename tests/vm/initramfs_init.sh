#!/bin/busybox sh
# PID 1 of the guest until the root is there: loads the modules fetch_kernel.sh packed, mounts the host's root read-only by
# 9p, lays a tmpfs over it, mounts the work folder and goes on with guest_init.sh from there. It must never hang: whatever
# fails here ends the guest by a panic, which QEMU (-no-reboot, panic=-1) turns into its own end.
set -e
export PATH=/bin
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
for module in /modules/*.ko; do
	insmod "$module"
done
mkdir -p /host /upper /newroot
mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000,cache=loose root /host
mount -t tmpfs -o size=60% tmpfs /upper
mkdir /upper/files /upper/work
mount -t overlay -o lowerdir=/host,upperdir=/upper/files,workdir=/upper/work overlay /newroot
mkdir -p /newroot/mnt/guest
mount -t 9p -o trans=virtio,version=9p2000.L,rw,msize=512000 work /newroot/mnt/guest
mount --move /dev /newroot/dev
mount --move /proc /newroot/proc
mount --move /sys /newroot/sys
exec switch_root /newroot /bin/sh /mnt/guest/guest_init.sh
