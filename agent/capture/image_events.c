/*
 * One software event per CPU that never counts anything: it only carries the side band. Rings are
 * merged by time while they are read, so nothing is copied or sorted. A record newer than the
 * beginning of a drain stays in its ring: an older one of another CPU may still be on its way.
 */
#include "capture/image_events.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "capture/cpu_list.h"
#include "capture/perf_ring.h"
#include "capture/side_band.h"

#define MAX_RING_BYTES (512u << 10) /* per CPU: about 4000 mappings */
#define MIN_RING_BYTES (64u << 10)

struct cpu_events {
	int fd;
	struct perf_event_mmap_page *page; /* NULL: not opened; the ring follows it */
	struct perf_ring ring;
	uint64_t next_ns; /* of the record at the tail */
	bool was_offline; /* at the last look: its event says nothing any more */
};

struct image_events {
	struct image_events_callbacks callbacks;
	struct drops *drops;
	struct cpu_events *cpus;
	bool *online; /* room for a list */
	size_t cpus_count;
	size_t page_bytes;
	size_t ring_bytes;
	int epoll_fd;
	bool has_build_ids;
	bool is_lost; /* in this drain */
	char *scratch;
	union image_record_buffer record;
};

static int open_event(const struct image_events *events, int cpu, bool has_build_ids)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_DUMMY,
		.size = sizeof(attr),
		.sample_type = PERF_SAMPLE_TIME,
		.mmap = 1,
		.mmap2 = 1,
		.comm = 1,
		.comm_exec = 1,
		.task = 1,
		.sample_id_all = 1,
		.watermark = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
		.build_id = has_build_ids,
		.wakeup_watermark = (uint32_t)events->ring_bytes / 4,
	};
	long fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

/* -ENODEV: that CPU is offline. */
static int open_cpu(struct image_events *events, struct cpu_events *cpu, int number)
{
	struct epoll_event wanted = {.events = EPOLLIN, .data.u32 = (uint32_t)number};
	_cleanup_(cleanup_close) int fd = open_event(events, number, events->has_build_ids);
	void *page;

	if (fd == -EINVAL && events->has_build_ids) {
		events->has_build_ids = false;
		fd = open_event(events, number, false);
	}
	if (fd < 0)
		return fd;
	page = mmap(NULL, events->page_bytes + events->ring_bytes, PROT_READ | PROT_WRITE,
		    MAP_SHARED, fd, 0);
	if (page == MAP_FAILED)
		return -errno;
	if (epoll_ctl(events->epoll_fd, EPOLL_CTL_ADD, fd, &wanted) < 0) {
		(void)munmap(page, events->page_bytes + events->ring_bytes);
		return -errno;
	}
	cpu->fd = TAKE_FD(fd);
	cpu->page = page;
	cpu->ring.bytes = (const char *)page + events->page_bytes;
	cpu->ring.size = events->ring_bytes;
	return 0;
}

static int open_cpus(struct image_events *events)
{
	int opened = 0, err;

	for (size_t i = 0; i < events->cpus_count; i++) {
		err = open_cpu(events, &events->cpus[i], (int)i);
		if (err < 0 && err != -ENODEV)
			return err;
		opened += err == 0;
	}
	return opened ? 0 : -ENODEV;
}

static size_t choose_ring_bytes(size_t cpus_count)
{
	size_t size = MAX_RING_BYTES;

	while (size > MIN_RING_BYTES && size * cpus_count > MAX_IMAGE_RING_BYTES)
		size /= 2;
	return size;
}

int image_events_new(struct image_events **ret, const struct image_events_callbacks *callbacks,
		     struct drops *drops)
{
	_cleanup_(image_events_free) struct image_events *events = calloc(1, sizeof(*events));
	long present = sysconf(_SC_NPROCESSORS_CONF), page_bytes = sysconf(_SC_PAGESIZE);
	int err;

	if (!events)
		return -ENOMEM;
	events->callbacks = *callbacks;
	events->drops = drops;
	events->cpus_count = cpu_list_count_possible();
	events->page_bytes = page_bytes > 0 ? (size_t)page_bytes : 4096;
	events->ring_bytes = choose_ring_bytes(present > 0 ? (size_t)present : 1);
	events->has_build_ids = true;
	events->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (events->epoll_fd < 0)
		return -errno;
	events->scratch = malloc(MAX_PERF_RECORD_BYTES);
	events->cpus = calloc(events->cpus_count, sizeof(*events->cpus));
	events->online = calloc(events->cpus_count, sizeof(*events->online));
	if (!events->scratch || !events->cpus || !events->online)
		return -ENOMEM;
	for (size_t i = 0; i < events->cpus_count; i++)
		events->cpus[i].fd = -1;
	err = open_cpus(events);
	if (err == 0)
		*ret = TAKE_PTR(events);
	return err;
}

