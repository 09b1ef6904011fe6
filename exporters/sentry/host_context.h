/* The machine the agent runs on, read once at start: what Sentry's os and device contexts show. */
#ifndef SENTRY_HOST_CONTEXT_H
#define SENTRY_HOST_CONTEXT_H

#include <stdint.h>
#include "base/view.h"

struct host_context {
	char hostname[65];
	char machine[65];        /* x86_64, aarch64 */
	char kernel_release[65]; /* 6.1.0-18-amd64 */
	char distribution_name[64];
	char distribution_version[64];
	char distribution_pretty_name[128];
	int64_t processor_count;
	int64_t memory_bytes;
	char processor_name[96]; /* of the first one; empty where the kernel does not say */
	uint64_t boot_unix_ns;   /* 0 when not known */
	char profiler_id[33];    /* of what the agent samples; empty: nothing. Set by whoever sends
				    it. */
};

void host_context_read(struct host_context *ret);

/* Fills the distribution from the text of os-release(5). */
void host_context_parse_os_release(struct host_context *context, struct view text);

/* The name of the first processor, from the text of /proc/cpuinfo. */
void host_context_parse_cpuinfo(struct host_context *context, struct view text);

#endif
