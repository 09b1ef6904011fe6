#!/bin/sh
# Runs the programs and writes ../../node/*.txt and *.writes. The .json are written by hand: see
# tests/support/traceback_vectors.h. Needs node, npm with a registry, strace.
set -eu
cd "$(dirname "$0")"
out=$PWD/../../node
record=$PWD/../record_writes.py
app=$(mktemp -d)
cp ./*.js ./*.mjs "$app"
(cd "$app" && npm init -y && npm install express@4 pino winston) > /dev/null 2>&1

run() { # $1 name, rest: arguments of node
	name=$1
	shift
	(cd "$app" && "$record" "$out/$name" --replace "$app=/srv/app" -- node "$@") || true
}

for way in uncaught cause missing_file multi_line rejection rejected_value thrown_value any_of aggregate logged \
	evaluated emitted class_only deep warned inspected; do
	run "$way" "$app/shop.js" "$way"
done
run bad_syntax "$app/bad_syntax.js"
run module "$app/module.mjs"
run missing_export "$app/missing_export.mjs"
run missing_module "$app/nowhere.js"
run from_command_line -e 'throw new Error("from the command line")'
run pino "$app/loggers.js" pino
run winston "$app/loggers.js" winston
(cd "$app" && "$record" "$out/express" --replace "$app=/srv/app" --request 18931 /buy -- node "$app/express_server.js" 18931)
rm -rf "$app"
