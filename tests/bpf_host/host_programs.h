/* bpf/lib compiled for the host, with the variables the programs share and a clean slate for every
 * test. */
#ifndef BPF_HOST_HOST_PROGRAMS_H
#define BPF_HOST_HOST_PROGRAMS_H

#include "cmocka_test.h"

#include "host_kernel.h"
#include "lib/call_trail.bpf.h"
#include "lib/capture.bpf.h"
#include "lib/crash_capture.bpf.h"

/* What the programs see as constants. */
struct kernel_settings host_settings = {
	.capture_bytes = 4096,
	.undecided_bytes = 16384,
	.wakeup_bytes = 65536,
};
extern const volatile struct kernel_settings settings __attribute__((alias("host_settings")));
__u32 agent_sleeps;
__u32 go_is_traced;
__u32 flags_in_use;
__u32 tls_is_traced;
__u32 executables_matter;
const volatile __u8 no_tls[sizeof(struct tls_thread)] = {0};
__u32 filter_buckets[FILTER_BUCKETS];
const volatile __u8 no_fault[sizeof(struct saved_fault)] = {0};
const volatile __u8 no_trail[sizeof(struct trail_entry)] = {0};

static inline __u64 host_drops(__u32 reason)
{
	return *(__u64 *)bpf_map_lookup_elem(&drops, &reason);
}

static inline void host_begin(void)
{
	__u64 zero = 0;

	host_settings.capture_bytes = 4096;
	host_settings.undecided_bytes = 16384;
	host_settings.wakeup_bytes = 65536;
	host_settings.ring_bytes = 1 << 20;
	host_settings.trace_all = 0;
	stub_map_add(0, &connections, 8, sizeof(struct connection_state), 4);
	stub_map_add(1, &drops, 4, 8, DROP_REASONS_KERNEL_COUNT);
	stub_map_add(2, &traced_processes, 4, 4, 4);
	stub_map_add(3, &trails, 4, sizeof(struct trail_entry), 4);
	stub_map_add(4, &abort_places, 4, sizeof(struct abort_place), MAX_ABORT_PLACES);
	stub_map_add(9, &ignored_processes, 4, 4, 4);
	stub_map_add(10, &traffic_shares, 4, sizeof(struct traffic_share), 4);
	for (__u32 i = 0; i < DROP_REASONS_KERNEL_COUNT; i++)
		bpf_map_update_elem(&drops, &i, &zero, BPF_ANY);
	memset(&stub_ring, 0, sizeof(stub_ring));
	memset(filter_buckets, 0, sizeof(filter_buckets));
	stub_reads_until_failure = -1;
	stub_is_readable = NULL;
	stub_now_ns = 1000;
	stub_pid_tgid = 100ull << 32 | 101;
	agent_sleeps = 0;
	go_is_traced = 0;
	flags_in_use = 0;
	tls_is_traced = 0;
	executables_matter = 0;
}

#endif
