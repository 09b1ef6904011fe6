#!/bin/sh
# Installs Debian packages for: build, demo, test, package, cross (any of them). Says what is missing first; does nothing when all is there.
# Used by `make deps`, `make demo`, `make test` and .ci/run. Needs root only when something is missing.
set -eu

build="gcc libc6-dev pkg-config clang llvm bpftool libbpf-dev libelf-dev liblzma-dev zlib1g-dev libdeflate-dev libcurl4-openssl-dev libjansson-dev
	libyaml-dev libprotobuf-c-dev protobuf-c-compiler libnghttp2-dev
	libmicrohttpd-dev
	libncurses-dev"
demo="nginx-light redis-server python3 python3-bottle python3-redis curl procps"
case $(uname -m) in
aarch64) cross="gcc-x86-64-linux-gnu debian-archive-keyring" ;;
*) cross="gcc-aarch64-linux-gnu debian-archive-keyring" ;;
esac
package="debhelper dpkg-dev fakeroot python3 ca-certificates libdw1"
test="libcmocka-dev clang-format libclang-rt-14-dev wrk python3-flask python3-requests python3-grpcio python3-protobuf
	protobuf-compiler python3-jsonschema qemu-system-x86 qemu-system-arm qemu-user busybox-static kmod cpio xz-utils zstd iproute2 valgrind crun
	g++ gdb libstdc++6-arm64-cross
	dnsmasq-base bind9-dnsutils python3-dnspython python3-websockets
	python3-django python3-fastapi python3-uvicorn mono-mcs ruby ruby-webrick ruby-sinatra php-cli php-fpm perl
	redis-server redis-tools python3-redis
	containerd musl-tools
	memcached python3-pymemcache
	mariadb-server mariadb-client python3-pymysql python3-mysqldb
	postgresql postgresql-contrib python3-psycopg2 python3-psycopg
	python3-pymongo python3-cassandra
	rabbitmq-server python3-pika
	kcat
	nats-server
	nghttp2-client nghttp2-server nghttp2-proxy haproxy apache2
	python3-boto3 python3-elasticsearch python3-xmltodict python3-responses python3-flask-cors
	python3-yarl python3-backoff python3-anyio python3-requests-toolbelt python3-h2
	python3-yaml
	debhelper dpkg-dev fakeroot ca-certificates lintian man-db groff mandoc bash-completion zsh fish
	systemd util-linux bpftool python3-prometheus-client
	openssl wget gnutls-bin libcurl3-nss libnss3-tools
	chromium fonts-dejavu-core
	tmux"

# Only names what the set `build` has, for the package's Build-Depends.
if [ "$*" = "--list build" ]; then
	echo "$build"
	exit 0
fi

wanted=
for set in "$@"; do
	case $set in
	build) wanted="$wanted $build" ;;
	demo) wanted="$wanted $demo" ;;
	package) wanted="$wanted $package" ;;
	cross) wanted="$wanted $cross" ;;
	test)
		wanted="$wanted $test $cross"
		# Programs a machine may have from elsewhere.
		command -v node > /dev/null || wanted="$wanted nodejs"
		command -v npm > /dev/null || wanted="$wanted npm"
		command -v pip3 > /dev/null || wanted="$wanted python3-pip"
		command -v rustc > /dev/null || wanted="$wanted rustc"
		command -v javac > /dev/null || wanted="$wanted default-jdk-headless"
		command -v mvn > /dev/null || wanted="$wanted maven"
		command -v go > /dev/null || [ -x /usr/local/go/bin/go ] || wanted="$wanted golang-go"
		;;
	*)
		echo "install_packages.sh: unknown set '$set'; known: build demo test package cross" >&2
		exit 2
		;;
	esac
done

missing=
for package in $wanted; do
	dpkg-query -W -f '${db:Status-Status}' "$package" 2> /dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
echo "limpet: installing from Debian:$missing"
if [ "$(id -u)" != 0 ]; then
	echo "limpet: cannot install packages: not root; run as root: apt-get install$missing" >&2
	exit 1
fi
# Servers that come with a package are not to be started: every test and demo starts its own.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
	printf '#!/bin/sh\nexit 101\n' > $policy
	chmod 755 $policy
	trap 'rm -f $policy' EXIT
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q update > /dev/null
# shellcheck disable=SC2086
apt-get -q install -y --no-install-recommends $missing > /dev/null
