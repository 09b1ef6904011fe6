/*
 * The old rings are read for a while after the cut: a program that ran at that moment may still
 * write what it began. Records of the old beginnings are read before each record of a crash, as
 * discovery does with our own.
 */
#include "capture/crash_handover.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "capture/crash_overlap.h"

/* With what the ring itself keeps of each. */
#define LARGEST_RECORD (sizeof(struct crash_trail_record) + 16)
#define OVERLAP_NS     (2 * NS_PER_S) /* long enough for the threads of one process to die */

/* What sees the crash, and what would take the process for another without: the programs of a
 * fork, an exec and an end keep the tables of the others. */
static const char *const programs[] = {
	"on_process_fork",   "on_process_exec",    "on_process_exit", "on_fatal_program",
	"on_signal_deliver", "on_signal_generate", "on_oom_victim"};

_Static_assert(sizeof(programs) / sizeof(programs[0]) <= MAX_HANDOVER_LINKS, "room for all");

static const char *const ring_names[HANDOVER_KINDS] = {
	[HANDOVER_RECORDS] = "crash_records",
	[HANDOVER_PAGES] = "stack_pages",
	[HANDOVER_BEGINNINGS] = "beginnings",
};

struct crash_handover {
	probe_loader_record_fn on_record;
	void *self;
	int links[MAX_HANDOVER_LINKS];
	uint32_t links_count;
	int fds[HANDOVER_KINDS]; /* of rings; -1: not handed over */
	struct ring_buffer *rings[HANDOVER_KINDS];
	struct crash_overlap *overlap; /* NULL: not begun */
	uint64_t end_ns, count;
	bool is_over;
};

int crash_handover_new(struct crash_handover **ret, probe_loader_record_fn on_record, void *self)
{
	struct crash_handover *handover = calloc(1, sizeof(*handover));

	if (!handover)
		return -ENOMEM;
	handover->on_record = on_record;
	handover->self = self;
	for (int kind = 0; kind < HANDOVER_KINDS; kind++)
		handover->fds[kind] = -1;
	*ret = handover;
	return 0;
}

static void let_go(struct crash_handover *handover)
{
	for (int kind = 0; kind < HANDOVER_KINDS; kind++) {
		ring_buffer__free(TAKE_PTR(handover->rings[kind]));
		cleanup_close(&handover->fds[kind]);
	}
	while (handover->links_count)
		(void)close(handover->links[--handover->links_count]);
	handover->is_over = true;
}

void crash_handover_free(struct crash_handover **handover)
{
	if (!*handover)
		return;
	let_go(*handover);
	crash_overlap_free(&(*handover)->overlap);
	free(*handover);
	*handover = NULL;
}

static bool is_ring(int fd)
{
	struct bpf_map_info map = {0};
	__u32 size = sizeof(map);

	return bpf_obj_get_info_by_fd(fd, &map, &size) == 0 && map.type == BPF_MAP_TYPE_RINGBUF;
}

int crash_handover_add(struct crash_handover *handover, enum handover_kind kind, int fd)
{
	_cleanup_(cleanup_close) int owned = fd;

	if (kind == HANDOVER_LINKS && handover->links_count < MAX_HANDOVER_LINKS) {
		handover->links[handover->links_count++] = TAKE_FD(owned);
		return 0;
	}
	if (kind == HANDOVER_LINKS || kind >= HANDOVER_KINDS || handover->fds[kind] >= 0 ||
	    !is_ring(owned))
		return -EINVAL;
	handover->fds[kind] = TAKE_FD(owned);
	return 0;
}

static void read_ring(struct crash_handover *handover, enum handover_kind kind)
{
	if (handover->rings[kind])
		(void)ring_buffer__consume(handover->rings[kind]);
}

static int tell(struct crash_handover *handover, struct view record)
{
	if (crash_overlap_takes_old(handover->overlap, record)) {
		handover->count++;
		(void)handover->on_record(handover->self, record);
	}
	return 0;
}

