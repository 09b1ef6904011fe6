/* The kernel's ring buffers for programs compiled for the host: one list for all of them, of
 * exactly sized blocks (so that ASan sees a write beyond one). Part of bpf_helpers.h. */
#ifndef STUBS_HOST_RING_H
#define STUBS_HOST_RING_H

#include <linux/types.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define STUB_RING_RECORDS 256

static struct {
	void *records[STUB_RING_RECORDS];
	size_t sizes[STUB_RING_RECORDS];
	__u64 flags[STUB_RING_RECORDS];
	const void *maps[STUB_RING_RECORDS];
	size_t count, reserved;
	bool is_full;
	const void *full_map; /* only this one is */
	__u64 available;      /* what bpf_ringbuf_query says */
	__u64 consumed, produced, size;
} stub_ring;

/* Before each record: what a submit needs to know of it. */
struct stub_reservation {
	const void *map;
	size_t size;
};

static inline void *bpf_ringbuf_reserve(const void *map, __u64 size, __u64 flags)
{
	struct stub_reservation *reservation;

	(void)flags;
	if (stub_ring.is_full || stub_ring.full_map == map ||
	    stub_ring.count + stub_ring.reserved == STUB_RING_RECORDS)
		return NULL;
	reservation = malloc(sizeof(*reservation) + size);
	reservation->map = map;
	reservation->size = size;
	memset(reservation + 1, 0xaa, size); /* the ring is not zeroed */
	stub_ring.reserved++;
	return reservation + 1;
}

static inline void bpf_ringbuf_submit(void *record, __u64 flags)
{
	const struct stub_reservation *reservation = (struct stub_reservation *)record - 1;

	stub_ring.flags[stub_ring.count] = flags;
	stub_ring.sizes[stub_ring.count] = reservation->size;
	stub_ring.maps[stub_ring.count] = reservation->map;
	stub_ring.records[stub_ring.count++] = record;
	stub_ring.reserved--;
}

static inline void bpf_ringbuf_discard(void *record, __u64 flags)
{
	(void)flags;
	free((struct stub_reservation *)record - 1);
	stub_ring.reserved--;
}

static inline __u64 bpf_ringbuf_query(const void *map, __u64 flags)
{
	(void)map;
	return flags == BPF_RB_CONS_POS    ? stub_ring.consumed
	       : flags == BPF_RB_PROD_POS  ? stub_ring.produced
	       : flags == BPF_RB_RING_SIZE ? stub_ring.size
					   : stub_ring.available;
}

static inline void stub_ring_clear(void)
{
	for (size_t i = 0; i < stub_ring.count; i++)
		free((struct stub_reservation *)stub_ring.records[i] - 1);
	stub_ring.count = 0;
}

#endif
