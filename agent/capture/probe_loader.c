/* Load, attach, control: all libbpf calls of the agent are in this file. */
#include "capture/probe_loader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include <sys/resource.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "capture/kernel_features.h"
#include "shared/settings.h"
#include "probes.skel.h"

#define MAX_RECORDS_PER_DRAIN 8192

struct probe_loader {
	struct probes *probes;
	struct ring_buffer *ring;
	probe_loader_record_fn on_record;
	void *self;
	enum capture_source source;
	int drained;
};

/* libbpf's output, one level lower: what matters of it is said again by whoever gives up. */
static int print_libbpf(enum libbpf_print_level level, const char *format, va_list args)
{
	char line[1024], escaped[2048];
	int size;

	if (level == LIBBPF_DEBUG || !log_is_enabled(LOG_LEVEL_DEBUG))
		return 0;
	size = vsnprintf(line, sizeof(line), format, args);
	if (size <= 0)
		return 0;
	if (size >= (int)sizeof(line))
		size = sizeof(line) - 1;
	if (line[size - 1] == '\n')
		size--;
	log_debug("%s", log_escape(view_of(line, (size_t)size), escaped, sizeof(escaped)));
	return 0;
}

static int on_ring_record(void *context, void *bytes, size_t size)
{
	struct probe_loader *loader = context;
	int stop = loader->on_record(loader->self, view_of(bytes, size));

	/* Draining a ring that fills as fast must not keep timers and signals waiting. */
	return ++loader->drained >= MAX_RECORDS_PER_DRAIN || stop ? -EAGAIN : 0;
}

/* Below 5.11 maps count against this limit (commit 97306be45fbe moved them to cgroups). */
static void raise_memory_limit(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	(void)setrlimit(RLIMIT_MEMLOCK, &limit);
}

static int choose_source(const struct capture_settings *settings,
			 struct kernel_features *ret_features, enum capture_source *ret)
{
	*ret_features = (struct kernel_features){0};
	if (settings->source != SOURCE_TRACEPOINT)
		(void)kernel_features_find(ret_features);
	if (settings->source == SOURCE_FENTRY && !ret_features->has_fentry)
		return -EOPNOTSUPP;
	*ret = ret_features->has_fentry ? SOURCE_FENTRY : SOURCE_TRACEPOINT;
	return 0;
}

/* Only the programs and maps of one source are loaded. */
static void select_programs(struct probes *probes, enum capture_source source,
			    const struct kernel_features *features)
{
	bool is_fentry = source == SOURCE_FENTRY;

	bpf_program__set_autoload(probes->progs.on_syscall_enter, !is_fentry);
	bpf_program__set_autoload(probes->progs.on_syscall_exit, !is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_send, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_send_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_receive, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_receive_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_splice_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_tcp_send_page_return,
				  is_fentry && features->has_send_page);
	bpf_program__set_autoload(probes->progs.on_unix_send, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_send_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_receive, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_receive_return, is_fentry);
	bpf_program__set_autoload(probes->progs.on_unix_release, is_fentry);
	bpf_map__set_autocreate(probes->maps.task_calls, is_fentry);
	bpf_program__set_autoattach(probes->progs.set_capture_mode, false);
}

static void configure(struct probes *probes, const struct capture_settings *settings)
{
	struct kernel_settings *kernel = (struct kernel_settings *)&probes->rodata->settings;

	kernel->agent_tgid = (__u32)getpid();
	kernel->capture_bytes = (__u32)settings->segment_bytes;
	kernel->undecided_bytes = (__u32)settings->undecided_bytes;
	kernel->wakeup_bytes = (__u32)(settings->ring_bytes / 4);
	kernel->trace_all = settings->trace_all;
	bpf_map__set_max_entries(probes->maps.events, (__u32)settings->ring_bytes);
	bpf_map__set_max_entries(probes->maps.connections, (__u32)settings->max_connections);
	bpf_map__set_max_entries(probes->maps.traced_processes, (__u32)settings->max_processes);
}

int probe_loader_new(struct probe_loader **ret, const struct capture_settings *settings,
		     probe_loader_record_fn on_record, void *self)
{
	_cleanup_(probe_loader_free) struct probe_loader *loader = calloc(1, sizeof(*loader));
	struct kernel_features features;
	int err;

	if (!loader)
		return -ENOMEM;
	libbpf_set_print(print_libbpf);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	raise_memory_limit();
	loader->on_record = on_record;
	loader->self = self;
	err = choose_source(settings, &features, &loader->source);
	if (err < 0)
		return err;
	loader->probes = probes__open();
	if (!loader->probes)
		return -errno;
	configure(loader->probes, settings);
	select_programs(loader->probes, loader->source, &features);
	err = probes__load(loader->probes);
	if (err < 0)
		return err;
	loader->ring = ring_buffer__new(bpf_map__fd(loader->probes->maps.events), on_ring_record,
					loader, NULL);
	if (!loader->ring)
		return -errno;
	err = probes__attach(loader->probes);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(loader);
	return 0;
}

