/* Configures the opened programs: constants, sizes, and what is not loaded at all. */
#include "capture/probe_settings.h"

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/clock.h"
#include "capture/output_markers.h"
#include "capture/runtime_probes.h"
#include "capture/tls_libraries.h"
#include "settings/descriptor_list.h"
#include "settings/port_list.h"
#include "shared/limits.h"
#include "shared/profile_record.h"
#include "shared/settings.h"
#include "probes.skel.h"

/* Of a host's processes few are services. */
#define IGNORED_PER_TRACED   4
#define BEGINNINGS_PART      8 /* of the ring of traffic */
#define MIN_BEGINNINGS_BYTES 65536

/* Samples that wake the agent: of one second at most. */
#define WAKING_SAMPLES 32

#define OUTPUT_PROGRAM        "on_output_call"
#define OUTPUT_RETURN_PROGRAM "on_output_return"

/* Only the programs and maps of one source are loaded. */
static void select_source(const struct probe_settings *settings, struct probes *probes)
{
	bool has_spans = !settings->capture->has_no_spans;
	bool is_fentry = settings->source == SOURCE_FENTRY && has_spans;
	bool is_tracepoint = settings->source != SOURCE_FENTRY && has_spans;

	bpf_program__set_autoload(probes->progs.on_syscall_enter, is_tracepoint);
	bpf_program__set_autoload(probes->progs.on_syscall_exit, is_tracepoint);
	bpf_program__set_autoload(probes->progs.on_tcp_send, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_send_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_receive, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_receive_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_splice_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_send_page_return,
				  is_fentry && settings->features.has_send_page);
	bpf_program__set_autoload(probes->progs.on_unix_send, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_send_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_receive, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_receive_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_release, is_fentry);
	bpf_map__set_autocreate(probes->maps.task_calls, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_state, has_spans);
	bpf_program__set_autoattach(probes->progs.set_capture_mode, false);
}

/* Datagrams of DNS: the tracepoint source has them by itself. The list was checked when the
 * settings were read. */
static void select_datagrams(const struct probe_settings *settings, struct probes *probes)
{
	struct kernel_settings *constants = (struct kernel_settings *)&probes->rodata->settings;
	bool is_fentry = settings->source == SOURCE_FENTRY && !settings->capture->has_no_spans;
	bool has_udp, has_udp6;

	_Static_assert(MAX_LISTED_PORTS == MAX_DNS_PORTS, "as many as the programs look for");
	if (port_list_parse(view_of_text(settings->capture->dns_ports), constants->dns_ports) < 0)
		memset(constants->dns_ports, 0, sizeof(constants->dns_ports));
	has_udp = is_fentry && settings->features.has_udp && constants->dns_ports[0];
	has_udp6 = is_fentry && settings->features.has_udp6 && constants->dns_ports[0];
	bpf_program__set_autoload(probes->progs.on_udp_send, has_udp);
	bpf_program__set_autoload(probes->progs.on_udp_receive_return, has_udp);
	bpf_program__set_autoload(probes->progs.on_udp6_send, has_udp6);
	bpf_program__set_autoload(probes->progs.on_udp6_receive_return, has_udp6);
}

/* Without crashes nothing but deaths is told. The tracepoint source keeps the trail by itself. */
static void select_crashes(const struct probe_settings *settings, struct probes *probes)
{
	bool has_crashes = settings->crash->enabled;

	bpf_program__set_autoload(probes->progs.on_signal_deliver, has_crashes);
	bpf_program__set_autoload(probes->progs.on_fatal_program,
				  has_crashes && settings->capture->trace_all);
	bpf_program__set_autoload(probes->progs.on_signal_generate, has_crashes);
	bpf_program__set_autoload(probes->progs.on_oom_victim, has_crashes);
	bpf_program__set_autoload(probes->progs.on_trail_call,
				  settings->has_trail && (settings->source == SOURCE_FENTRY ||
							  settings->capture->has_no_spans));
	bpf_map__set_autocreate(probes->maps.stack_pages, has_crashes);
	bpf_map__set_autocreate(probes->maps.crashing_processes, has_crashes);
	bpf_map__set_autocreate(probes->maps.saved_faults, has_crashes);
	bpf_map__set_autocreate(probes->maps.abort_places, has_crashes);
	bpf_map__set_autocreate(probes->maps.trails, settings->has_trail);
}

