/* Load, attach, control: all libbpf calls of the agent are in this file. */
#include "capture/probe_loader.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/types.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "capture/kernel_features.h"
#include "capture/load_report.h"
#include "capture/probe_object.h"
#include "capture/probe_settings.h"
#include "process/python_version.h"
#include "shared/connection_state.h"
#include "shared/settings.h"
#include "probes.skel.h"

struct probe_loader {
	struct probes *probes;
	struct ring_buffer *ring;           /* traffic and processes */
	struct ring_buffer *crash_ring;     /* threads of crashes, signals, deaths, trails */
	struct ring_buffer *page_ring;      /* their stacks; NULL: crashes are not captured */
	struct ring_buffer *exception_ring; /* output and exceptions; NULL: not wanted */
	struct ring_buffer *beginning_ring; /* forks and programs; NULL: not a whole host */
	probe_loader_record_fn on_record;
	void *self;
	enum capture_source source;
	int epoll_fd; /* covers the rings that wake us */
	int drained, beginnings_drained;
};

static int on_ring_record(void *context, void *bytes, size_t size)
{
	struct probe_loader *loader = context;
	int stop = loader->on_record(loader->self, view_of(bytes, size));

	/* Draining a ring that fills as fast must not keep timers and signals waiting. */
	return ++loader->drained >= MAX_RECORDS_PER_DRAIN || stop ? -EAGAIN : 0;
}

/* Read amid others, so with a count of its own. */
static int on_beginning(void *context, void *bytes, size_t size)
{
	struct probe_loader *loader = context;

	(void)loader->on_record(loader->self, view_of(bytes, size));
	return ++loader->beginnings_drained >= MAX_RECORDS_PER_DRAIN ? -EAGAIN : 0;
}

/* Below 5.11 maps count against this limit (commit 97306be45fbe moved them to cgroups). */
static void raise_memory_limit(void)
{
	struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};

	(void)setrlimit(RLIMIT_MEMLOCK, &limit);
}

static int choose_source(struct probe_settings *settings)
{
	enum capture_source wanted = settings->capture->source;

	if (wanted != SOURCE_TRACEPOINT)
		(void)kernel_features_find(&settings->features);
	if (wanted == SOURCE_FENTRY && !settings->features.has_fentry)
		return -EOPNOTSUPP;
	settings->source = settings->features.has_fentry ? SOURCE_FENTRY : SOURCE_TRACEPOINT;
	return 0;
}

static int open_ring(struct ring_buffer **ret, struct probe_loader *loader,
		     const struct bpf_map *map)
{
	struct epoll_event event = {.events = EPOLLIN};
	struct ring_buffer *ring = ring_buffer__new(bpf_map__fd(map), on_ring_record, loader, NULL);

	if (!ring)
		return -errno;
	*ret = ring;
	event.data.fd = ring_buffer__epoll_fd(ring);
	return epoll_ctl(loader->epoll_fd, EPOLL_CTL_ADD, event.data.fd, &event) < 0 ? -errno : 0;
}

/* Whoever is told to read it, reads it: it wakes nobody. */
static int open_beginnings(struct probe_loader *loader, const struct probe_settings *settings)
{
	if (!settings->capture->trace_all)
		return 0;
	loader->beginning_ring = ring_buffer__new(bpf_map__fd(loader->probes->maps.beginnings),
						  on_beginning, loader, NULL);
	return loader->beginning_ring ? 0 : -errno;
}

/* Stack pages wake nobody: the crash's record, which follows them, does. */
static int open_rings(struct probe_loader *loader, const struct probe_settings *settings)
{
	const struct probes *probes = loader->probes;
	int err;

	loader->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (loader->epoll_fd < 0)
		return -errno;
	err = open_ring(&loader->ring, loader, probes->maps.events);
	if (err == 0)
		err = open_ring(&loader->crash_ring, loader, probes->maps.crash_records);
	if (err == 0 && probe_settings_has_exceptions(settings))
		err = open_ring(&loader->exception_ring, loader, probes->maps.exception_records);
	if (err == 0)
		err = open_beginnings(loader, settings);
	if (err < 0 || !settings->crash->enabled)
		return err;
	loader->page_ring = ring_buffer__new(bpf_map__fd(probes->maps.stack_pages), on_ring_record,
					     loader, NULL);
	return loader->page_ring ? 0 : -errno;
}

static bool try_uprobes(const struct probe_settings *settings)
{
	int err;

	if (!settings->has_tls && (!probe_settings_has_exceptions(settings) ||
				   settings->exceptions->probes == PROBES_OFF))
		return false;
	err = kernel_features_try_uprobe();
	/* Through perf it takes CAP_SYS_ADMIN where 6.16's fix was taken over (ba677dbe77af), by a
	 * link of many it does not. */
	if ((err == -EACCES || err == -EPERM) && kernel_features_try_uprobe_multi())
		return true;
	if (err < 0)
		log_info(
			"cannot watch functions of programs (%s): exceptions come from output alone, TLS is not read",
			strerror(-err));
	return err == 0;
}

