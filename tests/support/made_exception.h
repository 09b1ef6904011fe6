/* A crash with a chain of one: what grouping and history look at, no more. */
#ifndef SUPPORT_MADE_EXCEPTION_H
#define SUPPORT_MADE_EXCEPTION_H

#include "sample_segment.h"

#include "model/crash.h"

/* Of the program "shop", process 500, thread 501: ValueError: no stock, at /srv/shop.py:7, called
 * from a library. */
static inline struct crash *made_exception(void)
{
	struct resource *resource = sample_resource();
	struct exception_frame *frames;
	struct crash *crash;

	assert(crash_new(&crash, resource) == 0);
	resource_release(&resource);
	frames = arena_allocate(&crash->arena, 2 * sizeof(*frames));
	crash->exceptions = arena_allocate(&crash->arena, sizeof(*crash->exceptions));
	assert(frames && crash->exceptions);
	frames[0] = (struct exception_frame){
		.function = VIEW_LITERAL("total"), .file = VIEW_LITERAL("/srv/shop.py"), .line = 7};
	frames[1] = (struct exception_frame){.function = VIEW_LITERAL("serve"),
					     .file = VIEW_LITERAL("/usr/lib/serve.py"),
					     .line = 99};
	crash->exceptions[0] = (struct exception){.type = VIEW_LITERAL("ValueError"),
						  .value = VIEW_LITERAL("no stock"),
						  .parent = NO_PARENT,
						  .frames = frames,
						  .frames_count = 2,
						  .frames_capacity = 2};
	crash->exceptions_count = 1;
	crash->kind = CRASH_EXCEPTION;
	crash->process_name = VIEW_LITERAL("shop");
	crash->pid = 500;
	crash->tid = 501;
	return crash;
}

/* It belongs to this request. */
static inline void made_exception_link(struct crash *crash, uint8_t trace, uint8_t span)
{
	crash->trace.is_known = true;
	memset(crash->trace.trace_id, trace, TRACE_ID_BYTES);
	memset(crash->trace.span_id, span, SPAN_ID_BYTES);
}

#endif
