// SPDX-License-Identifier: GPL-2.0-or-later OR BSD-2-Clause
/*
 * The variables the programs share with the agent, and the one program the agent runs itself
 * (BPF_PROG_TEST_RUN, 5.10): it changes the capture mode of a connection in place, which a map
 * update from user space could not do without losing counts.
 */
#include "lib/connection.bpf.h"
#include "maps/cpp_throws.bpf.h"
#include "maps/output_retries.bpf.h"
#include "maps/output_tails.bpf.h"
#include "maps/saved_faults.bpf.h"
#include "maps/tls_calls.bpf.h"
#include "maps/tls_threads.bpf.h"
#include "maps/traced_processes.bpf.h"
#include "maps/trails.bpf.h"
#include "shared/output_tables.h"

const volatile struct kernel_settings settings = {
	.capture_bytes = 4096,
	.undecided_bytes = 65536,
	.wakeup_bytes = 65536,
	.exception_wakeup_bytes = 65536,
};
const volatile struct output_tables output_tables = {};
__u32 agent_sleeps = 0;
__u32 go_is_traced = 0;
__u32 flags_in_use = 0;
__u32 tls_is_traced = 0;
__u32 executables_matter = 0;
__u32 output_retries_count = 0;
__u32 filter_buckets[FILTER_BUCKETS] = {};
const volatile __u8 no_fault[sizeof(struct saved_fault)] = {};
const volatile __u8 no_throw[sizeof(struct cpp_throw_record)] = {};
const volatile __u8 no_trail[sizeof(struct trail_entry)] = {};
const volatile __u8 no_tail[sizeof(struct output_tail)] = {};
const volatile __u8 no_tls[sizeof(struct tls_thread)] = {};
const volatile __u8 no_tls_call[sizeof(struct tls_call)] = {};

/* args: socket key, connection id, enum capture_mode. */
SEC("raw_tp")
int set_capture_mode(struct bpf_raw_tracepoint_args *ctx)
{
	__u64 key = ctx->args[0];
	struct connection_state *state = bpf_map_lookup_elem(&connections, &key);

	if (!state || state->connection != ctx->args[1])
		return 0;
	connection_set_mode(state, ctx->args[2]);
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
