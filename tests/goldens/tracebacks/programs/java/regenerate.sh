#!/bin/sh
# Runs the programs and writes ../../java/*.txt and *.writes. The .json are written by hand: see
# tests/support/traceback_vectors.h. Needs a JDK 17, Maven with a repository, strace.
set -eu
cd "$(dirname "$0")"
out=$PWD/../../java
record=$PWD/../record_writes.py
app=$(mktemp -d)
cp ./*.java ./*.xml "$app"
(cd "$app" && mvn -q -B dependency:copy-dependencies -DoutputDirectory=lib > mvn.log 2>&1 &&
	javac -g -parameters -cp 'lib/*' -d classes ./*.java)
cd "$app"
spring=$(find lib -name '*.jar' ! -name 'log4j-core*' | tr '\n' ':')
log4j=$(find lib -name 'log4j-api*' -o -name 'log4j-core*' | tr '\n' ':')

run() { # $1 name, rest: arguments of java
	name=$1
	shift
	timeout 60 "$record" "$out/$name" --replace "$app=/srv/app" -- java "$@" || true
}

for way in uncaught cause suppressed multi_line empty thread pool circular jul_logging printed reflection; do
	run "$way" -cp classes com.shop.Shop "$way"
done
run overflow -XX:MaxJavaStackTraceDepth=300 -cp classes com.shop.Shop overflow
run out_of_memory -Xmx64m -cp classes com.shop.Shop out_of_memory
for layout in logback logback_root_first logback_json; do
	run "$layout" -Dlogback.configurationFile="$layout.xml" -cp "classes:$spring" com.shop.LoggedShop logback
done
run log4j -Dlog4j2.configurationFile=log4j2.xml -cp "classes:$log4j" com.shop.LoggedShop log4j
timeout 120 "$record" "$out/spring" --replace "$app=/srv/app" --from ' ERROR ' --request 18932 /buy -- \
	java -cp "classes:$spring" com.shop.SpringShop --server.port=18932 --spring.main.banner-mode=off
rm -rf "$app"
