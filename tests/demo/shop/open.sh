#!/bin/bash
# Opens the shop on free loopback ports, sends it a few customers with curl, closes it again, each process by its id.
# usage: tests/demo/shop/open.sh FOLDER     FOLDER gets configuration and logs; who calls removes it
set -uo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
rounds=${DEMO_ROUNDS:-2}
pids=()

close_shop() {
	for pid in "${pids[@]}"; do
		kill "$pid" 2> /dev/null
	done
	for pid in "${pids[@]}"; do
		wait "$pid" 2> /dev/null
	done
	pids=()
}
trap close_shop EXIT

wait_for() { # $1 what, $2 command that succeeds once it is there; at most 20 s
	for _ in $(seq 200); do
		eval "$2" && return
		sleep 0.1
	done
	echo "shop: $1 did not start; its log is in $folder" >&2
	exit 1
}

# Three free ports, asked for at the same time so that they differ.
read -r redis_port shop_port nginx_port <<< "$(/usr/bin/python3 -c '
import socket
probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(probe.getsockname()[1] for probe in probes))')"

echo "[1/3] opening the shop: redis-server :$redis_port, shop.py :$shop_port, nginx :$nginx_port"
for template in redis.conf nginx.conf; do
	sed -e "s|@FOLDER@|$folder|g" -e "s|@REDIS_PORT@|$redis_port|g" -e "s|@SHOP_PORT@|$shop_port|g" \
		-e "s|@NGINX_PORT@|$nginx_port|g" "$here/$template" > "$folder/$template"
done
redis-server "$folder/redis.conf" > "$folder/redis.log" 2>&1 &
pids+=($!)
wait_for redis-server "grep -qs 'Ready to accept connections' '$folder/redis.log'"
/usr/bin/python3 "$here/shop.py" "$shop_port" "$redis_port" > "$folder/shop.log" 2>&1 &
pids+=($!)
wait_for shop.py "grep -qs '^open$' '$folder/shop.log'"
/usr/sbin/nginx -p "$folder" -c "$folder/nginx.conf" -e "$folder/nginx.log" &
pids+=($!)
wait_for nginx "test -s '$folder/nginx.pid'"

ask() { # $1 path, rest: more options for curl
	curl --silent --output /dev/null --max-time 10 "http://127.0.0.1:$nginx_port$1" "${@:2}" || echo "shop: $1 failed" >&2
	sleep 0.2 # customers do not come all at once, and traces are printed while it happens
}

echo "[2/3] $rounds rounds of 6 customers: GET /, GET /products/17, GET /cart, POST /orders, GET /products/404 (not there)"
echo "      and GET /reports/today (has a bug)"
for _ in $(seq "$rounds"); do
	ask /
	ask /products/17
	ask /cart
	ask /orders --data 'product=17&count=2'
	ask /products/404
	ask /reports/today
done
sleep 0.5

echo "[3/3] closing the shop"
close_shop
