/*
 * PHP: the engine's "Uncaught", its other fatal errors and parse errors, exceptions turned into
 * text, and Monolog's (Laravel, Symfony). Warnings and notices are none. A frame names a place and
 * what was called there, so functions move by one: the throw's own place is in the function of #0,
 * whose place is in the function of #1. Causes are printed first, but Monolog's last. Arguments
 * never get past here: they are people's data.
 */
#include "tracebacks/php.h"

#include "tracebacks/php_lines.h"
#include "tracebacks/php_text.h"

enum phase {
	PHASE_START = 0,
	PHASE_BREAK,  /* "<br />" was read: the head follows, in HTML */
	PHASE_VALUE,  /* of an exception: up to "Stack trace:" */
	PHASE_FRAMES, /* or what a line break in an argument left of one */
	PHASE_MAIN,   /* {main} was read: a blank line, "Next …", "thrown in …" */
	PHASE_FATAL,  /* an error without exception: since 8.5 a trace may follow */
	PHASE_OBJECT, /* Monolog's frames */
};

struct php_state {
	enum phase phase;
	struct php_place place; /* what the value ended with last; the file is in the arena */
	bool has_place;
	size_t value_size;  /* of the value without it */
	uint32_t current;   /* exception under way */
	bool is_skipped;    /* the chain is full: frames belong to nobody */
	bool is_whole_line; /* the frame printed last ended with its parenthesis */
	bool is_quoted;     /* FPM's main process put every line in quotes */
	bool is_html;
	bool is_string; /* a head that needs a trace below it */
};

static bool is_break(struct view text)
{
	return view_equals(text, VIEW_LITERAL("<br />"));
}

static bool php_begins(const struct traceback_line *line)
{
	struct php_head head;

	return is_break(line->text) || php_lines_read_head(line->text, &head);
}

static struct exception *current_exception(struct php_state *state, struct traceback *report)
{
	return state->is_skipped ? NULL : &report->exceptions[state->current];
}

static void add_place(struct php_state *state, struct traceback *report,
		      const struct php_place *place)
{
	struct exception *exception = current_exception(state, report);
	struct exception_frame *frame = exception ? traceback_add_frame(report, exception) : NULL;

	if (!frame)
		return;
	frame->file = traceback_copy(report, place->file);
	frame->line = place->line;
	frame->is_native = view_is_empty(place->file);
}

/* The place before this frame's is inside of the function that it names. */
static void add_frame(struct php_state *state, struct traceback *report,
		      const struct php_frame *frame)
{
	struct exception *exception = current_exception(state, report);

	if (exception && exception->frames_count)
		exception->frames[exception->frames_count - 1].function =
			php_text_function(report, frame->function);
	if (!frame->is_main)
		add_place(state, report, &frame->place);
}

static void note_place(struct php_state *state, struct traceback *report,
		       const struct php_place *place, size_t value_size)
{
	struct exception *exception = current_exception(state, report);

	state->has_place = true;
	state->place.line = place->line;
	state->place.file = traceback_copy(report, place->file);
	state->value_size = exception && value_size > exception->value.size ? exception->value.size
									    : value_size;
}

/* The value ends where its place began. */
static void end_value(struct php_state *state, struct traceback *report)
{
	struct exception *exception = current_exception(state, report);

	if (!state->has_place)
		return;
	if (exception && state->value_size < exception->value.size)
		exception->value.size = state->value_size;
	add_place(state, report, &state->place);
	state->has_place = false;
}

/* An exception whose cause is the one before, or with is_cause is the cause of the one before. */
static void begin_exception(struct php_state *state, struct traceback *report,
			    const struct php_head *head, bool is_cause)
{
	uint32_t count = report->exceptions_count;
	struct exception *exception = traceback_add_exception(
		report, is_cause ? RELATION_CAUSE : RELATION_RAISED, NO_PARENT);

	state->is_skipped = !exception;
	state->has_place = false;
	if (!exception) {
		report->is_truncated = true;
		return;
	}
	exception->type = traceback_copy(report, head->type);
	exception->value = traceback_copy(report, view_take(head->value, MAX_EXCEPTION_VALUE));
	state->current = is_cause ? count : 0;
	if (is_cause) {
		exception->parent = count - 1;
	} else if (count) {
		traceback_put_first(report, count);
		report->exceptions[1].relation = RELATION_CAUSE;
		report->exceptions[1].parent = 0;
	}
	if (head->has_place)
		note_place(state, report, &head->place, head->value.size);
}

