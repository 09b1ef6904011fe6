/* Configures the opened programs: constants, sizes, and what is not loaded at all. */
#include "capture/probe_settings.h"

#include <bpf/libbpf.h>
#include <linux/types.h>
#include <unistd.h>
#include "shared/limits.h"
#include "shared/settings.h"
#include "probes.skel.h"

/* Only the programs and maps of one source are loaded. */
static void select_source(const struct probe_settings *settings, struct probes *probes)
{
	bool is_fentry = settings->source == SOURCE_FENTRY;

	bpf_program__set_autoload(probes->progs.on_syscall_enter, !is_fentry);
	bpf_program__set_autoload(probes->progs.on_syscall_exit, !is_fentry);
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
	bpf_program__set_autoattach(probes->progs.set_capture_mode, false);
}

/* Without crashes nothing but deaths is told. The tracepoint source keeps the trail by itself. */
static void select_crashes(const struct probe_settings *settings, struct probes *probes)
{
	bool has_crashes = settings->crash->enabled;

	bpf_program__set_autoload(probes->progs.on_signal_deliver, has_crashes);
	bpf_program__set_autoload(probes->progs.on_signal_generate, has_crashes);
	bpf_program__set_autoload(probes->progs.on_oom_victim, has_crashes);
	bpf_program__set_autoload(probes->progs.on_trail_call,
				  settings->has_trail && settings->source == SOURCE_FENTRY);
	bpf_map__set_autocreate(probes->maps.stack_pages, has_crashes);
	bpf_map__set_autocreate(probes->maps.crashing_processes, has_crashes);
	bpf_map__set_autocreate(probes->maps.saved_faults, has_crashes);
	bpf_map__set_autocreate(probes->maps.abort_places, has_crashes);
	bpf_map__set_autocreate(probes->maps.trails, settings->has_trail);
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
	ret->stack_pages = pages_of(settings->crash->stack_bytes);
	ret->thread_pages = pages_of(settings->crash->thread_stack_bytes);
	ret->crash_threads = (__u32)settings->crash->max_threads;
	ret->trace_all = settings->capture->trace_all;
	ret->has_crashes = settings->crash->enabled;
	ret->has_trail = settings->has_trail;
}

void probe_settings_apply(const struct probe_settings *settings, struct probes *probes)
{
	const struct capture_settings *capture = settings->capture;

	set_constants(settings, (struct kernel_settings *)&probes->rodata->settings);
	bpf_map__set_max_entries(probes->maps.events, (__u32)capture->ring_bytes);
	bpf_map__set_max_entries(probes->maps.stack_pages, (__u32)settings->crash->ring_bytes);
	bpf_map__set_max_entries(probes->maps.connections, (__u32)capture->max_connections);
	bpf_map__set_max_entries(probes->maps.traced_processes, (__u32)capture->max_processes);
	select_source(settings, probes);
	select_crashes(settings, probes);
}
