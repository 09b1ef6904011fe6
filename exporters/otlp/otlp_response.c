/*
 * Reads responses with protobuf-c out of a small arena: a body of a few MiB made of tiny fields
 * would otherwise unpack into a hundred times its size.
 */
#include "exporters/otlp/otlp_response.h"

#include <errno.h>
#include <stdio.h>
#include "base/arena.h"
#include "base/log.h"
#include "google/rpc/status.pb-c.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb-c.h"

#define MAX_UNPACK_BYTES 65536

typedef Opentelemetry__Proto__Collector__Trace__V1__ExportTraceServiceResponse trace_response;
typedef Opentelemetry__Proto__Collector__Trace__V1__ExportTracePartialSuccess trace_partial_success;

static void *allocate(void *arena, size_t size)
{
	return arena_allocate(arena, size);
}

static void release(void *arena, void *pointer)
{
	(void)arena;
	(void)pointer;
}

int otlp_response_parse(struct view body, struct otlp_partial_success *ret)
{
	struct arena arena;
	ProtobufCAllocator allocator = {
		.alloc = allocate, .free = release, .allocator_data = &arena};
	const trace_response *response;
	const trace_partial_success *partial;

	arena_init(&arena, MAX_UNPACK_BYTES);
	response =
		opentelemetry__proto__collector__trace__v1__export_trace_service_response__unpack(
			&allocator, body.size, (const uint8_t *)body.bytes);
	if (!response) {
		arena_done(&arena);
		return -EBADMSG;
	}
	*ret = (struct otlp_partial_success){0};
	partial = response->partial_success;
	if (partial) {
		ret->rejected_spans =
			partial->rejected_spans > 0 ? (uint64_t)partial->rejected_spans : 0;
		(void)log_escape(view_of_text(partial->error_message), ret->message,
				 sizeof(ret->message));
	}
	arena_done(&arena);
	return 0;
}

void otlp_response_status_message(struct view body, char *ret_message, size_t size)
{
	struct arena arena;
	ProtobufCAllocator allocator = {
		.alloc = allocate, .free = release, .allocator_data = &arena};
	const Google__Rpc__Status *status;

	arena_init(&arena, MAX_UNPACK_BYTES);
	status = google__rpc__status__unpack(&allocator, body.size, (const uint8_t *)body.bytes);
	(void)log_escape(view_of_text(status ? status->message : ""), ret_message, size);
	arena_done(&arena);
}
