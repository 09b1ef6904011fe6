/* A status with something in every part, for the tests of those who show it. */
#ifndef TESTS_SAMPLE_STATUS_H
#define TESTS_SAMPLE_STATUS_H

#include <string.h>
#include "base/clock.h"
#include "service/service_status.h"

#define SAMPLE_NOW_NS (10000 * NS_PER_S)

static inline void sample_status_fill(struct service_status *status)
{
	*status = (struct service_status){
		.taken_ns = SAMPLE_NOW_NS - NS_PER_S,
		.started_ns = SAMPLE_NOW_NS - 3723 * NS_PER_S,
		.source = "fentry",
		.kernel = "6.12.1",
		.is_ready = true,
		.processes_count = 57,
		.open_segments_count = 2,
		.segments_count = 100,
		.spans_count = 300,
		.kept_segments_count = 90,
		.kept_spans_count = 280,
		.crashes_count = 1,
		.exceptions_count = 4,
		.segments_per_second = 1.25,
		.spans_per_second = 3.5,
		.resident_bytes = 41 << 20,
		.reloads_count = 2,
		.refused_reloads_count = 1,
		.destinations_count = 2,
		.services_count = 2,
		.other_services = {.name = "other", .requests_count = 3, .failed_count = 1},
	};
	status->destinations[0] = (struct destination_status){.name = "otlp",
							      .place = "http://localhost:4318",
							      .sent_count = 90,
							      .max_queued_count = 2048};
	status->destinations[1] =
		(struct destination_status){.name = "sentry",
					    .place = "sentry.example",
					    .error = "connection refused",
					    .error_ns = SAMPLE_NOW_NS - 5 * NS_PER_S,
					    .failing_since_ns = SAMPLE_NOW_NS - 90 * NS_PER_S,
					    .dropped_count = 7,
					    .retried_count = 3,
					    .queued_count = 12,
					    .max_queued_count = 2048,
					    .spooled_count = 1,
					    .has_spool = true};
	status->services[0] = (struct service_activity){"shop", 80, 2};
	status->services[1] = (struct service_activity){"a\"b\\c", 17, 0};
	drops_set(&status->drops, DROP_RING_FULL, 5);
	drops_set(&status->drops, DROP_SAMPLED, 10);
}

#endif