/* Monolog's JSON string: its line breaks and backslashes are escaped. */
static enum traceback_step take_object_line(struct php_state *state, struct traceback *report,
					    struct view text);

static void take_object_rest(struct php_state *state, struct traceback *report, struct view rest)
{
	struct view line;

	while (php_text_next_escaped_line(&rest, &line))
		(void)take_object_line(state, report, line);
}

static enum traceback_step begin_object(struct php_state *state, struct traceback *report,
					const struct php_head *head, bool is_cause)
{
	struct php_head plain = *head;
	struct view rest = head->rest;

	plain.type = php_text_unescape(report, head->type);
	plain.value = php_text_unescape(report, head->value);
	plain.place.file = php_text_unescape(report, head->place.file);
	begin_exception(state, report, &plain, is_cause);
	end_value(state, report);
	state->phase = PHASE_OBJECT;
	report->manner = MANNER_LOGGED;
	report->mechanism = "logging";
	report->is_closable = true;
	take_object_rest(state, report, rest);
	return rest.size ? TRACEBACK_LAST : TRACEBACK_TAKEN;
}

static enum traceback_step take_object_line(struct php_state *state, struct traceback *report,
					    struct view text)
{
	struct php_frame frame;
	struct php_head head = {0};

	if (php_lines_read_frame(text, &frame)) {
		frame.function = php_text_unescape(report, frame.function);
		frame.place.file = php_text_unescape(report, frame.place.file);
		add_frame(state, report, &frame);
		return TRACEBACK_TAKEN;
	}
	if (view_is_empty(text) || view_starts_with(text, VIEW_LITERAL("[stacktrace]")))
		return TRACEBACK_TAKEN;
	if (view_starts_with(text, VIEW_LITERAL("[previous exception] ")) &&
	    report->exceptions_count && php_lines_read_object(text, &head)) {
		head.rest = (struct view){0};
		return begin_object(state, report, &head, true);
	}
	return view_starts_with(text, VIEW_LITERAL("\"}")) ? TRACEBACK_LAST : TRACEBACK_NOT_MINE;
}

