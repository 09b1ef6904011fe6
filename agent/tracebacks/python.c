/*
 * What CPython prints of an exception: blocks (header, frames, type and value), joined by a
 * sentence between two of them; in groups, blocks at several levels, each behind its margin. The
 * last block of a chain is the one that was raised, and frames stand outermost first: both are
 * turned around.
 */
#include "tracebacks/python.h"

#include "base/utf8.h"
#include "tracebacks/log_line.h"
#include "tracebacks/python_blocks.h"
#include "tracebacks/python_line.h"

#define MAX_PREAMBLE_LINES 128
#define MAX_VALUE_LINES    256

static bool is_location_only(struct view line)
{
	struct python_location location;

	return python_line_location(line, &location) && !location.function.size;
}

static bool starts_with(struct view line, const char *text)
{
	return view_starts_with(line, view_of_text(text));
}

static bool is_thread_line(struct view line)
{
	return starts_with(line, "Exception in thread ") && line.bytes[line.size - 1] == ':' &&
	       line.size > 21 && line.bytes[20] != '"';
}

static bool is_task_line(struct view line)
{
	return starts_with(line, "Task exception was never retrieved") ||
	       starts_with(line, "Future exception was never retrieved") ||
	       starts_with(line, "_GatheringFuture exception was never retrieved") ||
	       starts_with(line, "Exception in callback ");
}

static bool is_ignored_line(struct view line)
{
	return starts_with(line, "Exception ignored in") ||
	       starts_with(line, "Exception ignored on ") ||
	       starts_with(line, "Unhandled exception in thread started by ");
}

/* A cause that was never raised is a type line without a traceback: only what follows tells. */
static bool is_cause_line(struct view line)
{
	struct python_type type;

	return python_line_type(line, &type) &&
	       (view_ends_with(type.type, VIEW_LITERAL("Error")) ||
		view_ends_with(type.type, VIEW_LITERAL("Exception")));
}

static bool is_group_header(struct view line)
{
	struct view inner;
	uint32_t level;
	bool is_group;

	return python_line_margin(line, &level, &inner) == MARGIN_TEXT && level == 0 &&
	       python_line_is_header(inner, &is_group) && is_group;
}

static bool python_begins(const struct traceback_line *line)
{
	struct view text = line->text;
	bool is_group;

	if (text.size < 5)
		return false;
	if (text.bytes[0] == ' ')
		return is_group_header(text) || is_location_only(text);
	return python_line_is_header(text, &is_group) || is_thread_line(text) ||
	       is_task_line(text) || is_ignored_line(text) || is_cause_line(text);
}

static enum traceback_step take_frame_line(struct python_state *state, struct traceback *report,
					   struct view line)
{
	struct python_location location;
	struct python_type type;

	if (python_line_location(line, &location)) {
		python_blocks_take_location(state, report, &location);
		return TRACEBACK_TAKEN;
	}
	if (starts_with(line, "  "))
		return python_blocks_take_source(state, report, line);
	if (python_line_type(line, &type))
		return python_blocks_take_type(state, report, &type);
	return TRACEBACK_NOT_MINE;
}

/* A block, or what may stand for one: a cause that was never raised has only its type. */
static enum traceback_step take_start(struct python_state *state, struct traceback *report,
				      struct view line)
{
	struct python_type type = {0};
	bool is_group;

	if (state->is_left_out) /* "and 25 more exceptions" */
		return python_blocks_take_type(state, report, &type);
	if (python_line_is_header(line, &is_group))
		return python_blocks_take_header(state, report, is_group);
	if (is_location_only(line)) {
		python_blocks_take_header(state, report, false);
		return take_frame_line(state, report, line);
	}
	if (python_line_type(line, &type))
		return python_blocks_take_type(state, report, &type);
	return TRACEBACK_NOT_MINE;
}

/* Is it another report or log line, not the value of this one? */
static bool is_of_another(struct view line)
{
	struct log_line log;
	bool is_group;

	if (python_line_is_header(line, &is_group) ||
	    starts_with(line, "Stack (most recent call last):"))
		return true;
	return log_line_parse(line, &log) && log.has_level && (log.has_time || log.logger.size);
}

