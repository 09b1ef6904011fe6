/*
 * How the agent is doing, as plain values: what `limpet status`, /metrics and the health probes are
 * made of. Filled by the capture thread, read by others in a copy (status_board.h).
 */
#ifndef SERVICE_SERVICE_STATUS_H
#define SERVICE_SERVICE_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/drops.h"

#define MAX_STATUS_DESTINATIONS 28 /* ours, and those that pods named */
#define MAX_STATUS_SERVICES     64
#define MAX_STATUS_NAME_BYTES   64
#define MAX_STATUS_PLACE_BYTES  160

struct destination_status {
	char name[MAX_STATUS_NAME_BYTES];
	char place[MAX_STATUS_PLACE_BYTES]; /* where to, without secrets; "": a file or terminal */
	char error[192];                    /* the last, escaped; "": there was none */
	uint64_t error_ns;                  /* monotonic, as the next two; 0: not so */
	uint64_t failing_since_ns;
	uint64_t busy_since_ns;
	uint64_t sent_count, dropped_count, retried_count;
	uint32_t queued_count, max_queued_count;
	uint32_t spooled_count;
	bool has_spool;
	bool has_ended;
	bool is_a_pods; /* a pod named it: on another node it is another one */
};

struct service_activity {
	char name[MAX_STATUS_NAME_BYTES]; /* escaped */
	uint64_t requests_count, failed_count;
};

struct service_status {
	uint64_t taken_ns;   /* monotonic: when this was written; 0: not yet */
	uint64_t started_ns; /* monotonic */
	char source[16];     /* "fentry" or "tracepoints" */
	char kernel[MAX_STATUS_NAME_BYTES];
	bool is_ready;
	uint32_t processes_count, max_processes_count;
	uint64_t open_segments_count;
	uint64_t segments_count, spans_count; /* of traces kept and not */
	uint64_t kept_segments_count, kept_spans_count;
	uint64_t crashes_count, exceptions_count;
	double segments_per_second, spans_per_second; /* over the last seconds */
	uint64_t resident_bytes;
	uint32_t reloads_count, refused_reloads_count;
	uint32_t destinations_count, services_count;
	struct destination_status destinations[MAX_STATUS_DESTINATIONS];
	struct service_activity services[MAX_STATUS_SERVICES]; /* busiest first */
	struct service_activity other_services;                /* all beyond MAX_STATUS_SERVICES */
	struct drops drops;
};

#endif