static void unload(struct probe_loader *loader)
{
	cleanup_close(&loader->epoll_fd);
	ring_buffer__free(TAKE_PTR(loader->ring));
	ring_buffer__free(TAKE_PTR(loader->crash_ring));
	ring_buffer__free(TAKE_PTR(loader->page_ring));
	ring_buffer__free(TAKE_PTR(loader->exception_ring));
	ring_buffer__free(TAKE_PTR(loader->beginning_ring));
	probes__destroy(TAKE_PTR(loader->probes));
}

static int try_load(struct probe_loader *loader, const struct probe_settings *settings)
{
	int err;

	load_report_reset();
	loader->probes = probe_object_open(probe_object_wants_plain());
	if (!loader->probes)
		return -errno;
	err = probe_settings_apply(settings, loader->probes);
	if (err == 0)
		err = probes__load(loader->probes);
	if (err == 0)
		err = open_rings(loader, settings);
	return err < 0 ? err : probes__attach(loader->probes);
}

/* Each program on a line of its own, up to the point where all were left out. */
static void say_refused(const struct probe_settings *settings, int err)
{
	static const char *const rest =
		"some exceptions or TLS are not seen, or not as well; all else goes on";

	if (settings->has_no_optional)
		log_info("this kernel refuses what watches for exceptions (%s): %s", strerror(-err),
			 rest);
	for (uint32_t i = 0; !settings->has_no_optional && i < settings->refused_count; i++)
		log_info("this kernel refuses %s (%s): %s", settings->refused[i], strerror(-err),
			 rest);
}

/* A kernel may refuse what was never tried on it. Without privileges it refuses everything. */
static int load(struct probe_loader *loader, struct probe_settings *settings)
{
	int err = choose_source(settings), refused = 0;

	if (err < 0)
		return err;
	loader->source = settings->source;
	settings->has_uprobes = try_uprobes(settings);
	settings->has_uprobe_multi = settings->has_uprobes && kernel_features_try_uprobe_multi();
	while ((err = try_load(loader, settings)) < 0) {
		unload(loader);
		if (err == -EPERM || !probe_settings_leave_out(settings, load_report_program()))
			return err;
		refused = err;
	}
	say_refused(settings, refused);
	return 0;
}

int probe_loader_new(struct probe_loader **ret, const struct probe_loader_settings *wanted,
		     probe_loader_record_fn on_record, void *self)
{
	_cleanup_(probe_loader_free) struct probe_loader *loader = calloc(1, sizeof(*loader));
	struct probe_settings settings = {
		.capture = wanted->capture,
		.crash = wanted->crash,
		.exceptions = wanted->exceptions,
		.profile = wanted->profile,
		.has_trail = wanted->has_trail,
		.has_tls = wanted->has_tls,
		.has_syscalls = wanted->has_syscalls,
	};
	int err;

	if (!loader)
		return -ENOMEM;
	libbpf_set_print(load_report_print);
	libbpf_set_strict_mode(LIBBPF_STRICT_ALL);
	raise_memory_limit();
	loader->on_record = on_record;
	loader->self = self;
	loader->epoll_fd = -1;
	err = load(loader, &settings);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(loader);
	return 0;
}

void probe_loader_free(struct probe_loader **loader)
{
	if (!*loader)
		return;
	unload(*loader);
	free(*loader);
	*loader = NULL;
}

enum capture_source probe_loader_source(const struct probe_loader *loader)
{
	return loader->source;
}

int probe_loader_fd(const struct probe_loader *loader)
{
	return loader->epoll_fd;
}

static int drain(struct probe_loader *loader, struct ring_buffer *ring)
{
	int count;

	loader->drained = 0;
	count = ring_buffer__consume(ring);
	return count == -EAGAIN ? loader->drained : count;
}

int probe_loader_drain(struct probe_loader *loader)
{
	return drain(loader, loader->ring);
}

int probe_loader_drain_crashes(struct probe_loader *loader)
{
	int crashes = drain(loader, loader->crash_ring);
	int pages = crashes >= 0 && loader->page_ring ? drain(loader, loader->page_ring) : 0;

	return crashes < 0 ? crashes : pages < 0 ? pages : crashes + pages;
}

int probe_loader_drain_exceptions(struct probe_loader *loader)
{
	return loader->exception_ring ? drain(loader, loader->exception_ring) : 0;
}

void probe_loader_want_beginnings(struct probe_loader *loader, bool is_wanted)
{
	__atomic_store_n(&loader->probes->bss->executables_matter, is_wanted, __ATOMIC_SEQ_CST);
}

