/*
 * Ruby: what nobody caught, printed by the interpreter (in many small writes: the place, ": ", the
 * message, " (", the class, …), by a thread that ended, and by loggers and frameworks: Logger,
 * Rails, Sinatra and Rack, WEBrick, Puma. The innermost frame is printed first; causes follow with
 * a head of their own. Logged heads count only with a frame below them.
 */
#include "tracebacks/ruby.h"

#include "tracebacks/ruby_lines.h"

#define MAX_BLANK_LINES 2
#define MAX_VALUE_LINES 64 /* of a message, before it is somebody else's output */

enum phase {
	PHASE_START = 0,
	PHASE_THREAD,   /* the thread's line was read: the head follows */
	PHASE_REVERSED, /* frames, the outermost first; the head comes last */
	PHASE_VALUE,    /* the head was read: more of the message, or frames */
	PHASE_FRAMES,
	PHASE_LOGGED, /* a logged head: frames must follow */
	PHASE_LOGGED_FRAMES,
};

struct ruby_state {
	enum phase phase;
	uint32_t current; /* exception under way */
	uint32_t extra_lines;
	bool is_one_write; /* not piece by piece, as the interpreter does: the next write is
			      somebody else's */
	bool is_proven;    /* a class was printed by Ruby itself, or frames came */
	bool is_open;      /* a logged message that has not ended */
	bool is_skipped;   /* the chain is full: frames belong to nobody */
};

static bool ruby_begins(const struct traceback_line *line)
{
	struct ruby_head head;

	return ruby_lines_read_head(line->text, &head);
}

static struct exception *current_exception(struct ruby_state *state, struct traceback *report)
{
	if (state->is_skipped || state->current >= report->exceptions_count)
		return NULL;
	return &report->exceptions[state->current];
}

/* Since 3.4 a label names the class of its method: "Shop#total"; blocks keep theirs. */
static void set_function(struct traceback *report, struct exception_frame *frame, struct view label)
{
	ssize_t at = view_find_byte(label, '#');

	if (at > 0 && ruby_lines_is_class(view_take(label, (size_t)at))) {
		frame->module = traceback_copy(report, view_take(label, (size_t)at));
		label = view_skip(label, (size_t)at + 1);
	}
	frame->function = traceback_copy(report, label);
}

static void add_frame(struct ruby_state *state, struct traceback *report,
		      const struct ruby_place *place)
{
	struct exception *exception = current_exception(state, report);
	struct exception_frame *frame = exception ? traceback_add_frame(report, exception) : NULL;

	if (!frame)
		return;
	frame->file = traceback_copy(report, place->file);
	frame->line = place->line;
	frame->is_native = view_starts_with(place->file, VIEW_LITERAL("<internal:"));
	set_function(report, frame, place->label);
}

/* The type is the whole name; the module its namespace. */
static void set_type(struct traceback *report, struct exception *exception, struct view type)
{
	size_t end = type.size;

	exception->type = traceback_copy(report, type);
	while (end && type.bytes[end - 1] != ':')
		end--;
	if (end > 2)
		exception->module = view_take(exception->type, end - 2);
}

static void set_head(struct ruby_state *state, struct traceback *report,
		     const struct ruby_head *head)
{
	struct exception *exception = current_exception(state, report);

	if (!exception)
		return;
	set_type(report, exception, head->type);
	exception->value = traceback_copy(report, view_take(head->value, MAX_EXCEPTION_VALUE));
	state->is_proven |= head->type.size && head->kind != RUBY_HEAD_LOGGED;
	if (head->kind != RUBY_HEAD_LOGGED)
		add_frame(state, report, &head->place);
}

static void begin_exception(struct ruby_state *state, struct traceback *report,
			    const struct ruby_head *head)
{
	uint32_t count = report->exceptions_count;
	bool is_first = count == 0;

	state->is_skipped =
		!traceback_add_exception(report, is_first ? RELATION_RAISED : RELATION_CAUSE,
					 is_first ? NO_PARENT : count - 1);
	state->current = count;
	state->extra_lines = 0;
	if (head)
		set_head(state, report, head);
}

