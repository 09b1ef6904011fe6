/*
 * Rust's reports: "thread 'main' (12) panicked at src/main.rs:4:5:", the message, then either a
 * note or the backtrace; and "Error: …", which main returned: the {:?} of an error, or anyhow's
 * form with causes. Of errors only what is plainly one of those counts: many programs print "Error:
 * ".
 */
#include "tracebacks/rust.h"

#include "tracebacks/rust_line.h"

#define ERROR     VIEW_LITERAL("Error: ")
#define MAX_BLANK 3

enum rust_stage {
	RUST_START,
	RUST_QUOTED, /* a message in quotes, not yet closed */
	RUST_VALUE,
	RUST_CAUSES,
	RUST_BACKTRACE,
	RUST_END, /* a note may follow */
};

struct rust_report {
	enum rust_stage stage;
	bool is_error;   /* main returned it */
	bool is_certain; /* it is one, by what followed */
	bool has_value;
	uint32_t blanks;
	struct rust_place place; /* where it panicked; in the arena */
	struct exception *exception;
	struct exception_frame *frame;
};

static const char *const markers[] = {" panicked at ", NULL};
static const char *const openings[] = {"thread '", "Error: ", NULL};

static bool may_begin(const struct traceback_line *line)
{
	struct rust_header header;

	return view_starts_with(line->text, ERROR) || rust_line_read_header(line->text, &header);
}

static void add_value(struct rust_report *state, struct traceback *report, struct view line)
{
	if (!state->exception)
		return;
	if (!state->has_value)
		state->exception->value =
			traceback_copy(report, view_take(line, MAX_EXCEPTION_VALUE));
	for (; state->has_value && state->blanks; state->blanks--)
		traceback_add_value_line(report, state->exception, (struct view){0});
	if (state->has_value)
		traceback_add_value_line(report, state->exception, line);
	state->has_value = true;
	state->blanks = 0;
}

static void keep_place(struct rust_report *state, struct traceback *report,
		       const struct rust_place *place)
{
	state->place = *place;
	state->place.file = traceback_copy(report, place->file);
	report->is_closable = true;
}

static enum traceback_step begin_report(struct rust_report *state, struct traceback *report,
					struct view line)
{
	struct rust_header header;

	state->exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	if (!state->exception)
		return TRACEBACK_NOT_MINE;
	state->stage = RUST_VALUE;
	if (view_starts_with(line, ERROR)) {
		state->is_error = true;
		report->is_closable = true;
		add_value(state, report, view_skip(line, ERROR.size));
		return TRACEBACK_TAKEN;
	}
	if (!rust_line_read_header(line, &header))
		return TRACEBACK_NOT_MINE;
	report->thread_name = traceback_copy(report, header.thread_name);
	report->thread_id = header.thread_id;
	if (header.is_quoted) {
		add_value(state, report, header.message);
		state->stage = header.is_whole ? RUST_END : RUST_QUOTED;
	}
	if (header.is_whole)
		keep_place(state, report, &header.place);
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_quoted(struct rust_report *state, struct traceback *report,
				       struct view line)
{
	struct rust_place place;
	struct view text;

	if (rust_line_read_quote_end(line, &text, &place)) {
		keep_place(state, report, &place);
		state->stage = RUST_END;
		line = text;
	}
	add_value(state, report, line);
	return TRACEBACK_TAKEN;
}

/* "    0: mid", or "    mid" when it is the only one; what goes on is further in. */
static enum traceback_step take_cause(struct rust_report *state, struct traceback *report,
				      struct view line)
{
	struct view text = view_trim(line);
	ssize_t colon = view_find(text, VIEW_LITERAL(": "));
	uint64_t number;
	uint32_t count = report->exceptions_count;
	bool is_numbered =
		colon > 0 && view_parse_u64(view_take(text, (size_t)colon), &number) == 0;

	if (!view_starts_with(line, VIEW_LITERAL("    ")))
		return TRACEBACK_NOT_MINE;
	if (count > 1 && !is_numbered) {
		add_value(state, report, text);
		return TRACEBACK_TAKEN;
	}
	state->exception = traceback_add_exception(report, RELATION_CAUSE, count - 1);
	state->has_value = false;
	state->blanks = 0;
	add_value(state, report, is_numbered ? view_skip(text, (size_t)colon + 2) : text);
	return TRACEBACK_TAKEN;
}

/* "std[e28293b1aa0f68bd]::rt": the numbers of crates say nothing to people. */
static struct view copy_name(struct traceback *report, struct view name)
{
	struct view copy = traceback_copy(report, name);
	size_t at, size;