static int on_old_record(void *self, void *bytes, size_t size)
{
	read_ring(self, HANDOVER_BEGINNINGS);
	return tell(self, view_of(bytes, size));
}

static int on_old_beginning(void *self, void *bytes, size_t size)
{
	return tell(self, view_of(bytes, size));
}

/* An event that was under way when our programs were attached has been told by the old ones alone,
 * and has its time, when this returns: programs run within what this waits for. */
static uint64_t find_cut(void)
{
	(void)syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
	return clock_monotonic_ns();
}

/* Nobody reads it: what is full now was so since. (kernel/bpf/ringbuf.c: two pages with the
 * positions, then the bytes.) */
static bool is_full(int fd)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct bpf_map_info map = {0};
	__u32 size = sizeof(map);
	const uint64_t *consumed, *produced;
	bool is_full = false;

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &map, &size) < 0)
		return false;
	consumed = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, 0);
	produced = mmap(NULL, page, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (consumed != MAP_FAILED && produced != MAP_FAILED)
		is_full = *produced - *consumed + LARGEST_RECORD > map.max_entries;
	if (consumed != MAP_FAILED)
		(void)munmap((void *)consumed, page);
	if (produced != MAP_FAILED)
		(void)munmap((void *)produced, page);
	return is_full;
}

int crash_handover_begin(struct crash_handover *handover, bool *ret_was_full)
{
	int err = crash_overlap_new(&handover->overlap, find_cut());

	if (err < 0)
		return err;
	*ret_was_full = is_full(handover->fds[HANDOVER_RECORDS]);
	for (int kind = 0; kind < HANDOVER_KINDS; kind++) {
		if (handover->fds[kind] < 0)
			continue;
		handover->rings[kind] = ring_buffer__new(
			handover->fds[kind],
			kind == HANDOVER_BEGINNINGS ? on_old_beginning : on_old_record, handover,
			NULL);
		if (!handover->rings[kind])
			return -errno;
	}
	while (handover->links_count)
		(void)close(handover->links[--handover->links_count]);
	handover->end_ns = clock_monotonic_ns() + OVERLAP_NS;
	return 0;
}

/* A crash's pages are there before its record is. */
static void read_rings(struct crash_handover *handover)
{
	read_ring(handover, HANDOVER_BEGINNINGS);
	read_ring(handover, HANDOVER_RECORDS);
	read_ring(handover, HANDOVER_PAGES);
}

void crash_handover_drain(struct crash_handover *handover)
{
	if (handover->is_over || !handover->overlap)
		return;
	read_rings(handover);
	if (clock_monotonic_ns() > handover->end_ns)
		let_go(handover);
}

/* Beginnings are read in the middle of others: nothing may be read in the middle of them. */
static bool is_of_crash(struct view record)
{
	const struct record_header *header = (const void *)record.bytes;

	return record.size >= sizeof(*header) &&
	       ((header->kind >= RECORD_CRASH_THREAD && header->kind <= RECORD_CRASH_TRAIL) ||
		header->kind == RECORD_CPP_THROW);
}

bool crash_handover_takes(struct crash_handover *handover, struct view record)
{
	if (handover->is_over || !handover->overlap || !is_of_crash(record))
		return true;
	read_rings(handover);
	return crash_overlap_takes_own(handover->overlap, record);
}

bool crash_handover_is_over(const struct crash_handover *handover)
{
	return handover->is_over;
}

uint64_t crash_handover_count(const struct crash_handover *handover)
{
	return handover->count;
}

uint32_t crash_handover_descriptors(const struct probe_loader *loader, enum handover_kind kind,
				    int ret[static MAX_HANDOVER_LINKS])
{
	uint32_t count = 0;

	if (kind != HANDOVER_LINKS) {
		ret[0] = probe_loader_map_fd(loader, ring_names[kind]);
		return ret[0] >= 0;
	}
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
		ret[count] = probe_loader_link_fd(loader, programs[i]);
		count += ret[count] >= 0;
	}
	return count;
}