bool probe_settings_wants_trail(const struct settings *settings)
{
	enum breadcrumb_setting wanted = settings->crash.breadcrumbs;

	return settings->crash.enabled &&
	       (wanted == BREADCRUMBS_ALL ||
		(wanted == BREADCRUMBS_AUTO && settings->command == COMMAND_RUN));
}

bool probe_settings_has_exceptions(const struct probe_settings *settings)
{
	return settings->exceptions->enabled && settings->crash->enabled;
}

/* The list was checked when the settings were read. */
static __u64 descriptors_of(const struct probe_settings *settings)
{
	struct view list = view_of_text(settings->exceptions->descriptors);
	uint64_t mask = 0;

	if (!probe_settings_has_exceptions(settings) || descriptor_list_parse(list, &mask) < 0)
		return 0;
	return mask;
}

static bool is_refused(const struct probe_settings *settings, const char *program)
{
	for (uint32_t i = 0; i < settings->refused_count; i++)
		if (strcmp(settings->refused[i], program) == 0)
			return true;
	return settings->has_no_optional;
}

/* Without anything to look for, output is not looked at. */
static int select_exceptions(const struct probe_settings *settings, struct probes *probes)
{
	struct output_tables *tables = (struct output_tables *)&probes->rodata->output_tables;
	bool has_output, has_return;
	int err = output_markers_build(tables, traceback_languages);

	if (err < 0)
		return err;
	has_output = descriptors_of(settings) && tables->markers_count + tables->openings_count &&
		     !is_refused(settings, OUTPUT_PROGRAM);
	((struct kernel_settings *)&probes->rodata->settings)->has_output = has_output;
	has_return = has_output && !is_refused(settings, OUTPUT_RETURN_PROGRAM);
	((struct kernel_settings *)&probes->rodata->settings)->has_output_return = has_return;
	bpf_program__set_autoload(probes->progs.on_output_call, has_output);
	bpf_program__set_autoload(probes->progs.on_output_return, has_return);
	bpf_map__set_autocreate(probes->maps.output_retries, has_output);
	bpf_map__set_autocreate(probes->maps.output_streams, has_output);
	bpf_map__set_autocreate(probes->maps.output_budgets, has_output);
	bpf_map__set_autocreate(probes->maps.output_tails, has_output);
	bpf_map__set_autocreate(probes->maps.exception_records,
				probe_settings_has_exceptions(settings));
	bpf_map__set_max_entries(probes->maps.exception_records,
				 (__u32)settings->exceptions->ring_bytes);
	return 0;
}

/* They are attached where their functions are, one by one. A program of several rows is hot only if
 * all of these are. */
static void select_runtimes(const struct probe_settings *settings, struct probes *probes)
{
	enum probe_setting wanted = settings->exceptions->probes;
	bool is_whole_host = settings->capture->trace_all, has_throws;
	bool has_any = probe_settings_has_exceptions(settings) && settings->has_uprobes &&
		       wanted != PROBES_OFF;
	struct bpf_program *program;

	for (const struct runtime_probe_row *row = runtime_probe_table; row->name; row++) {
		program = bpf_object__find_program_by_name(probes->obj, row->program);
		bpf_program__set_autoload(program, false);
		bpf_program__set_autoattach(program, false);
	}
	for (const struct runtime_probe_row *row = runtime_probe_table; row->name; row++) {
		program = bpf_object__find_program_by_name(probes->obj, row->program);
		if (has_any && runtime_probe_table_wants(row, wanted, is_whole_host) &&
		    !is_refused(settings, row->program))
			bpf_program__set_autoload(program, true);
	}
	has_throws = bpf_program__autoload(probes->progs.on_cpp_throw);
	((struct kernel_settings *)&probes->rodata->settings)->has_throws = has_throws;
	bpf_map__set_autocreate(probes->maps.cpp_throws, has_throws);
	bpf_map__set_autocreate(probes->maps.throw_budgets, has_throws);
	bpf_map__set_autocreate(probes->maps.go_types, has_any);
	bpf_map__set_autocreate(probes->maps.raised_panics, has_any);
	bpf_map__set_autocreate(probes->maps.python_layouts, has_any);
	bpf_map__set_autocreate(probes->maps.python_displays, has_any);
}