static void close_cpu(struct image_events *events, struct cpu_events *cpu)
{
	if (cpu->page)
		(void)munmap(cpu->page, events->page_bytes + events->ring_bytes);
	cleanup_close(&cpu->fd);
	*cpu = (struct cpu_events){.fd = -1};
}

void image_events_free(struct image_events **events_at)
{
	struct image_events *events = *events_at;

	if (!events)
		return;
	for (size_t i = 0; events->cpus && i < events->cpus_count; i++)
		close_cpu(events, &events->cpus[i]);
	cleanup_close(&events->epoll_fd);
	free(events->cpus);
	free(events->online);
	free(events->scratch);
	free(events);
	*events_at = NULL;
}

/* What was mapped before there was an event is asked for. */
static int follow_cpu(struct image_events *events, struct cpu_events *cpu, int number)
{
	int err;

	if (cpu->page && !cpu->was_offline)
		return 0;
	close_cpu(events, cpu);
	err = open_cpu(events, cpu, number);
	if (err == 0)
		events->callbacks.on_lost(events->callbacks.self);
	return err == -ENODEV ? 0 : err;
}

/* What it told before it went is read until the next look. */
static void leave_cpu(struct image_events *events, struct cpu_events *cpu)
{
	if (cpu->was_offline)
		close_cpu(events, cpu);
	cpu->was_offline = true;
}

int image_events_follow_cpus(struct image_events *events, struct view online)
{
	int err = cpu_list_parse(online, events->online, events->cpus_count), failed = 0;

	if (err < 0)
		return err;
	for (size_t i = 0; i < events->cpus_count; i++) {
		if (!events->online[i])
			leave_cpu(events, &events->cpus[i]);
		else
			err = follow_cpu(events, &events->cpus[i], (int)i);
		failed = err < 0 ? err : failed;
	}
	return failed;
}

int image_events_fd(const struct image_events *events)
{
	return events->epoll_fd;
}

bool image_events_has_build_ids(const struct image_events *events)
{
	return events->has_build_ids;
}

static void note_lost(struct image_events *events, uint64_t count)
{
	drops_add(events->drops, DROP_IMAGE_EVENTS_LOST, count);
	events->is_lost = true;
}

static bool take_record(struct image_events *events, struct view bytes)
{
	struct image_events_callbacks *callbacks = &events->callbacks;
	struct side_band event;
	pid_t asked;

	side_band_decode(bytes, &event);
	if (event.kind == SIDE_BAND_LOST)
		note_lost(events, event.lost);
	else if (event.kind == SIDE_BAND_MALFORMED)
		note_lost(events, 1);
	if (event.kind != SIDE_BAND_IMAGE)
		return false;
	asked = (pid_t)(event.record.action == IMAGE_FORK ? event.record.parent_tgid
							  : event.record.tgid);
	if (!callbacks->is_wanted(callbacks->self, asked))
		return false;
	events->record.record = event.record;
	callbacks->on_record(callbacks->self, image_record_finish(&events->record, event.path));
	return true;
}

static void begin_drain(struct image_events *events)
{
	events->is_lost = false;
	for (size_t i = 0; i < events->cpus_count; i++) {
		struct cpu_events *cpu = &events->cpus[i];

		cpu->next_ns = UINT64_MAX;
		if (!cpu->page)
			continue;
		cpu->ring.head = __atomic_load_n(&cpu->page->data_head, __ATOMIC_ACQUIRE);
		cpu->next_ns = perf_ring_time(&cpu->ring);
	}
}

/* The CPU whose next record is the oldest, NULL when none is older than the limit. */
static struct cpu_events *find_oldest(struct image_events *events, uint64_t limit_ns)
{
	struct cpu_events *oldest = NULL;

	for (size_t i = 0; i < events->cpus_count; i++) {
		struct cpu_events *cpu = &events->cpus[i];

		if (cpu->next_ns <= limit_ns && (!oldest || cpu->next_ns < oldest->next_ns))
			oldest = cpu;
	}
	return oldest;
}

int image_events_drain(struct image_events *events)
{
	uint64_t limit_ns = clock_monotonic_ns();
	struct cpu_events *cpu;
	int count = 0;

	begin_drain(events);
	while ((cpu = find_oldest(events, limit_ns)) != NULL) {
		bool is_broken;
		struct view bytes;

		if (perf_ring_peek(&cpu->ring, events->scratch, &bytes, &is_broken)) {
			count += take_record(events, bytes);
			perf_ring_advance(&cpu->ring);
		} else if (is_broken) {
			note_lost(events, 1);
		}
		__atomic_store_n(&cpu->page->data_tail, cpu->ring.tail, __ATOMIC_RELEASE);
		cpu->next_ns = perf_ring_time(&cpu->ring);
	}
	if (events->is_lost)
		events->callbacks.on_lost(events->callbacks.self);
	return count;
}
