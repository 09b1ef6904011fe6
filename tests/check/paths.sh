#!/bin/sh
# Nothing of one machine or one network gets into the repository, and nothing is left to do later.
set -u
cd "$(dirname "$0")/../.."
status=0

forbid() { # $1 pattern, $2 why
	if found=$(git ls-files -z | xargs -0 grep -nIE -e "$1" -- 2> /dev/null | grep -v '^tests/check/paths.sh:'); then
		printf '%s:\n%s\n' "$2" "$found"
		status=1
	fi
}

forbid '(^|[^A-Za-z0-9_.$}-])/(work|root|home/[a-z]+)/' "a path of one machine"
forbid 'https?://[^/ ]*(registry|artifactory|nexus|mirror|proxy\.golang|goproxy)[^/ ]*' "the host of a registry or mirror"
forbid '\b(TODO|FIXME|XXX|HACK)\b' "something left to do"
forbid '^(<<<<<<<|>>>>>>>) ' "a merge that was not finished"
exit $status
