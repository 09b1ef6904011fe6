/*
 * Reading one perf ring: records between the tail we keep and the head the kernel had at one
 * moment. A record that wraps is copied together. Sizes are checked against what lies in the ring:
 * garbage empties it and says so, it never reads outside.
 */
#ifndef CAPTURE_PERF_RING_H
#define CAPTURE_PERF_RING_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

#define MAX_PERF_RECORD_BYTES 65536 /* its size is 16 bits */

struct perf_ring {
	const char *bytes;
	uint64_t size; /* of the ring, a power of two, at least 8 */
	uint64_t tail; /* the next record to be read; counts for ever */
	uint64_t head; /* where the records end */
};

/*
 * The record at the tail, in the ring or in scratch (MAX_PERF_RECORD_BYTES, aligned to 8). False:
 * there is none; *ret_is_broken then says whether the ring was given up, its rest skipped.
 */
bool perf_ring_peek(struct perf_ring *ring, char *scratch, struct view *ret, bool *ret_is_broken);

/* The time in the last eight bytes of the record at the tail; UINT64_MAX when there is none. */
uint64_t perf_ring_time(const struct perf_ring *ring);

/* Past the record at the tail. */
void perf_ring_advance(struct perf_ring *ring);

#endif
