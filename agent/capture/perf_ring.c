/*
 * The tail moves by what the record's header says, after it was checked. Records are aligned to
 * eight bytes, so a header and the time never wrap themselves.
 */
#include "capture/perf_ring.h"

#include <linux/perf_event.h>

#define TIME_BYTES 8

/* Size of the record at the tail; 0: none; UINT64_MAX: what lies there is no record. */
static uint64_t size_at_tail(const struct perf_ring *ring)
{
	uint64_t left = ring->head - ring->tail;
	const struct perf_event_header *header;

	if (left == 0)
		return 0;
	if (left > ring->size || left < sizeof(*header) || ring->tail % 8 != 0)
		return UINT64_MAX;
	header = (const void *)(ring->bytes + (ring->tail & (ring->size - 1)));
	if (header->size < sizeof(*header) || header->size % 8 != 0 || header->size > left)
		return UINT64_MAX;
	return header->size;
}

bool perf_ring_peek(struct perf_ring *ring, char *scratch, struct view *ret, bool *ret_is_broken)
{
	uint64_t size = size_at_tail(ring), at = ring->tail & (ring->size - 1), first;

	*ret_is_broken = size == UINT64_MAX;
	if (*ret_is_broken)
		ring->tail = ring->head;
	if (size == 0 || *ret_is_broken)
		return false;
	first = ring->size - at;
	if (size <= first) {
		*ret = view_of(ring->bytes + at, size);
		return true;
	}
	memcpy(scratch, ring->bytes + at, first);
	memcpy(scratch + first, ring->bytes, size - first);
	*ret = view_of(scratch, size);
	return true;
}

uint64_t perf_ring_time(const struct perf_ring *ring)
{
	uint64_t size = size_at_tail(ring), time_ns;

	if (size == 0)
		return UINT64_MAX;
	/* Broken, or without a time: at once, so that it is found out. */
	if (size == UINT64_MAX || size < sizeof(struct perf_event_header) + TIME_BYTES)
		return 0;
	memcpy(&time_ns, ring->bytes + ((ring->tail + size - TIME_BYTES) & (ring->size - 1)),
	       sizeof(time_ns));
	return time_ns;
}

void perf_ring_advance(struct perf_ring *ring)
{
	uint64_t size = size_at_tail(ring);

	ring->tail = size == UINT64_MAX ? ring->head : ring->tail + size;
}
