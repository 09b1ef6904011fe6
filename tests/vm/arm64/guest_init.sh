#!/usr/bin/busybox sh
# Process 1 of the arm64 guest of tests/vm/test_arm64.sh. Its root is limpet's image, busybox and the programs that are traced;
# what comes of it goes to the console.
export PATH=/usr/bin LIMPET_SPOOL=off HOME=/
/usr/bin/busybox --install -s /usr/bin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
ifconfig lo 127.0.0.1 up
limpet check
echo "check: code $?"
limpet run --json=/tmp/spans.jsonl --terminal=off -- epoll_server 127.0.0.1:8080 > /tmp/said 2>&1 &
waited=0
until grep -qs '^limpet: tracing' /tmp/said || [ $waited -gt 120 ]; do
	sleep 1
	waited=$((waited + 1))
done
sleep 1
for number in 1 2 3 4 5; do
	wget -q -O /dev/null "http://127.0.0.1:8080/number/$number" 2> /dev/null
done
sleep 2
killall limpet
wait
cat /tmp/said
echo "spans: $(grep -o '"name":"GET /number/{id}"' /tmp/spans.jsonl | wc -l)"
limpet run --json=/tmp/crash.jsonl --terminal=on -- crash_in_three 2>&1
echo "crash: code $?"
echo "guest: done"
poweroff -f