	while (rust_line_find_crate_number(copy, &at, &size)) {
		copy = arena_join(&report->arena, view_take(copy, at), view_skip(copy, at + size),
				  (struct view){0});
		if (!copy.bytes)
			break;
	}
	return copy;
}

static enum traceback_step take_backtrace(struct rust_report *state, struct traceback *report,
					  struct view line)
{
	struct view function;
	struct rust_place place;

	if (rust_line_read_frame(line, &function)) {
		state->frame = traceback_add_frame(report, &report->exceptions[0]);
		if (state->frame)
			state->frame->function = copy_name(report, function);
		return TRACEBACK_TAKEN;
	}
	if (!rust_line_read_frame_place(line, &place))
		return view_starts_with(line, VIEW_LITERAL("note: ")) ? TRACEBACK_LAST
								      : TRACEBACK_NOT_MINE;
	if (state->frame) {
		state->frame->file = traceback_copy(report, place.file);
		state->frame->line = place.line;
		state->frame->column = place.column;
	}
	return TRACEBACK_TAKEN;
}

/* What may follow a message, whatever it is. */
static bool take_separator(struct rust_report *state, struct traceback *report, struct view line)
{
	if (view_equals(line, VIEW_LITERAL("stack backtrace:")) ||
	    (state->is_error && view_equals(line, VIEW_LITERAL("Stack backtrace:")))) {
		state->stage = RUST_BACKTRACE;
		report->is_closable = false;
	} else if (state->is_error && view_equals(line, VIEW_LITERAL("Caused by:"))) {
		state->stage = RUST_CAUSES;
	} else {
		return false;
	}
	state->is_certain = true;
	state->blanks = 0;
	return true;
}

static enum traceback_step take_line(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	struct rust_report *state = opaque;
	bool is_new_write = line->is_write_start;
	struct rust_header header;

	if (state->stage == RUST_START)
		return begin_report(state, report, line->text);
	if (rust_line_read_header(line->text, &header))
		return TRACEBACK_NOT_MINE;
	if (state->stage == RUST_BACKTRACE)
		return take_backtrace(state, report, line->text);
	if (view_starts_with(line->text, VIEW_LITERAL("note: run with `RUST_BACKTRACE=")))
		return TRACEBACK_LAST;
	if (state->stage == RUST_QUOTED)
		return take_quoted(state, report, line->text);
	if (take_separator(state, report, line->text))
		return TRACEBACK_TAKEN;
	if (!line->text.size && state->has_value)
		return ++state->blanks > MAX_BLANK ? TRACEBACK_NOT_MINE : TRACEBACK_TAKEN;
	if (state->stage == RUST_CAUSES)
		return take_cause(state, report, line->text);
	/* The first line of a message may be a write of its own, the others are of one. */
	if (state->stage == RUST_END || (state->has_value && is_new_write))
		return TRACEBACK_NOT_MINE;
	add_value(state, report, line->text);
	return TRACEBACK_TAKEN;
}

static bool finish_error(struct rust_report *state, struct traceback *report)
{
	struct view type;
	bool is_debug = rust_line_is_debug(report->exceptions[0].value, &type);

	if (!is_debug && !state->is_certain)
		return false;
	report->manner = MANNER_UNCAUGHT;
	for (uint32_t i = 0; i < report->exceptions_count; i++)
		report->exceptions[i].type = traceback_copy(report, VIEW_LITERAL("Error"));
	if (is_debug && type.size)
		report->exceptions[0].type = traceback_copy(report, type);
	return report->exceptions[0].type.size > 0;
}

static bool finish_report(void *opaque, struct traceback *report)
{
	struct rust_report *state = opaque;
	struct exception *exception = &report->exceptions[0];
	struct exception_frame *frame;

	report->mechanism = state->is_error ? "main" : "panic";
	if (state->is_error)
		return finish_error(state, report);
	exception->type = traceback_copy(report, VIEW_LITERAL("panic"));
	report->is_truncated |= !state->has_value || state->stage == RUST_QUOTED;
	report->manner = view_equals(report->thread_name, VIEW_LITERAL("main")) ? MANNER_UNCAUGHT
										: MANNER_THREAD;
	if (report->is_logged)
		report->manner = MANNER_LOGGED;
	if (!exception->frames_count && state->place.file.size) {
		frame = traceback_add_frame(report, exception);
		if (frame) {
			frame->file = state->place.file;
			frame->line = state->place.line;
			frame->column = state->place.column;
		}
	}
	return exception->type.size > 0;
}

const struct traceback_language traceback_rust = {
	.name = "rust",
	.language = LANGUAGE_RUST,
	.markers = markers,
	.openings = openings,
	.state_bytes = sizeof(struct rust_report),
	.begins = may_begin,
	.take = take_line,
	.finish = finish_report,
};
