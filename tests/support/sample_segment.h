/* A finished segment as the tracing room makes them, for tests of everything after it: a server
 * span and two client spans. */
#ifndef SUPPORT_SAMPLE_SEGMENT_H
#define SUPPORT_SAMPLE_SEGMENT_H

#include <assert.h>
#include "base/random_id.h"
#include "model/item.h"

static inline struct resource *sample_resource(void)
{
	struct resource *resource;
	struct arena *arena;

	assert(resource_new(&resource) == 0);
	arena = &resource->arena;
	resource->pid = 4711;
	resource->service_name = arena_copy(arena, VIEW_LITERAL("shop"));
	resource->release = arena_copy(arena, VIEW_LITERAL("shop@1.2.3"));
	resource->environment = arena_copy(arena, VIEW_LITERAL("staging"));
	resource->server_name = arena_copy(arena, VIEW_LITERAL("web-7"));
	attribute_set_string(&resource->attributes, arena, "service.name", VIEW_LITERAL("shop"));
	attribute_set_integer(&resource->attributes, arena, "process.pid", 4711);
	attribute_set_string(&resource->attributes, arena, "host.name", VIEW_LITERAL("web-7"));
	return resource;
}

static inline struct span *sample_span(struct segment *segment, enum span_kind kind,
				       const char *name, uint64_t start_unix_ns,
				       uint64_t duration_ns)
{
	struct span *span = segment_add_span(segment);

	assert(span);
	span->kind = kind;
	span->name = arena_copy(&segment->arena, view_of_text(name));
	span->start_unix_ns = start_unix_ns;
	span->end_unix_ns = start_unix_ns + duration_ns;
	span->operation = kind == SPAN_SERVER ? "http.server" : "http.client";
	span->origin = "auto.http.ebpf";
	span->http_status = 200;
	attribute_set_static(&span->attributes, &segment->arena, "http.request.method", "GET");
	attribute_set_integer(&span->attributes, &segment->arena, "http.response.status_code", 200);
	return span;
}

/* start_unix_ns: of the server span, which lasts 25 ms; its first child fails with 503. */
static inline struct segment *sample_segment(uint64_t start_unix_ns)
{
	struct resource *resource = sample_resource();
	struct segment *segment;
	struct span *root, *child;

	assert(segment_new(&segment, resource) == 0);
	resource_release(&resource);
	random_id_fill(segment->trace_id, sizeof(segment->trace_id));
	segment->sampling.is_sampled = true;
	segment->sampling.has_threshold = true;
	segment->sampling.has_random_flag = true;
	root = sample_span(segment, SPAN_SERVER, "GET /orders/{id}", start_unix_ns, 25000000);
	attribute_set_string(&root->attributes, &segment->arena, "url.path",
			     VIEW_LITERAL("/orders/17"));
	attribute_set_string(&root->attributes, &segment->arena, "http.route",
			     VIEW_LITERAL("/orders/{id}"));
	child = sample_span(segment, SPAN_CLIENT, "GET", start_unix_ns + 1000000, 4000000);
	child->status = STATUS_ERROR;
	child->http_status = 503;
	attribute_set_integer(&child->attributes, &segment->arena, "http.response.status_code",
			      503);
	attribute_set_static(&child->attributes, &segment->arena, "error.type", "503");
	child->parent_source = PARENT_THREAD;
	memcpy(child->parent_span_id, root->span_id, SPAN_ID_BYTES);
	child = sample_span(segment, SPAN_CLIENT, "POST", start_unix_ns + 6000000, 12345678);
	child->parent_source = PARENT_THREAD;
	memcpy(child->parent_span_id, root->span_id, SPAN_ID_BYTES);
	return segment;
}

static inline struct item *sample_item(uint64_t start_unix_ns)
{
	struct segment *segment = sample_segment(start_unix_ns);
	struct item *item;

	assert(item_new_segment(&item, &segment) == 0);
	return item;
}

#endif
