# Packages of another Debian suite or architecture than this machine's, from where it gets its own; sourced. Nothing is
# installed: the lists live in a private apt state. Expects a function `cannot`, which ends the script with a reason.

list_sites() {
	apt-get indextargets --format '$(RELEASE) $(SITE) $(SIGNED_BY)' 'Created-By: Packages' 2> /dev/null
}
# apt's last word on what went wrong: the indented line below an "Err:", else its first error.
why() {
	awk '/^Err:/ { below = 1; next } below && /^ / { sub(/^ +/, ""); print; found = 1; exit } /^E:/ && !error { error = $0 }
		END { if (!found) print error }' "$apt_state/log"
}
open_suite() { # $1 folder for apt's state, $2 suite, $3 architecture (amd64): sets apt_state, apt_options
	local suite=$2 architecture=${3:-amd64} main_site security_site keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	apt_state=$1
	mkdir -p "$apt_state/lists/partial" "$apt_state/cache/archives/partial"
	# The site of a plain suite, and the site of a -security one.
	main_site=$(list_sites | awk '$1 !~ /-/ && /debian/ { print $2; exit }')
	security_site=$(list_sites | awk '$1 ~ /-security$/ { print $2; exit }')
	[ -n "$main_site" ] || cannot "this machine has no Debian package source configured (apt-get indextargets)"
	[ -s $keyring ] || cannot "no $keyring to check signatures with; install debian-archive-keyring"
	{
		echo "deb [arch=$architecture signed-by=$keyring] $main_site $suite main"
		if [ -n "$security_site" ] && [ "$suite" != sid ]; then
			echo "deb [arch=$architecture signed-by=$keyring] $security_site $suite-security main"
		fi
	} > "$apt_state/sources.list"
	: > "$apt_state/status"
	# Old suites are signed but no longer re-signed: their date is not checked, their signature is.
	apt_options=(
		-q -o APT::Architecture="$architecture" -o APT::Architectures="$architecture"
		-o Dir::Etc::SourceList="$apt_state/sources.list" -o Dir::Etc::SourceParts=-
		-o Dir::State::Lists="$apt_state/lists" -o Dir::State::Status="$apt_state/status" -o Dir::Cache="$apt_state/cache"
		-o Acquire::Languages=none -o Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false
		-o Acquire::Check-Valid-Until=false -o Acquire::Retries=2 -o Acquire::http::Timeout=30 -o APT::Sandbox::User=
		-o APT::Get::AllowUnauthenticated=false
	)
	echo "$(basename "$0"): reading the package list of Debian $suite" >&2
	apt-get "${apt_options[@]}" -o APT::Update::Error-Mode=any update > "$apt_state/log" 2>&1 ||
		cannot "package list of $suite: $(why)"
}