void probe_loader_drain_beginnings(struct probe_loader *loader)
{
	loader->beginnings_drained = 0;
	if (loader->beginning_ring)
		(void)ring_buffer__consume(loader->beginning_ring);
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

void probe_loader_ignore(struct probe_loader *loader, pid_t tgid, enum ignored_for reason)
{
	int map = bpf_map__fd(loader->probes->maps.ignored_processes);
	__u32 key = (__u32)tgid, value = reason;
	__u32 *bucket = &loader->probes->bss->filter_buckets[key & (FILTER_BUCKETS - 1)];

	if (!loader->probes->rodata->settings.trace_all)
		return;
	if (reason && bpf_map_update_elem(map, &key, &value, BPF_NOEXIST) == 0)
		__atomic_fetch_add(bucket, 1, __ATOMIC_SEQ_CST);
	else if (!reason && bpf_map_delete_elem(map, &key) == 0)
		__atomic_fetch_sub(bucket, 1, __ATOMIC_SEQ_CST);
}

void probe_loader_heed_all(struct probe_loader *loader)
{
	int map = bpf_map__fd(loader->probes->maps.ignored_processes);
	__u32 key = 0, next, reason;
	bool has_next = bpf_map_get_next_key(map, NULL, &next) == 0;

	while (has_next) {
		key = next;
		has_next = bpf_map_get_next_key(map, &key, &next) == 0;
		if (bpf_map_lookup_elem(map, &key, &reason) == 0 && reason == IGNORED_BY_RULE)
			probe_loader_ignore(loader, (pid_t)key, 0);
	}
}

void probe_loader_set_flags(struct probe_loader *loader, pid_t tgid, uint32_t flags)
{
	int map = bpf_map__fd(loader->probes->maps.traced_processes);
	__u32 key = (__u32)tgid;

	if (flags & PROCESS_IS_GO)
		__atomic_store_n(&loader->probes->bss->go_is_traced, 1, __ATOMIC_RELAXED);
	__atomic_fetch_or(&loader->probes->bss->flags_in_use, flags, __ATOMIC_RELAXED);
	/* In whole-host mode the table holds nothing but these flags; else only who is still traced
	 * gets them. */
	if (!loader->probes->rodata->settings.trace_all)
		(void)bpf_map_update_elem(map, &key, &flags, BPF_EXIST);
	else if (flags)
		(void)bpf_map_update_elem(map, &key, &flags, BPF_ANY);
	else
		(void)bpf_map_delete_elem(map, &key);
}

struct bpf_program *probe_loader_find_program(void *loader, const char *name)
{
	struct probes *probes = ((struct probe_loader *)loader)->probes;
	struct bpf_program *program = bpf_object__find_program_by_name(probes->obj, name);

	return program && bpf_program__fd(program) >= 0 ? program : NULL;
}

const struct bpf_object_skeleton *probe_loader_skeleton(const struct probe_loader *loader)
{
	return loader->probes->skeleton;
}

int probe_loader_link_fd(const struct probe_loader *loader, const char *program)
{
	const struct bpf_object_skeleton *skeleton = loader->probes->skeleton;

	for (int i = 0; i < skeleton->prog_cnt; i++)
		if (strcmp(skeleton->progs[i].name, program) == 0 && *skeleton->progs[i].link)
			return bpf_link__fd(*skeleton->progs[i].link);
	return -ENOENT;
}

int probe_loader_map_fd(const struct probe_loader *loader, const char *map)
{
	int fd = bpf_object__find_map_fd_by_name(loader->probes->obj, map);

	return fd < 0 ? -ENOENT : fd;
}

void probe_loader_set_fact(void *loader, pid_t tgid, enum runtime_fact kind, int fact)
{
	const struct probes *probes = ((struct probe_loader *)loader)->probes;
	const struct python_layout *layout;
	__u64 types = (__u64)fact;
	__u32 key = (__u32)tgid;

	if (kind == FACT_GO_TYPES)
		(void)bpf_map_update_elem(bpf_map__fd(probes->maps.go_types), &key, &types,
					  BPF_ANY);
	if (kind != FACT_PYTHON_MINOR)
		return;
	layout = python_version_layout(fact);
	if (layout)
		(void)bpf_map_update_elem(bpf_map__fd(probes->maps.python_layouts), &key, layout,
					  BPF_ANY);
}

int probe_loader_set_abort_place(struct probe_loader *loader, uint32_t index, uint64_t pc_offset,
				 uint64_t message_offset)
{
	/* struct abort_place of bpf/maps/abort_places.bpf.h */
	__u64 place[2] = {pc_offset, message_offset};

	if (!loader->page_ring)
		return -EOPNOTSUPP;
	return bpf_map_update_elem(bpf_map__fd(loader->probes->maps.abort_places), &index, place,
				   BPF_ANY) < 0
		       ? -errno
		       : 0;
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
