/*
 * The process context that OpenTelemetry's SDKs publish for readers outside (OTEP 4719, version 2):
 * a mapping named OTEL_CTX with a header, and a protobuf ProcessContext that holds the SDK's
 * resource. Only read, never written; every byte of it is the process's own word.
 */
#ifndef DISCOVERY_OTEL_CONTEXT_H
#define DISCOVERY_OTEL_CONTEXT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/view.h"

#define OTEL_CONTEXT_HEADER_BYTES  32
#define MAX_OTEL_CONTEXT_BYTES     16384
#define MAX_OTEL_CONTEXT_TEXT      128
#define MAX_OTEL_CONTEXT_MAP_BYTES (256u << 10) /* of /proc/PID/maps that are looked through */

struct otel_context_header {
	uint32_t payload_size;
	uint64_t published_ns; /* CLOCK_BOOTTIME; changes with every change of the payload */
	uint64_t payload_address;
};

/* Of its resource; empty where it does not say. Cut to fit, unescaped. */
struct otel_context {
	char service_name[MAX_OTEL_CONTEXT_TEXT];
	char sdk_name[MAX_OTEL_CONTEXT_TEXT];
	char sdk_language[MAX_OTEL_CONTEXT_TEXT];
};

/* -EINVAL: no such header, another version, empty or larger than the cap. -EAGAIN: it is being
 * written. */
int otel_context_parse_header(struct view bytes, struct otel_context_header *ret);

/* -EINVAL: not a ProcessContext; fields it does not know are passed over. */
int otel_context_parse_payload(struct view bytes, struct otel_context *ret);

/* The mapping's address in the text of a /proc/PID/maps. */
bool otel_context_find(struct view maps, uint64_t *ret_address);

/* -ENOENT: the process has none. -errno: it cannot be read, or never stood still. */
int otel_context_read(const char *proc_root, pid_t pid, struct otel_context *ret);

#endif
