/* The programs that look at output, compiled for the host, with markers of the test's own. Include
 * it instead of host_programs.h. */
#ifndef BPF_HOST_HOST_OUTPUT_H
#define BPF_HOST_HOST_OUTPUT_H

#include "shared/limits.h"
#define USER_BUFFER_VECTORS MAX_OUTPUT_IOVECS /* as program_output.bpf.c has it */
#define USER_BUFFER_HAS_MORE
#include "host_programs.h"

#include "capture/output_markers.h"
#include "lib/output_call.bpf.h"

const volatile __u8 no_tail[sizeof(struct output_tail)] = {0};
struct output_tables host_tables;
extern const volatile struct output_tables output_tables __attribute__((alias("host_tables")));

static const char *const host_markers[] = {"Traceback (most recent call last", "MARKER7",
					   "\n    at ", "     ^\n", NULL};
static const char *const host_openings[] = {"panic: ", "go!", NULL};

__u32 output_retries_count;

static inline void host_output_begin(void)
{
	static const struct traceback_language language = {.markers = host_markers,
							   .openings = host_openings};
	static const struct traceback_language *const languages[] = {&language, NULL};

	host_begin();
	assert_int_equal(output_markers_build(&host_tables, languages), 0);
	host_settings.output_descriptors = 6;
	host_settings.output_bytes = 1 << 20;
	host_settings.exception_wakeup_bytes = 65536;
	flags_in_use = 0;
	stub_map_add(5, &output_streams, 8, sizeof(struct output_stream), 2);
	stub_map_add(6, &output_budgets, 4, sizeof(struct output_budget), 2);
	stub_map_add(8, &output_retries, 8, sizeof(__u32), 1);
	output_retries_count = 0;
	host_settings.has_output_return = 0;
	stub_map_add(7, &output_tails, 8, sizeof(struct output_tail), 2);
}

#endif