void probe_loader_free(struct probe_loader **loader)
{
	if (!*loader)
		return;
	ring_buffer__free((*loader)->ring);
	probes__destroy((*loader)->probes);
	free(*loader);
	*loader = NULL;
}

enum capture_source probe_loader_source(const struct probe_loader *loader)
{
	return loader->source;
}

int probe_loader_fd(const struct probe_loader *loader)
{
	return ring_buffer__epoll_fd(loader->ring);
}

int probe_loader_drain(struct probe_loader *loader)
{
	int count;

	loader->drained = 0;
	count = ring_buffer__consume(loader->ring);
	return count == -EAGAIN ? loader->drained : count;
}

void probe_loader_sleep(struct probe_loader *loader)
{
	__atomic_store_n(&loader->probes->bss->agent_sleeps, 1, __ATOMIC_SEQ_CST);
}

int probe_loader_trace(struct probe_loader *loader, pid_t tgid)
{
	int map = bpf_map__fd(loader->probes->maps.traced_processes);
	__u32 key = (__u32)tgid, flags = 0;

	if (bpf_map_update_elem(map, &key, &flags, BPF_NOEXIST) < 0)
		return errno == EEXIST ? 0 : errno == E2BIG ? -ENOSPC : -errno;
	__atomic_fetch_add(&loader->probes->bss->filter_buckets[key & (FILTER_BUCKETS - 1)], 1,
			   __ATOMIC_SEQ_CST);
	return 0;
}

void probe_loader_set_go(struct probe_loader *loader, pid_t tgid)
{
	int map = bpf_map__fd(loader->probes->maps.traced_processes);
	__u32 key = (__u32)tgid, flags = PROCESS_IS_GO;

	__atomic_store_n(&loader->probes->bss->go_is_traced, 1, __ATOMIC_RELAXED);
	/* In whole-host mode the table holds nothing but these flags; else only who is still traced
	 * gets them. */
	(void)bpf_map_update_elem(map, &key, &flags,
				  loader->probes->rodata->settings.trace_all ? BPF_ANY : BPF_EXIST);
}

void probe_loader_set_mode(struct probe_loader *loader,
			   const struct connection_identity *connection, enum capture_mode mode)
{
	__u64 args[3] = {connection->socket, connection->id, mode};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = args, .ctx_size_in = sizeof(args));

	/* A connection that is gone needs no mode. */
	(void)bpf_prog_test_run_opts(bpf_program__fd(loader->probes->progs.set_capture_mode),
				     &options);
}

int probe_loader_read_state(struct probe_loader *loader,
			    const struct connection_identity *connection,
			    struct connection_state *ret)
{
	int map = bpf_map__fd(loader->probes->maps.connections);
	struct connection_state state;

	if (bpf_map_lookup_elem(map, &connection->socket, &state) < 0)
		return -errno;
	if (state.connection != connection->id)
		return -ENOENT;
	*ret = state;
	return 0;
}

void probe_loader_forget(struct probe_loader *loader, const struct connection_identity *connection)
{
	struct connection_state state;

	if (probe_loader_read_state(loader, connection, &state) == 0)
		(void)bpf_map_delete_elem(bpf_map__fd(loader->probes->maps.connections),
					  &connection->socket);
}

/*
 * A task preempted inside one of our programs keeps others on its CPU out of the same program: the
 * kernel skips those runs and counts them (bpf_prog_info.recursion_misses, 5.12).
 */
static uint64_t count_skipped(const struct probe_loader *loader)
{
	struct bpf_program *program;
	uint64_t total = 0;

	bpf_object__for_each_program(program, loader->probes->obj)
	{
		struct bpf_prog_info info = {0};
		__u32 size = sizeof(info);

		if (bpf_program__fd(program) >= 0 &&
		    bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &size) == 0)
			total += info.recursion_misses;
	}
	return total;
}

void probe_loader_read_drops(struct probe_loader *loader, struct drops *drops)
{
	int map = bpf_map__fd(loader->probes->maps.drops);
	int cpus = libbpf_num_possible_cpus();
	_cleanup_(cleanup_free) __u64 *counts =
		cpus > 0 ? calloc((size_t)cpus, sizeof(*counts)) : NULL;

	drops_set(drops, DROP_PROGRAM_SKIPPED, count_skipped(loader));
	if (!counts)
		return;
	for (__u32 reason = 0; reason < DROP_REASONS_KERNEL_COUNT; reason++) {
		__u64 total = 0;

		if (bpf_map_lookup_elem(map, &reason, counts) < 0)
			continue;
		for (int cpu = 0; cpu < cpus; cpu++)
			total += counts[cpu];
		drops_set(drops, (enum drop_reason)reason, total);
	}
}