/* All of them or none: a call that begins must end. */
static void select_tls(const struct probe_settings *settings, struct probes *probes)
{
	bool has_tls = settings->has_tls && settings->has_uprobes;
	const struct runtime_probe_row *row;
	struct bpf_program *program;

	for (uint32_t i = 0; (row = runtime_probe_table_row(tls_libraries, i)); i++)
		has_tls = has_tls && !is_refused(settings, row->program);
	for (uint32_t i = 0; (row = runtime_probe_table_row(tls_libraries, i)); i++) {
		program = bpf_object__find_program_by_name(probes->obj, row->program);
		bpf_program__set_autoload(program, has_tls);
		bpf_program__set_autoattach(program, false);
	}
	((struct kernel_settings *)&probes->rodata->settings)->has_tls = has_tls;
	bpf_map__set_autocreate(probes->maps.tls_threads, has_tls);
	bpf_map__set_autocreate(probes->maps.tls_sessions, has_tls);
	bpf_map__set_autocreate(probes->maps.tls_calls, has_tls);
}

/* A program is loaded for one way to attach it. */
static void select_links(const struct probe_settings *settings, struct probes *probes,
			 const struct runtime_probe_library *libraries)
{
	const struct runtime_probe_row *row;

	for (uint32_t i = 0; (row = runtime_probe_table_row(libraries, i)); i++)
		(void)bpf_program__set_expected_attach_type(
			bpf_object__find_program_by_name(probes->obj, row->program),
			settings->has_uprobe_multi ? PROBE_LINK_MULTI : 0);
}

/* on_profile_tick is attached to its perf events by profile_source.c. */
static void select_profile(const struct probe_settings *settings, struct probes *probes)
{
	struct kernel_settings *constants = (struct kernel_settings *)&probes->rodata->settings;
	const struct profile_settings *profile = settings->profile;
	bool has_profile = profile && profile->frequency_hz;
	bool has_off_cpu = has_profile && profile->off_cpu_ms;

	bpf_program__set_autoload(probes->progs.on_profile_tick, has_profile);
	bpf_program__set_autoattach(probes->progs.on_profile_tick, false);
	bpf_program__set_autoload(probes->progs.on_profile_switch, has_off_cpu);
	bpf_program__set_autoload(probes->progs.on_profile_return, has_off_cpu);
	bpf_map__set_autocreate(probes->maps.profile_samples, has_profile);
	bpf_map__set_autocreate(probes->maps.profile_pages, has_profile);
	bpf_map__set_autocreate(probes->maps.python_runtimes, has_profile);
	bpf_map__set_autocreate(probes->maps.off_cpu_threads, has_off_cpu);
	if (!has_profile)
		return;
	bpf_map__set_max_entries(probes->maps.profile_pages, (__u32)profile->ring_bytes);
	constants->sample_pages =
		(__u32)((profile->stack_bytes + STACK_PAGE_BYTES - 1) / STACK_PAGE_BYTES);
	constants->off_cpu_ns = profile->off_cpu_ms * NS_PER_MS;
	constants->profile_wakeup_bytes = WAKING_SAMPLES * sizeof(struct profile_sample_record);
}

static bool is_optional(const char *program)
{
	const struct runtime_probe_row *row;

	for (uint32_t i = 0; (row = runtime_probe_table_row(tls_libraries, i)); i++)
		if (strcmp(row->program, program) == 0)
			return true;
	for (uint32_t i = 0; (row = runtime_probe_table_row(runtime_probe_runtimes, i)); i++)
		if (strcmp(row->program, program) == 0)
			return true;
	return strcmp(program, OUTPUT_PROGRAM) == 0 || strcmp(program, OUTPUT_RETURN_PROGRAM) == 0;
}

