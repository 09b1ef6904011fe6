#!/bin/sh
# Runs Shop.cs and writes ../../dotnet/*.txt and *.writes: see ../../dotnet/README.md. The .json are
# written by hand: see tests/support/traceback_vectors.h. Needs Debian's mono-mcs, python3 with pip and
# PyPI (dotnetcore2 carries the runtime of .NET Core 3.1), strace.
set -eu
cd "$(dirname "$0")"
out=$PWD/../../dotnet
record=$PWD/../record_writes.py
app=$(mktemp -d)
cp Shop.cs "$app"
cd "$app"
python3 -m pip download -q --no-deps -d wheel dotnetcore2==3.1.23
python3 -m zipfile -e wheel/*.whl runtime
dotnet=$app/runtime/dotnetcore2/bin/dotnet
chmod +x "$dotnet"
base=$(echo "$app"/runtime/dotnetcore2/bin/shared/Microsoft.NETCore.App/*)
mcs -noconfig -nostdlib -out:Shop.dll -r:"$base/System.Private.CoreLib.dll" -r:"$base/System.Runtime.dll" \
	-r:"$base/System.Net.Sockets.dll" Shop.cs
cat > Shop.runtimeconfig.json <<'EOF'
{"runtimeOptions": {"framework": {"name": "Microsoft.NETCore.App", "version": "3.1.0"},
                    "configProperties": {"System.Globalization.Invariant": true}}}
EOF
for way in uncaught inner awaited task_result aggregate generic constructor no_message system_error thread; do
	# The runtime writes to a copy of standard error.
	timeout 60 "$record" "$out/$way" --fds 7 --from 'Unhandled exception' --replace "$app=/srv/app" -- "$dotnet" Shop.dll "$way" || true
done
rm -rf "$app"
