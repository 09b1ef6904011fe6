#!/bin/bash
# Runs inside a guest: nginx with TLS in the kernel (kTLS), which sends files by SSL_sendfile and texts by SSL_write; every
# request is one span of nginx and one of its client, with the sizes that were asked for. Speaks TAP without a plan.
# usage: tests/vm/tls_kernel.sh LIMPET       needs a kernel with the module tls (5.10 of Debian has none)
set -u
limpet=$1
folder=/tmp/tls_kernel
code=0
rm -rf $folder
mkdir -p $folder/files
nginx=$(PATH=$PATH:/usr/sbin command -v nginx) || { echo "ok tls_kernel # SKIP nginx is not installed"; exit 0; }
modprobe tls 2> /dev/null || { echo "ok tls_kernel # SKIP this kernel has no TLS of its own"; exit 0; }
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -out $folder/certificate -keyout $folder/key 2> /dev/null
for size in 13 20000 300000; do
	head -c $size /dev/zero | tr '\0' x > $folder/files/$size
done
cat > $folder/nginx.conf <<-END
	user root; worker_processes 1; daemon off; pid $folder/nginx.pid; error_log $folder/error.log;
	events { worker_connections 64; }
	http {
		access_log off; sendfile on; default_type text/plain;
		client_body_temp_path $folder/b; proxy_temp_path $folder/p; fastcgi_temp_path $folder/f;
		uwsgi_temp_path $folder/u; scgi_temp_path $folder/s;
		server {
			listen 127.0.0.1:8443 ssl; ssl_certificate $folder/certificate; ssl_certificate_key $folder/key;
			ssl_protocols TLSv1.2 TLSv1.3; ssl_conf_command Options KTLS;
			location / { root $folder/files; }
			location /text { return 200 "answer of nginx"; }
		}
	}
END
. tests/vm/guest_checks.sh
answers() { curl -sko /dev/null --max-time 5 https://127.0.0.1:8443/text; }
watched() { grep -q "watching tls-SSL_sendfile of libssl" $folder/stderr; }
sent_by_kernel() { awk '$1 == "TlsTxSw" || $1 == "TlsTxDevice" { sum += $2 } END { print sum + 0 }' /proc/net/tls_stat; }

"$nginx" -p $folder -e $folder/error.log -c $folder/nginx.conf &
wait_for answers || tail -n 5 $folder/error.log | sed 's/^/# /'
rm -f $folder/stderr
"$limpet" agent --tls=auto --tls-delay=0 --terminal=off --json=$folder/spans --log-level=debug 2> $folder/stderr &
agent=$!
wait_for watched || code=1
sleep 1
before=$(sent_by_kernel)
for version in 1.2 1.3; do
	for round in $(seq 10); do
		for path in text 13 20000 300000; do
			echo "url = https://127.0.0.1:8443/$path?$round"
			echo "output = /dev/null"
		done
	done | curl -sk --tls-max $version -K -
done
sent=$(($(sent_by_kernel) - before))
sleep 2
kill -TERM $agent
wait $agent
kill "$(cat $folder/nginx.pid)"
cp $folder/stderr $folder/spans "$GUEST_FOLDER/"
if [ $sent -gt 0 ]; then
	echo "ok tls_kernel: the kernel did the TLS of $sent connections"
else
	echo "not ok tls_kernel: the kernel did no TLS"
	code=1
fi
tests/vm/check_kernel_tls.py $folder/spans || code=1
check_loaded tls_kernel
check_kernel_log tls_kernel
exit $code
