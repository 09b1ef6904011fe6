#!/bin/sh
# Fails when a script starts something in the background with its errors in a file that it also greps, and does not remove
# the file first: the shell truncates it in the new process, so who waits for a line may read it from an earlier run (one
# time in eight on a busy machine), and what then happens too early looks lost. Looks at the files it is given.
status=0
for script in "$@"; do
	grep -nE '2> ?[^ ]*stderr"?( < /dev/null)? &$' "$script" | while IFS= read -r line; do
		number=${line%%:*}
		file=$(printf '%s\n' "$line" | sed -E 's/.*2> ?([^ ]+) .*/\1/')
		grep -F -- "$file" "$script" | grep -q 'grep -q\|grep -c\|begin_when_watched' || continue
		head -n "$number" "$script" | tail -n 16 | grep -F -- "$file" | grep -q 'rm -f' ||
			echo "$script:$number: remove $file before who writes it starts"
	done
done | grep . && status=1
exit $status
