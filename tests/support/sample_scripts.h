/* Exceptions of languages with scripts, for sample_exception.h, and what they are made with. */
#ifndef SUPPORT_SAMPLE_SCRIPTS_H
#define SUPPORT_SAMPLE_SCRIPTS_H

#include "sample_crash.h"

static inline struct exception *sample_raise(struct crash *crash, enum exception_relation relation,
					     uint32_t parent, const char *type, const char *value)
{
	struct exception *exception = &crash->exceptions[crash->exceptions_count++];

	assert(crash->exceptions_count <= MAX_EXCEPTIONS);
	*exception = (struct exception){
		.type = view_of_text(type),
		.value = view_of_text(value),
		.relation = relation,
		.parent = parent,
		.frames = arena_allocate(&crash->arena, 16 * sizeof(struct exception_frame)),
		.frames_capacity = 16,
	};
	assert(exception->frames);
	return exception;
}

/* Further out than the one before. */
static inline struct exception_frame *sample_frame(struct exception *exception, bool is_in_app,
						   const char *function, const char *file,
						   uint32_t line)
{
	struct exception_frame *frame = &exception->frames[exception->frames_count++];

	assert(exception->frames_count <= exception->frames_capacity);
	*frame = (struct exception_frame){.function = view_of_text(function),
					  .file = view_of_text(file),
					  .line = line,
					  .is_in_app = is_in_app};
	return frame;
}

static inline void sample_source(struct crash *crash, struct exception_frame *frame)
{
	frame->before = arena_allocate(&crash->arena, 2 * sizeof(struct view));
	frame->after = arena_allocate(&crash->arena, sizeof(struct view));
	assert(frame->before && frame->after);
	frame->before[0] = VIEW_LITERAL("@app.route(\"/divide_by_zero\")");
	frame->before[1] = VIEW_LITERAL("def divide_by_zero():");
	frame->context_line = VIEW_LITERAL("    return 1 / rate()");
	frame->after[0] = (struct view){0};
	frame->before_count = 2;
	frame->after_count = 1;
}

static inline void sample_python(struct crash *crash)
{
	const char *flask = "/usr/lib/python3/dist-packages/flask/app.py";
	struct exception *raised = sample_raise(crash, RELATION_RAISED, NO_PARENT,
						"ZeroDivisionError", "division by zero");
	struct exception *cause = sample_raise(crash, RELATION_CONTEXT, 0, "JSONDecodeError",
					       "Expecting value: line 1 column 1 (char 0)");

	sample_frame(raised, true, "divide_by_zero", "/srv/shop/app.py", 12)->short_file =
		VIEW_LITERAL("app.py");
	sample_source(crash, &raised->frames[0]);
	sample_frame(raised, false, "dispatch_request", flask, 1799)->short_file =
		VIEW_LITERAL("flask/app.py");
	sample_frame(raised, false, "full_dispatch_request", flask, 1821)->short_file =
		VIEW_LITERAL("flask/app.py");
	cause->module = VIEW_LITERAL("json.decoder");
	sample_frame(cause, false, "raw_decode", "/usr/lib/python3.11/json/decoder.py", 355)
		->short_file = VIEW_LITERAL("json/decoder.py");
	sample_frame(cause, true, "rate", "/srv/shop/app.py", 7)->short_file =
		VIEW_LITERAL("app.py");
	cause->frames[1].repeats = 40;
	crash->language = LANGUAGE_PYTHON;
	crash->level = LEVEL_ERROR;
	crash->is_handled = true;
	crash->mechanism = "logging";
	crash->logger = VIEW_LITERAL("app");
	crash->log_message = VIEW_LITERAL("Exception on /divide_by_zero [GET]");
	crash->runtime_name = VIEW_LITERAL("CPython");
	crash->runtime_version = VIEW_LITERAL("3.11.2");
}

static inline void sample_group(struct crash *crash)
{
	struct exception *group = sample_raise(crash, RELATION_RAISED, NO_PARENT, "ExceptionGroup",
					       "two tasks failed (2 sub-exceptions)");
	struct exception *member;

	group->is_group = true;
	sample_frame(group, true, "main", "/srv/shop/jobs.py", 30);
	member = sample_raise(crash, RELATION_MEMBER, 0, "ValueError", "no such order");
	sample_frame(member, true, "load", "/srv/shop/jobs.py", 11);
	member = sample_raise(crash, RELATION_MEMBER, 0, "TimeoutError", "");
	sample_frame(member, true, "wait", "/srv/shop/jobs.py", 17);
	member = sample_raise(crash, RELATION_CAUSE, 2, "OSError", "[Errno 110] timed out");
	sample_frame(member, true, "connect", "/srv/shop/jobs.py", 21);
	crash->language = LANGUAGE_PYTHON;
	crash->level = LEVEL_FATAL;
	crash->mechanism = "excepthook";
}

static inline void sample_node(struct crash *crash)
{
	struct exception *raised = sample_raise(crash, RELATION_RAISED, NO_PARENT, "TypeError",
						"Cannot read properties of undefined");
	struct exception *cause =
		sample_raise(crash, RELATION_CAUSE, 0, "Error", "connect ECONNREFUSED");

	sample_frame(raised, true, "total", "/srv/shop/server.js", 9)->column = 23;
	sample_frame(raised, false, "next", "/srv/shop/node_modules/express/lib/router/route.js",
		     149)
		->column = 13;
	sample_frame(raised, false, "process.processTicksAndRejections",
		     "node:internal/process/task_queues", 95)
		->column = 5;
	sample_frame(cause, false, "", "node:net", 1595)->column = 16;
	crash->language = LANGUAGE_NODE;
	crash->level = LEVEL_FATAL;
	crash->mechanism = "onuncaughtexception";
	crash->runtime_name = VIEW_LITERAL("node");
	crash->runtime_version = VIEW_LITERAL("v20.20.2");
}

static inline void sample_php(struct crash *crash)
{
	struct exception *raised = sample_raise(crash, RELATION_RAISED, NO_PARENT,
						"Shop\\OrderException", "no such order");

	sample_frame(raised, true, "Shop\\Orders::find", "/srv/shop/orders.php", 12);
	sample_frame(raised, false, "array_map", "", 0)->is_native = true;
	sample_frame(raised, true, "", "/srv/shop/index.php", 3);
	crash->language = LANGUAGE_PHP;
	crash->level = LEVEL_ERROR;
	crash->mechanism = "exception_handler";
}

#endif
