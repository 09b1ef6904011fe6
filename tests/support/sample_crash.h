/*
 * A crash as the crash room makes them, for tests of everything after it: a request handler in a
 * worker thread reads through a null pointer. It has something of everything a crash can have: two
 * threads, images with and without a build-id, JIT code, folded recursion, a signal frame,
 * breadcrumbs of each kind, the request it broke, a session.
 */
#ifndef SUPPORT_SAMPLE_CRASH_H
#define SUPPORT_SAMPLE_CRASH_H

#include <signal.h>
#include "sample_session.h"
#include "sample_stacks.h"

#define KNOWN_CRASH_NS       1767607212716204999ull
#define KNOWN_CRASH_ID       "9f0c2b7e5a1d4c83b6e2f47a10d95c3e"
#define KNOWN_SESSION_ID     "1c7d4f2e6b5a4e0f9a8b7c6d5e4f3a2b"
#define KNOWN_CRASH_TRACE_ID "4bf92f3577b34da6a3ce929d0e0e4736"
#define KNOWN_CRASH_SPAN_ID  "00f067aa0ba902b7"

static inline void sample_crash_breadcrumbs(struct crash *crash)
{
	struct breadcrumb *crumbs = arena_allocate(&crash->arena, 4 * sizeof(*crumbs));

	assert(crumbs);
	crumbs[0] = (struct breadcrumb){.kind = BREADCRUMB_SPAN,
					.unix_ns = crash->unix_ns - 15000000,
					.category = VIEW_LITERAL("http.client"),
					.message = VIEW_LITERAL("GET /stock/{id}")};
	attribute_set_static(&crumbs[0].attributes, &crash->arena, "http.request.method", "GET");
	attribute_set_integer(&crumbs[0].attributes, &crash->arena, "http.response.status_code",
			      200);
	crumbs[1] = (struct breadcrumb){.kind = BREADCRUMB_SPAN,
					.unix_ns = crash->unix_ns - 9000000,
					.category = VIEW_LITERAL("db.query"),
					.message = VIEW_LITERAL("SELECT orders")};
	attribute_set_static(&crumbs[1].attributes, &crash->arena, "db.system", "postgresql");
	crumbs[2] = (struct breadcrumb){.kind = BREADCRUMB_SYSCALL,
					.is_error = true,
					.unix_ns = crash->unix_ns - 2000000,
					.category = VIEW_LITERAL("syscall"),
					.message = VIEW_LITERAL("connect: ECONNREFUSED")};
	attribute_set_integer(&crumbs[2].attributes, &crash->arena, "thread.id", 4714);
	crumbs[3] = (struct breadcrumb){.kind = BREADCRUMB_STDERR,
					.unix_ns = crash->unix_ns - 1000000,
					.category = VIEW_LITERAL("stderr"),
					.message = VIEW_LITERAL("tax service is gone, guessing")};
	crash->breadcrumbs = crumbs;
	crash->breadcrumbs_count = 4;
}

static inline void sample_crash_trace(struct crash *crash)
{
	struct crash_trace *trace = &crash->trace;

	trace->is_known = true;
	trace->is_sampled = true;
	sample_hex(KNOWN_CRASH_TRACE_ID, trace->trace_id);
	sample_hex(KNOWN_CRASH_SPAN_ID, trace->span_id);
	trace->transaction = VIEW_LITERAL("GET /orders/{id}");
	trace->operation = "http.server";
	trace->source = "context";
	attribute_set_static(&trace->request, &crash->arena, "http.request.method", "GET");
	attribute_set_static(&trace->request, &crash->arena, "url.scheme", "http");
	attribute_set_static(&trace->request, &crash->arena, "url.path", "/orders/17");
	attribute_set_static(&trace->request, &crash->arena, "http.route", "/orders/{id}");
	attribute_set_static(&trace->request, &crash->arena, "server.address", "shop.local");
	attribute_set_integer(&trace->request, &crash->arena, "server.port", 8080);
}

/* Ids of the event and the session are random. */
static inline struct crash *sample_crash(uint64_t unix_ns)
{
	struct resource *resource = sample_resource();
	struct crash *crash;

	attribute_set_string(&resource->attributes, &resource->arena, "process.executable.path",
			     VIEW_LITERAL("/usr/bin/shop"));
	attribute_set_string(&resource->attributes, &resource->arena, "process.executable.name",
			     VIEW_LITERAL("shop"));
	assert(crash_new(&crash, resource) == 0);
	resource_release(&resource);
	crash->kind = CRASH_SIGNAL;
	crash->unix_ns = unix_ns;
	crash->start_unix_ns = unix_ns - 3600000000000ull;
	crash->pid = 4711;
	crash->tid = 4714;
	crash->uid = 33;
	crash->process_name = VIEW_LITERAL("shop");
	crash->signal = SIGSEGV;
	crash->code = SEGV_MAPERR;
	crash->signal_name = "SIGSEGV";
	crash->code_name = "SEGV_MAPERR";
	crash->has_fault_address = true;
	crash->fault_address = 0x8;
	crash->type = VIEW_LITERAL("SIGSEGV");
	crash->cause = VIEW_LITERAL("null pointer dereference at address 0x8");
	crash->suppressed_count = 3;
	attribute_set_static(&crash->attributes, &crash->arena, "limpet.crash.kind", "signal");
	sample_crash_images(crash);
	sample_crash_threads(crash);
	sample_crash_breadcrumbs(crash);
	sample_crash_trace(crash);
	crash->has_session = true;
	random_id_fill(crash->session.id, sizeof(crash->session.id));
	crash->session.status = SESSION_CRASHED;
	crash->session.errors = 1;
	crash->session.started_unix_ns = crash->start_unix_ns;
	crash->session.unix_ns = crash->unix_ns;
	return crash;
}

/* The same with every id and time known. */
static inline struct crash *known_crash(void)
{
	struct crash *crash = sample_crash(KNOWN_CRASH_NS);

	sample_hex(KNOWN_CRASH_ID, crash->id);
	sample_hex(KNOWN_SESSION_ID, crash->session.id);
	return crash;
}

static inline struct item *sample_crash_item(uint64_t unix_ns)
{
	struct crash *crash = sample_crash(unix_ns);
	struct item *item;

	assert(item_new_crash(&item, &crash) == 0);
	return item;
}

#endif