static enum traceback_step take_value_line(struct python_state *state, struct traceback *report,
					   const struct traceback_line *line, struct view text)
{
	int32_t head = state->heads[state->level];
	bool is_linked = python_line_is_cause(text) || python_line_is_context(text);

	if (is_linked && state->blanks) {
		state->link = python_line_is_cause(text) ? RELATION_CAUSE : RELATION_CONTEXT;
		state->phase = PHASE_BETWEEN;
		state->is_unsure = false;
		report->is_closable = false;
		return TRACEBACK_TAKEN;
	}
	if (state->is_unsure && text.size)
		return TRACEBACK_NOT_MINE;
	if (!text.size) {
		state->blanks++;
		return state->blanks > MAX_VALUE_LINES ? TRACEBACK_NOT_MINE : TRACEBACK_TAKEN;
	}
	/* Behind a margin it can be nobody else's. */
	if ((line->is_write_start && text.bytes == line->text.bytes) || is_of_another(text) ||
	    state->lines++ >= MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	if (head < 0 || state->is_left_out)
		return TRACEBACK_TAKEN;
	for (; state->blanks; state->blanks--)
		traceback_add_value_line(report, &report->exceptions[head], (struct view){0});
	traceback_add_value_line(report, &report->exceptions[head], text);
	return TRACEBACK_TAKEN;
}

/* Up to the traceback: asyncio tells what it knows of the task, and where it was made. */
static enum traceback_step take_preamble(struct python_state *state, struct traceback *report,
					 struct view line)
{
	bool is_group;

	if (!state->is_task || python_line_is_header(line, &is_group))
		return take_start(state, report, line);
	return ++state->lines > MAX_PREAMBLE_LINES ? TRACEBACK_NOT_MINE : TRACEBACK_TAKEN;
}

static enum traceback_step take_text(struct python_state *state, struct traceback *report,
				     const struct traceback_line *line, struct view text)
{
	switch (state->phase) {
	case PHASE_PREAMBLE:
		return take_preamble(state, report, text);
	case PHASE_START:
		return take_start(state, report, text);
	case PHASE_FRAMES:
		return take_frame_line(state, report, text);
	case PHASE_VALUE:
		return take_value_line(state, report, line, text);
	default:
		return text.size ? take_start(state, report, text) : TRACEBACK_TAKEN;
	}
}

static enum traceback_step take_behind_margin(struct python_state *state, struct traceback *report,
					      const struct traceback_line *line)
{
	struct view text;
	uint32_t level;

	switch (python_line_margin(line->text, &level, &text)) {
	case MARGIN_TEXT:
		break;
	case MARGIN_MEMBER:
		return python_blocks_start_member(state, report, level, false);
	case MARGIN_MORE:
		return python_blocks_start_member(state, report, level, true);
	case MARGIN_CLOSE:
		return python_blocks_close_group(state, report, level);
	default:
		/* 3.11 leaves it out before the second line of a value. */
		return state->phase == PHASE_VALUE && line->text.size
			       ? take_value_line(state, report, line, line->text)
			       : TRACEBACK_NOT_MINE;
	}
	if (level > state->level)
		return TRACEBACK_NOT_MINE;
	if (level < state->level) {
		python_blocks_drop(state, report);
		state->level = level;
		state->phase = PHASE_VALUE;
		state->is_left_out = false;
	}
	return take_text(state, report, line, text);
}

static void name_thread(struct traceback *report, struct view line)
{
	report->manner = MANNER_THREAD;
	report->mechanism = "threading";
	if (is_thread_line(line))
		report->thread_name =
			traceback_copy(report, view_take(view_skip(line, 20), line.size - 21));
}

static enum traceback_step take_first(struct python_state *state, struct traceback *report,
				      struct view line)
{
	bool is_group;

	state->is_begun = true;
	python_blocks_forget(state, 0);
	report->mechanism = "excepthook";
	if (is_location_only(line))
		state->is_syntax = true;
	else if (python_line_is_header(line, &is_group))
		return python_blocks_take_header(state, report, is_group);
	else if (is_thread_line(line) || starts_with(line, "Unhandled exception in thread"))
		name_thread(report, line);
	else if (is_task_line(line) || is_ignored_line(line)) {
		state->is_task = is_task_line(line);
		report->manner = MANNER_UNOBSERVED;
		report->mechanism = state->is_task ? "asyncio" : "unraisablehook";
		if (!report->log_message.size)
			report->log_message = traceback_copy(report, line);
		if (state->is_task && !report->logger.size)
			report->logger = VIEW_LITERAL("asyncio");
	} else {
		state->is_unsure = true;
	}
	if (state->is_syntax || state->is_unsure)
		return take_start(state, report, line);
	state->phase = PHASE_PREAMBLE;
	return TRACEBACK_TAKEN;
}

static enum traceback_step python_take(void *self, struct traceback *report,
				       const struct traceback_line *line)
{
	struct python_state *state = self;
	enum traceback_step step;

	if (!state->is_begun && !is_group_header(line->text))
		return take_first(state, report, line->text);
	if (!state->is_begun) {
		take_first(state, report,
			   VIEW_LITERAL("Exception Group Traceback (most recent call last):"));
		return TRACEBACK_TAKEN;
	}
	state->is_many_writes |= line->is_write_start;
	/* Half of a type is another type: "Keyboard". */
	if (line->is_unended && !line->is_write_end && state->phase != PHASE_VALUE &&
	    view_find_byte(line->text, ':') < 0)
		return TRACEBACK_NOT_MINE;
	if (state->is_open_group)
		step = take_behind_margin(state, report, line);
	else if (state->phase != PHASE_FRAMES && is_group_header(line->text))
		step = python_blocks_take_header(state, report, true);
	else
		step = take_text(state, report, line, line->text);
	/* One write has all of it: another one cannot go on with it. */
	if (step == TRACEBACK_TAKEN && state->phase == PHASE_VALUE && !state->is_open_group &&
	    !state->is_many_writes && !state->is_unsure && line->is_write_end)
		return TRACEBACK_LAST;
	return step;
}

static bool is_type(const struct exception *exception, const char *name)
{
	return view_equals(exception->type, view_of_text(name));
}

/* Random bytes behind a marker: what has not a single frame is text, at least. */
static bool is_garbage(const struct exception *raised)
{
	struct view rest = raised->value;

	while (raised->frames_count == 0 && rest.size) {
		size_t length = utf8_sequence_length(rest);
		unsigned char first = (unsigned char)rest.bytes[0];

		if (length == 0 || (first < ' ' && first != '\t' && first != '\n'))
			return true;
		rest = view_skip(rest, length);
	}
	return false;
}

static bool python_finish(void *self, struct traceback *report)
{
	struct python_state *state = self;
	const struct exception *raised = report->exceptions;

	python_blocks_drop(state, report);
	report->is_truncated |= state->is_open_group || state->phase == PHASE_BETWEEN;
	if (!report->exceptions_count || state->is_unsure)
		return false;
	if (state->is_syntax && !is_type(raised, "SyntaxError") &&
	    !is_type(raised, "IndentationError") && !is_type(raised, "TabError"))
		return false;
	/* Ctrl-C and exit() are no errors. */
	return !is_garbage(raised) && !is_type(raised, "KeyboardInterrupt") &&
	       !is_type(raised, "SystemExit");
}

static const char *const markers[] = {
	"Traceback (most recent call last",
	"Exception in thread ",
	"Task exception was never",
	"Exception Group Traceback",
	NULL,
};
static const char *const openings[] = {"  File \"", NULL};

const struct traceback_language traceback_python = {
	.name = "python",
	.language = LANGUAGE_PYTHON,
	.markers = markers,
	.openings = openings,
	.state_bytes = sizeof(struct python_state),
	.begins = python_begins,
	.take = python_take,
	.finish = python_finish,
};