bool probe_settings_leave_out(struct probe_settings *settings, const char *program)
{
	if (!(probe_settings_has_exceptions(settings) || settings->has_tls) ||
	    is_refused(settings, program))
		return false;
	if (is_optional(program) && settings->refused_count < MAX_REFUSED_PROGRAMS)
		(void)snprintf(settings->refused[settings->refused_count++],
			       sizeof(settings->refused[0]), "%s", program);
	else
		settings->has_no_optional = true;
	return true;
}

static void select_syscalls(const struct probe_settings *settings, struct probes *probes)
{
	bpf_program__set_autoload(probes->progs.on_count_begin, settings->has_syscalls);
	bpf_program__set_autoload(probes->progs.on_count_end, settings->has_syscalls);
	bpf_map__set_autocreate(probes->maps.syscall_counts, settings->has_syscalls);
	bpf_map__set_autocreate(probes->maps.syscall_errors, settings->has_syscalls);
	bpf_map__set_autocreate(probes->maps.syscall_begins, settings->has_syscalls);
}

static __u32 pages_of(uint64_t size_bytes)
{
	uint64_t pages = (size_bytes + STACK_PAGE_BYTES - 1) / STACK_PAGE_BYTES;

	return pages < MAX_STACK_PAGES ? (__u32)pages : MAX_STACK_PAGES;
}

static void set_constants(const struct probe_settings *settings, struct kernel_settings *ret)
{
	ret->agent_tgid = (__u32)getpid();
	ret->capture_bytes = (__u32)settings->capture->segment_bytes;
	ret->undecided_bytes = (__u32)settings->capture->undecided_bytes;
	ret->wakeup_bytes = (__u32)(settings->capture->ring_bytes / 4);
	ret->ring_bytes = (__u32)settings->capture->ring_bytes;
	ret->stack_pages = pages_of(settings->crash->stack_bytes);
	ret->thread_pages = pages_of(settings->crash->thread_stack_bytes);
	ret->crash_threads = (__u32)settings->crash->max_threads;
	ret->trace_all = settings->capture->trace_all;
	ret->has_crashes = settings->crash->enabled;
	ret->has_trail = settings->has_trail;
	ret->output_descriptors = descriptors_of(settings);
	ret->output_bytes = settings->exceptions->output_bytes < UINT32_MAX
				    ? (__u32)settings->exceptions->output_bytes
				    : UINT32_MAX;
	ret->exception_wakeup_bytes = (__u32)(settings->exceptions->ring_bytes / 4);
}

static void size_whole_host(const struct capture_settings *capture, struct probes *probes)
{
	size_t beginnings_bytes = capture->ring_bytes / BEGINNINGS_PART;

	bpf_map__set_max_entries(probes->maps.ignored_processes,
				 (__u32)capture->max_processes * IGNORED_PER_TRACED);
	bpf_map__set_max_entries(probes->maps.beginnings, beginnings_bytes < MIN_BEGINNINGS_BYTES
								  ? MIN_BEGINNINGS_BYTES
								  : (__u32)beginnings_bytes);
}

static void leave_whole_host(struct probes *probes)
{
	bpf_map__set_autocreate(probes->maps.traffic_shares, false);
	bpf_map__set_autocreate(probes->maps.beginnings, false);
}

int probe_settings_apply(const struct probe_settings *settings, struct probes *probes)
{
	const struct capture_settings *capture = settings->capture;

	set_constants(settings, (struct kernel_settings *)&probes->rodata->settings);
	bpf_map__set_max_entries(probes->maps.events, (__u32)capture->ring_bytes);
	bpf_map__set_max_entries(probes->maps.stack_pages, (__u32)settings->crash->ring_bytes);
	bpf_map__set_max_entries(probes->maps.connections, (__u32)capture->max_connections);
	bpf_map__set_max_entries(probes->maps.traced_processes, (__u32)capture->max_processes);
	if (capture->trace_all)
		size_whole_host(capture, probes);
	else
		leave_whole_host(probes);
	select_source(settings, probes);
	select_datagrams(settings, probes);
	select_crashes(settings, probes);
	select_syscalls(settings, probes);
	select_runtimes(settings, probes);
	select_tls(settings, probes);
	select_profile(settings, probes);
	select_links(settings, probes, runtime_probe_runtimes);
	select_links(settings, probes, tls_libraries);
	return select_exceptions(settings, probes);
}
