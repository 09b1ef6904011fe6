#!/bin/sh
# Starts an nginx of its own on loopback: one worker, private prefix, no files outside it. Prints the master's pid.
# usage: tests/support/start_nginx.sh FOLDER PORT     stop it with: kill -QUIT PID
# Any path gets the 512 bytes of FOLDER/file.bin, except /missing/… (404), /moved/… (301) and /requests (stub_status). FOLDER should be on tmpfs.
set -eu
folder=$1 port=$2
mkdir -p "$folder/temp"
head -c 512 /dev/zero | tr '\0' x > "$folder/file.bin"
chmod 755 "$folder"
cat > "$folder/nginx.conf" << END
worker_processes 1;
pid $folder/nginx.pid;
error_log $folder/error.log warn;
events { worker_connections 256; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000000;
	client_body_temp_path $folder/temp;
	proxy_temp_path $folder/temp;
	fastcgi_temp_path $folder/temp;
	uwsgi_temp_path $folder/temp;
	scgi_temp_path $folder/temp;
	default_type application/octet-stream;
	server {
		listen 127.0.0.1:$port;
		root $folder;
		location / { try_files /file.bin =500; }
		location = /requests { stub_status; }
		location /missing/ { return 404; }
		location /moved/ { return 301 /; }
	}
}
END
[ "$(id -u)" != 0 ] || sed -i '1i user root;' "$folder/nginx.conf"
PATH=$PATH:/usr/sbin nginx -e "$folder/error.log" -p "$folder" -c "$folder/nginx.conf" >&2
tries=0
while [ ! -s "$folder/nginx.pid" ]; do
	tries=$((tries + 1))
	[ $tries -lt 200 ] || exit 1
	sleep 0.05
done
cat "$folder/nginx.pid"
