/* The processor's cycles first; where there is no counter (most virtual machines) the kernel's CPU
 * clock, which is as even. All CPUs tick by the same. */
#include "capture/profile_source.h"

#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "capture/cpu_list.h"

#define TICK_PROGRAM "on_profile_tick"

struct profile_source {
	struct ring_buffer *samples;
	struct ring_buffer *pages;
	const struct bpf_program *program;
	struct bpf_link **links; /* one per CPU; NULL: offline */
	bool *is_online;         /* room for a list */
	size_t cpus_count;
	uint64_t frequency_hz;
	bool is_hardware;
	probe_loader_record_fn on_record;
	void *self;
	int drained;
};

static int on_ring_record(void *context, void *bytes, size_t size)
{
	struct profile_source *source = context;

	(void)source->on_record(source->self, view_of(bytes, size));
	return ++source->drained >= MAX_RECORDS_PER_DRAIN ? -EAGAIN : 0;
}

static int open_event(const struct profile_source *source, int cpu)
{
	struct perf_event_attr attr = {
		.type = source->is_hardware ? PERF_TYPE_HARDWARE : PERF_TYPE_SOFTWARE,
		.config = source->is_hardware ? PERF_COUNT_HW_CPU_CYCLES : PERF_COUNT_SW_CPU_CLOCK,
		.size = sizeof(attr),
		.freq = 1,
		.sample_freq = source->frequency_hz,
	};
	long fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

/* -ENODEV: that CPU is offline. */
static int attach_cpu(struct profile_source *source, size_t cpu)
{
	_cleanup_(cleanup_close) int fd = open_event(source, (int)cpu);
	struct bpf_link *link;

	if (fd < 0)
		return fd;
	link = bpf_program__attach_perf_event(source->program, fd);
	if (!link)
		return -errno;
	(void)TAKE_FD(fd); /* the link's */
	source->links[cpu] = link;
	return 0;
}

void profile_source_stop(struct profile_source *source)
{
	for (size_t i = 0; source->links && i < source->cpus_count; i++)
		bpf_link__destroy(TAKE_PTR(source->links[i]));
}

static int attach_all(struct profile_source *source)
{
	int attached = 0, err;

	for (size_t i = 0; i < source->cpus_count; i++) {
		err = attach_cpu(source, i);
		if (err < 0 && err != -ENODEV) {
			profile_source_stop(source);
			return err;
		}
		attached += err == 0;
	}
	return attached ? 0 : -ENODEV;
}

static int attach(struct profile_source *source)
{
	int err;

	source->is_hardware = true;
	err = attach_all(source);
	if (err == 0)
		return 0;
	source->is_hardware = false;
	return attach_all(source);
}

static int open_ring(struct profile_source *source, struct probe_loader *loader, const char *map,
		     struct ring_buffer **ret)
{
	int fd = probe_loader_map_fd(loader, map);

	if (fd < 0)
		return fd;
	*ret = ring_buffer__new(fd, on_ring_record, source, NULL);
	return *ret ? 0 : -errno;
}

int profile_source_new(struct profile_source **ret, struct probe_loader *loader,
		       uint64_t frequency_hz, probe_loader_record_fn on_record, void *self)
{
	_cleanup_(profile_source_free) struct profile_source *source = calloc(1, sizeof(*source));
	int err;

	if (!source)
		return -ENOMEM;
	source->program = probe_loader_find_program(loader, TICK_PROGRAM);
	if (!source->program)
		return -ENOENT;
	source->on_record = on_record;
	source->self = self;
	source->frequency_hz = frequency_hz;
	source->cpus_count = cpu_list_count_possible();
	source->links = calloc(source->cpus_count, sizeof(struct bpf_link *));
	source->is_online = calloc(source->cpus_count, sizeof(*source->is_online));
	if (!source->links || !source->is_online)
		return -ENOMEM;
	err = open_ring(source, loader, "profile_samples", &source->samples);
	if (err == 0)
		err = open_ring(source, loader, "profile_pages", &source->pages);
	if (err == 0)
		err = attach(source);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(source);
	return 0;
}

void profile_source_free(struct profile_source **source)
{
	if (!*source)
		return;
	profile_source_stop(*source);
	ring_buffer__free((*source)->samples);
	ring_buffer__free((*source)->pages);
	free((*source)->links);
	free((*source)->is_online);
	free(*source);
	*source = NULL;
}

bool profile_source_is_hardware(const struct profile_source *source)
{
	return source->is_hardware;
}

int profile_source_fd(const struct profile_source *source)
{
	return ring_buffer__epoll_fd(source->samples);
}

/* The event of a CPU that went does not come back with it. */
int profile_source_follow_cpus(struct profile_source *source, struct view online)
{
	int err = cpu_list_parse(online, source->is_online, source->cpus_count), failed = 0;

	if (err < 0)
		return err;
	for (size_t i = 0; i < source->cpus_count; i++) {
		if (!source->is_online[i]) {
			bpf_link__destroy(TAKE_PTR(source->links[i]));
			continue;
		}
		err = source->links[i] ? 0 : attach_cpu(source, i);
		if (err < 0 && err != -ENODEV)
			failed = err;
	}
	return failed;
}

static int drain(struct profile_source *source, struct ring_buffer *ring)
{
	int count;

	source->drained = 0;
	count = ring_buffer__consume(ring);
	return count == -EAGAIN ? source->drained : count;
}

int profile_source_drain(struct profile_source *source)
{
	int samples = drain(source, source->samples);
	int pages = samples < 0 ? samples : drain(source, source->pages);

	return pages < 0 ? pages : samples;
}