static enum traceback_step take_start(struct ruby_state *state, struct traceback *report,
				      const struct traceback_line *line)
{
	struct ruby_head head;

	if (!ruby_lines_read_head(line->text, &head))
		return TRACEBACK_NOT_MINE;
	report->mechanism = "ruby";
	state->is_one_write = !line->is_write_start || !line->is_write_end;
	switch (head.kind) {
	case RUBY_HEAD_THREAD:
		report->manner = MANNER_THREAD;
		report->thread_name = traceback_copy(report, head.thread_name);
		state->phase = PHASE_THREAD;
		return TRACEBACK_TAKEN;
	case RUBY_HEAD_REVERSED:
		begin_exception(state, report, NULL);
		state->phase = PHASE_REVERSED;
		return TRACEBACK_TAKEN;
	case RUBY_HEAD_LOGGED:
		state->is_open = head.is_open;
		state->phase = PHASE_LOGGED;
		break;
	default:
		if (!state->is_one_write)
			report->manner = MANNER_UNCAUGHT;
		state->phase = PHASE_VALUE;
		report->is_closable = true;
		break;
	}
	begin_exception(state, report, &head);
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_thread_head(struct ruby_state *state, struct traceback *report,
					    struct view text)
{
	struct ruby_head head;

	if (!ruby_lines_read_head(text, &head) ||
	    (head.kind != RUBY_HEAD_PLACE && head.kind != RUBY_HEAD_SYNTAX))
		return TRACEBACK_NOT_MINE;
	begin_exception(state, report, &head);
	state->is_proven = true;
	state->phase = PHASE_VALUE;
	report->is_closable = true;
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_reversed(struct ruby_state *state, struct traceback *report,
					 struct view text)
{
	struct ruby_place place;
	struct ruby_head head;

	if (ruby_lines_read_reversed_frame(text, &place)) {
		add_frame(state, report, &place);
		return TRACEBACK_TAKEN;
	}
	if (!report->exceptions[0].frames_count || !ruby_lines_read_head(text, &head) ||
	    (head.kind != RUBY_HEAD_PLACE && head.kind != RUBY_HEAD_SYNTAX))
		return TRACEBACK_NOT_MINE;
	set_head(state, report, &head);
	traceback_reverse_frames(&report->exceptions[0]);
	if (!state->is_one_write)
		report->manner = MANNER_UNCAUGHT;
	state->is_proven = true;
	state->phase = PHASE_VALUE;
	report->is_closable = true;
	return TRACEBACK_TAKEN;
}

/* A frame, or the folded middle of a deep recursion. */
static bool take_frame(struct ruby_state *state, struct traceback *report, struct view text)
{
	struct exception *exception = current_exception(state, report);
	struct ruby_place place;
	uint32_t levels;

	if (ruby_lines_read_frame(text, &place)) {
		add_frame(state, report, &place);
		return true;
	}
	if (!ruby_lines_read_levels(text, &levels))
		return false;
	if (exception && levels <= UINT32_MAX - exception->left_out)
		exception->left_out += levels;
	return true;
}

/* What Ruby prints below the frames is the cause, with its class. */
static bool take_cause(struct ruby_state *state, struct traceback *report, struct view text)
{
	struct ruby_head head;

	if (!ruby_lines_read_head(text, &head) || head.kind != RUBY_HEAD_PLACE || !head.type.size)
		return false;
	begin_exception(state, report, &head);
	state->phase = PHASE_VALUE;
	return true;
}

static enum traceback_step take_value(struct ruby_state *state, struct traceback *report,
				      struct view text)
{
	struct exception *exception = current_exception(state, report);

	/* A place alone on its line, without "from", may well be a line of the message. */
	if (text.size && text.bytes[0] == '\t' && take_frame(state, report, text)) {
		state->phase = PHASE_FRAMES;
		state->is_proven = true;
		return TRACEBACK_TAKEN;
	}
	if (take_cause(state, report, text))
		return TRACEBACK_TAKEN;
	if (++state->extra_lines > MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	if (exception)
		traceback_add_value_line(report, exception, text);
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_frames(struct ruby_state *state, struct traceback *report,
				       struct view text)
{
	if (text.size && text.bytes[0] == '\t' && take_frame(state, report, text))
		return TRACEBACK_TAKEN;
	return take_cause(state, report, text) ? TRACEBACK_TAKEN : TRACEBACK_NOT_MINE;
}

/* More of an open message, up to the line that ends with a colon. */
static enum traceback_step take_open_message(struct ruby_state *state, struct traceback *report,
					     struct view text)
{
	struct exception *exception = current_exception(state, report);

	if (++state->extra_lines > MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	state->is_open = !view_ends_with(text, VIEW_LITERAL(":"));
	if (exception)
		traceback_add_value_line(report, exception,
					 view_take(text, text.size - !state->is_open));
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_logged(struct ruby_state *state, struct traceback *report,
				       const struct traceback_line *line)
{
	if (take_frame(state, report, line->text)) {
		state->phase = PHASE_LOGGED_FRAMES;
		report->manner = MANNER_LOGGED;
		report->is_closable = true;
		return TRACEBACK_TAKEN;
	}
	if (state->is_open && !line->is_write_start)
		return take_open_message(state, report, line->text);
	if (view_is_empty(view_trim(line->text)) && ++state->extra_lines <= MAX_BLANK_LINES)
		return TRACEBACK_TAKEN;
	return TRACEBACK_NOT_MINE;
}

/* Rails: "Caused by: Class (message)" and its frames. */
static enum traceback_step take_logged_frames(struct ruby_state *state, struct traceback *report,
					      struct view text)
{
	static const struct view caused_by = {.bytes = "Caused by: ", .size = 11};
	struct ruby_head head;

	if (take_frame(state, report, text))
		return TRACEBACK_TAKEN;
	text = view_trim(text);
	if (view_is_empty(text))
		return ++state->extra_lines <= MAX_BLANK_LINES ? TRACEBACK_TAKEN
							       : TRACEBACK_NOT_MINE;
	if (!view_starts_with(text, caused_by) ||
	    !ruby_lines_read_head(view_skip(text, caused_by.size), &head) ||
	    head.kind != RUBY_HEAD_LOGGED)
		return TRACEBACK_NOT_MINE;
	begin_exception(state, report, &head);
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_line(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	struct ruby_state *state = opaque;
	bool is_logged = state->phase >= PHASE_LOGGED;

	if (state->phase != PHASE_START && !is_logged && state->is_one_write &&
	    line->is_write_start)
		return TRACEBACK_NOT_MINE;
	switch (state->phase) {
	case PHASE_START:
		return take_start(state, report, line);
	case PHASE_THREAD:
		return take_thread_head(state, report, line->text);
	case PHASE_REVERSED:
		return take_reversed(state, report, line->text);
	case PHASE_VALUE:
		return take_value(state, report, line->text);
	case PHASE_FRAMES:
		return take_frames(state, report, line->text);
	case PHASE_LOGGED:
		return take_logged(state, report, line);
	case PHASE_LOGGED_FRAMES:
		return take_logged_frames(state, report, line->text);
	}
	return TRACEBACK_NOT_MINE;
}

/* A line that was cut short may have been the next of the report. */
static enum traceback_step ruby_take(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	enum traceback_step step = take_line(opaque, report, line);

	report->is_truncated |= step == TRACEBACK_NOT_MINE && line->is_unended;
	return step;
}

static bool ruby_finish(void *opaque, struct traceback *report)
{
	const struct ruby_state *state = opaque;

	if (state->phase <= PHASE_REVERSED || state->phase == PHASE_LOGGED ||
	    !report->exceptions_count)
		return false;
	if (state->phase != PHASE_LOGGED_FRAMES && !state->is_proven)
		return false;
	for (uint32_t i = 0; i < report->exceptions_count; i++)
		if (!report->exceptions[i].type.size) /* of a class without a name */
			report->exceptions[i].type = VIEW_LITERAL("Exception");
	return true;
}

/*
 * The interpreter's own report begins with a write of nothing but "app.rb:3:in `total'": the kernel
 * keeps that until a frame follows (PROCESS_KEEPS_TAIL), or has a marker for what stands alone.
 */
static const char *const markers[] = {
	"> terminated with exception",
	":in `block",
	":in `<main>'",
	":in `<top (required)>'",
	":in `call'",
	":in 'Integer#",
	":in 'Kernel#",
	":in 'block in ",
	":in '<main>'",
	"Error - ",
	"Error):\n",
	"] ERROR ZeroDivisionError",
	": syntax error, ",
	NULL,
};

static const char *const openings[] = {"#<Thread", "\tfrom ", NULL};

const struct traceback_language traceback_ruby = {
	.name = "ruby",
	.language = LANGUAGE_RUBY,
	.markers = markers,
	.openings = openings,
	.state_bytes = sizeof(struct ruby_state),
	.begins = ruby_begins,
	.take = ruby_take,
	.finish = ruby_finish,
};
