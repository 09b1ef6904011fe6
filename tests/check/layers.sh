#!/bin/sh
# Fails when a file includes a folder that its own folder may not see. The table is the one in HACKING.md.
set -u
cd "$(dirname "$0")/../.."
status=0

rule() { # $1 folder, rest: what its files may include ("folder/" or one "folder/file.h"), besides their own folder
	folder=$1
	own=${folder#agent/}
	own=${own#bpf/}
	shift
	[ -d "$folder" ] || return 0
	for line in $(grep -rnoE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]+"' --include='*.[ch]' "$folder" | tr -d ' \t'); do
		target=${line##*include\"}
		target=${target%\"}
		place=${line%%#*}
		for allowed in "$own/" "$@"; do
			case $target in
			exporters/*/*) [ "$target" != "${target#"$own/"}" ] && continue 2 ;;
			"$allowed" | "$allowed"*) continue 2 ;;
			esac
		done
		echo "${place%:} $folder may not include $target"
		status=1
	done
}

rule bpf/shared
rule bpf/maps shared/ lib/kernel_types.bpf.h
rule bpf/lib shared/ maps/
rule bpf/probes shared/ maps/ lib/
rule agent/base shared/
rule agent/model base/ shared/
rule agent/settings base/ shared/
rule agent/protocols base/ model/ shared/
# The reader of Go's table is pure: uprobes on stripped Go programs need its names where the files are held open.
rule agent/process base/ model/ settings/ shared/ symbols/go_pclntab.h
rule agent/tracebacks base/ model/ shared/
rule agent/symbols base/ model/ shared/
# Asks container runtimes; the last one is generated from its proto/.
rule agent/containers base/ model/ settings/ process/container_component.h cri.pb-c.h
rule agent/capture base/ model/ settings/ protocols/ process/ tracebacks/ shared/ probes.skel.h
rule agent/connection base/ model/ settings/ protocols/ process/ shared/
rule agent/tracing base/ model/ settings/ protocols/ process/ shared/
# An image's name is the same thing to both.
rule agent/kubernetes base/ model/ settings/ process/ containers/image_reference.h shared/
rule agent/unwinding base/ model/ symbols/ shared/
rule agent/crash base/ model/ settings/ process/ symbols/ unwinding/ shared/
rule agent/exceptions base/ model/ settings/ process/ tracebacks/ crash/ shared/
rule agent/profile base/ model/ settings/ process/ unwinding/ crash/crash_images.h crash/syscall_name.h tracebacks/python_string.h shared/
rule agent/discovery base/ model/ settings/ process/ shared/
rule agent/processors base/ model/ settings/
# Which TLS library is which, and what could be seen of it, only the registry of the probes says.
rule agent/check base/ model/ settings/ process/ shared/ capture/tls_libraries.h capture/runtime_probes.h capture/probed_file.h
# Commands stand above the session, which stands above everything.
rule agent/manual base/ settings/ shared/
rule agent/commands base/ model/ settings/ capture/ process/process_state.h service/ attach_report.h attach_target.h session.h session_signals.h session_watch.h pipeline.h destinations.h totals.h recording_diff.h screen_destination.h exporters/exporter.h
rule agent/delivery base/ model/ settings/ exporters/exporter.h
# The status is plain values that the rooms above fill: it knows none of them.
rule agent/service base/ model/ settings/ shared/
# What happened, brought together before anybody draws it.
rule agent/overview base/ model/
rule agent/terminal base/ model/ settings/ overview/ exporters/exporter.h
# It shows what the terminal shows, in another place.
rule agent/screen base/ model/ overview/ terminal/ exporters/exporter.h shared/
rule agent/report base/ model/ overview/ exporters/exporter.h exporters/json_writer.h shared/
for exporter in exporters/*/; do
	exporter=${exporter%/}
	rule "$exporter" base/ model/ exporters/ opentelemetry/ google/ # the last two: generated from proto/
done

# Files that stand at the top of exporters/ know the interface and, in the registry, each exporter's own header.
for line in $(grep -noE '^#include "[^"]+"' exporters/*.[ch] | tr -d ' '); do
	target=${line##*include\"}
	case ${target%\"} in
	base/* | model/* | exporters/*) ;;
	*)
		echo "${line%%#*} exporters/ may not include ${target%\"}"
		status=1
		;;
	esac
done

# A room nobody wrote a rule for.
for folder in agent/*/ bpf/*/; do
	folder=${folder%/}
	grep -q "^rule $folder\( \|\$\)" "$0" || {
		echo "$folder has no rule in tests/check/layers.sh"
		status=1
	}
done
exit $status