static enum traceback_step begin_fatal(struct php_state *state, struct traceback *report,
				       const struct php_head *head)
{
	begin_exception(state, report, head, false);
	end_value(state, report);
	report->is_closable = true;
	state->phase = PHASE_FATAL;
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_start(struct php_state *state, struct traceback *report,
				      struct view text)
{
	struct php_head head;
	bool is_after_break = state->phase == PHASE_BREAK;

	if (!is_after_break && is_break(text)) {
		state->phase = PHASE_BREAK;
		return TRACEBACK_TAKEN;
	}
	if (!php_lines_read_head(text, &head) || (is_after_break && !head.is_html))
		return TRACEBACK_NOT_MINE;
	state->is_html = head.is_html;
	switch (head.kind) {
	case PHP_HEAD_OBJECT:
		return begin_object(state, report, &head, false);
	case PHP_HEAD_SYMFONY:
		begin_exception(state, report, &head, false);
		end_value(state, report);
		report->manner = MANNER_LOGGED;
		report->mechanism = "logging";
		state->phase = PHASE_OBJECT;
		return TRACEBACK_LAST;
	case PHP_HEAD_FATAL:
	case PHP_HEAD_PARSE:
		report->manner = MANNER_UNCAUGHT;
		return begin_fatal(state, report, &head);
	case PHP_HEAD_UNCAUGHT:
		report->manner = MANNER_UNCAUGHT;
		break;
	default:
		state->is_string = true;
		break;
	}
	begin_exception(state, report, &head, false);
	state->phase = PHASE_VALUE;
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_value(struct php_state *state, struct traceback *report,
				      struct view text)
{
	struct exception *exception = current_exception(state, report);
	struct php_place place;
	size_t before = exception ? exception->value.size : 0;

	if (view_equals(text, VIEW_LITERAL("Stack trace:"))) {
		end_value(state, report);
		state->is_string = false;
		state->is_whole_line = true;
		state->phase = PHASE_FRAMES;
		return TRACEBACK_TAKEN;
	}
	if (state->is_string)
		return TRACEBACK_NOT_MINE;
	if (exception)
		traceback_add_value_line(report, exception, text);
	if (php_lines_cut_place(&text, &place))
		note_place(state, report, &place, before + 1 + text.size);
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_frames(struct php_state *state, struct traceback *report,
				       struct view text)
{
	struct php_frame frame;

	if (php_lines_read_frame(text, &frame)) {
		add_frame(state, report, &frame);
		state->is_whole_line = frame.is_main || view_ends_with(text, VIEW_LITERAL(")"));
		if (frame.is_main) {
			state->phase = PHASE_MAIN;
			report->is_closable = true;
		}
		return TRACEBACK_TAKEN;
	}
	if (php_lines_is_thrown(text))
		return TRACEBACK_LAST;
	if (state->is_whole_line)
		return TRACEBACK_NOT_MINE;
	state->is_whole_line = view_ends_with(text, VIEW_LITERAL(")"));
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_after_main(struct php_state *state, struct traceback *report,
					   struct view text)
{
	struct php_head head = {0};

	if (php_lines_is_thrown(text))
		return TRACEBACK_LAST;
	if (view_is_empty(text))
		return TRACEBACK_TAKEN;
	if (!view_starts_with(text, VIEW_LITERAL("Next ")) ||
	    !php_lines_read_exception(view_skip(text, 5), &head))
		return TRACEBACK_NOT_MINE;
	begin_exception(state, report, &head, false);
	report->is_closable = false;
	state->phase = PHASE_VALUE;
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_line(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	struct php_state *state = opaque;
	struct view text = php_text_unquote(line->text, &state->is_quoted);

	switch (state->phase) {
	case PHASE_START:
	case PHASE_BREAK:
		return take_start(state, report, text);
	case PHASE_VALUE:
		return take_value(state, report, text);
	case PHASE_FRAMES:
		return take_frames(state, report, text);
	case PHASE_MAIN:
		return take_after_main(state, report, text);
	case PHASE_FATAL:
		if (!view_equals(text, VIEW_LITERAL("Stack trace:")))
			return TRACEBACK_NOT_MINE;
		state->is_whole_line = true;
		state->phase = PHASE_FRAMES;
		return TRACEBACK_TAKEN;
	case PHASE_OBJECT:
		return take_object_line(state, report, text);
	}
	return TRACEBACK_NOT_MINE;
}

/* A line that was cut short may have been the next of the report. */
static enum traceback_step php_take(void *opaque, struct traceback *report,
				    const struct traceback_line *line)
{
	const struct php_state *state = opaque;
	enum traceback_step step = take_line(opaque, report, line);

	/* What ends an object stands within its line. */
	if (line->is_unended && step != TRACEBACK_TAKEN)
		report->is_truncated |= step == TRACEBACK_NOT_MINE || state->phase != PHASE_OBJECT;
	return step;
}

static bool php_finish(void *opaque, struct traceback *report)
{
	struct php_state *state = opaque;

	if (state->phase <= PHASE_BREAK || state->is_string || !report->exceptions_count)
		return false;
	/* A log that cuts long messages (log_errors_max_len) leaves no trace. */
	if (state->phase == PHASE_VALUE)
		end_value(state, report);
	report->is_truncated |= state->phase == PHASE_VALUE || state->phase == PHASE_FRAMES;
	if (state->is_html)
		php_text_decode_html(report);
	return true;
}

static const char *const markers[] = {
	"Fatal error: ", "Fatal error</b>: ", "Parse error: ",      "Parse error</b>: ",
	"[object] (",    "Uncaught PHP Exc",  "\nStack trace:\n#0", NULL,
};

const struct traceback_language traceback_php = {
	.name = "php",
	.language = LANGUAGE_PHP,
	.markers = markers,
	.state_bytes = sizeof(struct php_state),
	.begins = php_begins,
	.take = php_take,
	.finish = php_finish,
};
