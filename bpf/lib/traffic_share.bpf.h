/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause */
/*
 * Fairness in the ring of a whole host's traffic: once it is more than half full, nobody may put
 * more into it than what is free just then, until the agent has read another half of a ring. The
 * first to reach that bound is whoever fills the ring; each next one finds less room, but some
 * (dynamic thresholds of a shared buffer: Choudhury and Hahne, 1998). While the ring is emptier,
 * nothing is counted. What has been read is the clock: time goes on when the agent does not.
 */
#ifndef LIB_TRAFFIC_SHARE_H
#define LIB_TRAFFIC_SHARE_H

#include "lib/program_settings.bpf.h"
#include "maps/drops.bpf.h"
#include "maps/events.bpf.h"
#include "maps/traffic_shares.bpf.h"

/* May the process put `size` bytes more into the ring? If not, that is counted. */
static __noinline long traffic_share_take(__u32 tgid, __u32 size)
{
	__u64 all = settings.ring_bytes, used;
	struct traffic_share *share, fresh = {.bytes = size};

	if (!settings.trace_all)
		return 1;
	used = bpf_ringbuf_query(&events, BPF_RB_AVAIL_DATA);
	if (used <= all / 2 || used >= all)
		return 1; /* a full ring refuses by itself */
	fresh.turn = bpf_ringbuf_query(&events, BPF_RB_CONS_POS) / (all / 2);
	share = bpf_map_lookup_elem(&traffic_shares, &tgid);
	if (!share || share->turn != fresh.turn) {
		bpf_map_update_elem(&traffic_shares, &tgid, &fresh, BPF_ANY);
		return 1;
	}
	if ((__u64)share->bytes + size > all - used) {
		drops_count(DROP_PROCESS_OVER_SHARE);
		return 0;
	}
	__sync_fetch_and_add(&share->bytes, size);
	return 1;
}

#endif
