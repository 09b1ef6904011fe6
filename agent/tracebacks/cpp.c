/*
 * libstdc++ says "terminate called after throwing an instance of 'T'" and, for what derives from
 * std::exception, "  what():  text"; libc++ puts it all on one line. A text of several lines is one
 * write, so that what begins another write is somebody else's. Frames there are none: the crash
 * that follows has them.
 */
#include "tracebacks/cpp.h"

#define THROWN  VIEW_LITERAL("terminate called after throwing an instance of '")
#define CALLED  VIEW_LITERAL("terminate called ")
#define WHAT    VIEW_LITERAL("  what():  ")
#define LIBCXX  VIEW_LITERAL("libc++abi: terminating")
#define OF_TYPE VIEW_LITERAL(" exception of type ")

enum cpp_stage {
	CPP_START,
	CPP_WHAT,  /* it may come */
	CPP_VALUE, /* it may go on */
	CPP_END,
};

struct cpp_report {
	enum cpp_stage stage;
};

static const char *const markers[] = {"terminate called ", NULL};
static const char *const openings[] = {"libc++ab", NULL};

static bool may_begin(const struct traceback_line *line)
{
	return view_starts_with(line->text, LIBCXX) || view_starts_with(line->text, THROWN) ||
	       view_equals(line->text,
			   VIEW_LITERAL("terminate called without an active exception")) ||
	       view_equals(line->text, VIEW_LITERAL("terminate called recursively"));
}

static struct view copy_value(struct traceback *report, struct view value)
{
	return traceback_copy(report, view_take(value, MAX_EXCEPTION_VALUE));
}

/* "…terminating due to uncaught exception of type T: text" */
static void take_libcxx(struct cpp_report *state, struct traceback *report,
			struct exception *exception, struct view line)
{
	ssize_t at = view_find(line, OF_TYPE), colon;
	struct view type;

	state->stage = CPP_VALUE;
	if (at < 0) {
		exception->type = traceback_copy(report, VIEW_LITERAL("std::terminate"));
		exception->value = copy_value(report, view_skip(line, sizeof("libc++abi: ") - 1));
		return;
	}
	type = view_skip(line, (size_t)at + OF_TYPE.size);
	colon = view_find(type, VIEW_LITERAL(": "));
	if (colon >= 0)
		exception->value = copy_value(report, view_skip(type, (size_t)colon + 2));
	exception->type = copy_value(report, colon < 0 ? type : view_take(type, (size_t)colon));
}

static enum traceback_step begin_report(struct cpp_report *state, struct traceback *report,
					struct view line)
{
	struct exception *exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);

	if (!exception)
		return TRACEBACK_NOT_MINE;
	report->is_closable = true;
	if (view_starts_with(line, THROWN)) {
		struct view type = view_skip(line, THROWN.size);

		state->stage = CPP_WHAT;
		if (type.size && type.bytes[type.size - 1] == '\'')
			type.size--;
		else
			report->is_truncated = true;
		exception->type = copy_value(report, type);
	} else if (view_starts_with(line, CALLED)) {
		state->stage = CPP_END;
		exception->type = traceback_copy(report, VIEW_LITERAL("std::terminate"));
		exception->value = copy_value(report, line);
	} else {
		take_libcxx(state, report, exception, line);
	}
	return state->stage == CPP_END ? TRACEBACK_LAST : TRACEBACK_TAKEN;
}

static enum traceback_step take_line(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	struct cpp_report *state = opaque;

	if (state->stage == CPP_START)
		return begin_report(state, report, line->text);
	if (state->stage == CPP_WHAT) {
		if (!view_starts_with(line->text, WHAT))
			return TRACEBACK_NOT_MINE;
		report->exceptions[0].value = copy_value(report, view_skip(line->text, WHAT.size));
		state->stage = CPP_VALUE;
		return TRACEBACK_TAKEN;
	}
	if (line->is_write_start || may_begin(line))
		return TRACEBACK_NOT_MINE;
	traceback_add_value_line(report, &report->exceptions[0], line->text);
	return TRACEBACK_TAKEN;
}

static bool finish_report(void *opaque, struct traceback *report)
{
	(void)opaque;
	report->manner = MANNER_UNCAUGHT;
	report->mechanism = "terminate";
	return report->exceptions[0].type.size > 0;
}

const struct traceback_language traceback_cpp = {
	.name = "cpp",
	.language = LANGUAGE_CPP,
	.markers = markers,
	.openings = openings,
	.state_bytes = sizeof(struct cpp_report),
	.begins = may_begin,
	.take = take_line,
	.finish = finish_report,
};
