/*
 * Go's reports: "panic: " or "fatal error: " and the value, then a blank line and the goroutines,
 * the failed one first; or a logger's line and debug.Stack(). Panics raised while another one was
 * under way stand indented below it: the last one is the raised one.
 */
#include "tracebacks/go.h"

#include "tracebacks/go_frame.h"
#include "tracebacks/go_recovered.h"
#include "tracebacks/go_report.h"
#include "tracebacks/go_value.h"

#define PANIC VIEW_LITERAL("panic: ")
#define THROW VIEW_LITERAL("fatal error: ")

static const char *const markers[] = {
	"http: panic serving ", "panic recovered:", "\ngoroutine ", " goroutine ", " panic: ", NULL,
};
static const char *const openings[] = {"panic: ", "fatal er", "goroutin", NULL};

static bool may_begin(const struct traceback_line *line)
{
	struct go_header header;
	struct view value;

	if (view_starts_with(line->text, PANIC) || view_starts_with(line->text, THROW))
		return true;
	if (go_recovered_begins(line->text) != GO_FATAL)
		return !line->is_write_end;
	if (go_frame_read_header(line->text, &header))
		return !line->is_write_end;
	return !line->is_write_end && go_value_find(line->text, &value);
}

static void begin_goroutine(struct go_report *state, struct traceback *report,
			    const struct go_header *header)
{
	state->frame = NULL;
	state->is_creator = false;
	if (state->stage != GO_BETWEEN) {
		report->thread_id = header->id;
	} else {
		state->is_other = true;
		state->thread = traceback_add_thread(report);
		if (state->thread) {
			state->thread->id = header->id;
			state->thread->state = traceback_copy(report, header->state);
		}
	}
	state->stage = GO_FRAMES;
}

/* A logger's line: the header may stand on it, behind the value. */
static enum traceback_step begin_logged(struct go_report *state, struct traceback *report,
					struct view line)
{
	struct go_header header;
	struct view value = {0};
	bool has_header = go_frame_read_header(line, &header);

	state->form = GO_LOGGED;
	state->stage = GO_VALUE;
	if (has_header)
		line = view_trim(view_take(line, header.offset));
	if (go_value_find(line, &value) && value.size)
		go_report_add_value(state, report, value);
	if (has_header)
		begin_goroutine(state, report, &header);
	return TRACEBACK_TAKEN;
}

static enum traceback_step begin_report(struct go_report *state, struct traceback *report,
					struct view line)
{
	state->exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	if (!state->exception)
		return TRACEBACK_NOT_MINE;
	state->stage = GO_VALUE;
	if (view_starts_with(line, PANIC)) {
		go_report_add_value(state, report, view_skip(line, PANIC.size));
		return TRACEBACK_TAKEN;
	}
	if (view_starts_with(line, THROW)) {
		state->exception->type = traceback_copy(report, VIEW_LITERAL("fatal error"));
		go_report_add_value(state, report, view_skip(line, THROW.size));
		return TRACEBACK_TAKEN;
	}
	state->form = go_recovered_begins(line);
	if (state->form == GO_CHI)
		go_report_add_value(state, report, view_skip(line, PANIC.size + 1));
	return state->form == GO_FATAL ? begin_logged(state, report, line) : TRACEBACK_TAKEN;
}

/* "\tpanic: b" below "panic: a". */
static void add_nested(struct go_report *state, struct traceback *report, struct view value)
{
	struct exception *nested =
		traceback_add_exception(report, RELATION_RAISED, state->exception ? 0 : NO_PARENT);

	/* Without room the one before stands for it. */
	if (nested)
		state->exception = nested;
	state->has_value = false;
	state->blanks = 0;
	go_report_add_value(state, report, value);
}

/* What the runtime says of the signal and of itself: no part of the value. */
static bool is_remark(struct view line)
{
	return view_starts_with(line, VIEW_LITERAL("[signal ")) ||
	       view_starts_with(line, VIEW_LITERAL("[originating ")) ||
	       view_starts_with(line, VIEW_LITERAL("runtime: ")) ||
	       view_starts_with(line, VIEW_LITERAL("goroutine running on other thread"));
}

static enum traceback_step take_value_line(struct go_report *state, struct traceback *report,
					   const struct traceback_line *line)
{
	struct view text = line->text;
	bool is_indented = text.size && text.bytes[0] == '\t';

	if (state->form == GO_FATAL && is_indented && view_starts_with(view_skip(text, 1), PANIC)) {
		add_nested(state, report, view_skip(text, 1 + PANIC.size));
		return TRACEBACK_TAKEN;
	}
	if (is_remark(text))
		return TRACEBACK_TAKEN;
	/* Go 1.18 and later indent the lines of a value; before, they are of one write. */
	if (is_indented)
		text = view_skip(text, 1);
	else if (line->is_write_start)
		return state->strange++ < MAX_GO_STRANGE ? TRACEBACK_TAKEN : TRACEBACK_NOT_MINE;
	go_report_add_value(state, report, text);
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_head(struct go_report *state, struct traceback *report,
				     const struct traceback_line *line)
{
	struct go_header header;

	if (state->form == GO_LOGGED && line->is_write_start)
		return TRACEBACK_NOT_MINE;
	if (go_frame_read_header(line->text, &header) && header.offset == 0) {
		begin_goroutine(state, report, &header);
		return TRACEBACK_TAKEN;
	}
	if (view_equals(line->text, VIEW_LITERAL("runtime stack:"))) {
		state->stage = GO_SYSTEM;
		return TRACEBACK_TAKEN;
	}
	if (!line->text.size) {
		state->blanks++;
		return state->strange++ < MAX_GO_STRANGE ? TRACEBACK_TAKEN : TRACEBACK_NOT_MINE;
	}
	if (state->stage == GO_SYSTEM)
		return TRACEBACK_TAKEN;
	if (state->form == GO_LOGGED && state->strange++ >= MAX_GO_STRANGE)
		return TRACEBACK_NOT_MINE;
	return take_value_line(state, report, line);
}

static void take_place(struct go_report *state, struct traceback *report, struct view text)
{
	struct go_location place;

	if (state->frame && go_frame_read_location(text, &place)) {
		state->frame->file = traceback_copy(report, place.file);
		state->frame->line = place.line;
	}
	state->frame = NULL;
	state->is_creator = false;
	report->is_closable = true;
}

static enum traceback_step take_frame(struct go_report *state, struct traceback *report,
				      struct view text)
{
	uint32_t elided = go_frame_read_elided(text);
	struct view name;

	if (!text.size) {
		state->stage = GO_BETWEEN;
	} else if (text.bytes[0] == '\t') {
		take_place(state, report, text);
	} else if (elided) {
		if (!state->is_other)
			report->exceptions[0].left_out += elided;
	} else if (view_starts_with(text, VIEW_LITERAL("created by "))) {
		state->frame = NULL;
		state->is_creator = true;
	} else if (go_frame_read_call(text, &name)) {
		state->frame = go_report_add_frame(state, report);
		if (state->frame)
			go_frame_set_name(report, state->frame, name);
	} else {
		return is_remark(text) ? TRACEBACK_TAKEN : TRACEBACK_NOT_MINE;
	}
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_between(struct go_report *state, struct traceback *report,
					const struct traceback_line *line)
{
	struct go_header header;

	if (state->form == GO_LOGGED && line->is_write_start)
		return TRACEBACK_NOT_MINE;
	if (!line->text.size)
		return state->blanks++ < 2 ? TRACEBACK_TAKEN : TRACEBACK_NOT_MINE;
	if (!go_frame_read_header(line->text, &header) || header.offset)
		return TRACEBACK_NOT_MINE;
	state->blanks = 0;
	begin_goroutine(state, report, &header);
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_line(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	struct go_report *state = opaque;

	if (state->stage == GO_START)
		return begin_report(state, report, line->text);
	if (state->form == GO_GIN)
		return go_recovered_take_gin(state, report, line);
	if (state->form == GO_CHI)
		return go_recovered_take_chi(state, report, line);
	if (state->stage == GO_FRAMES) {
		if (state->form == GO_LOGGED && line->is_write_start)
			return TRACEBACK_NOT_MINE;
		state->blanks = 0;
		return take_frame(state, report, line->text);
	}
	if (state->stage == GO_BETWEEN)
		return take_between(state, report, line);
	return take_head(state, report, line);
}

static void drop_innermost(struct exception *exception, uint32_t count)
{
	exception->frames += count;
	exception->frames_count -= count;
	exception->frames_capacity -= count;
}

/* The innermost frame is what failed: not what raised, nor what recovered. False: nothing was
 * recovered from. */
static bool trim_frames(struct exception *exception, enum go_form form)
{
	uint32_t first = 0;

	if (form == GO_LOGGED) {
		while (first < exception->frames_count &&
		       !go_frame_is_panic(&exception->frames[first]))
			first++;
		if (first == exception->frames_count)
			return false;
	}
	while (first < exception->frames_count && go_frame_is_raising(&exception->frames[first]))
		first++;
	if (first < exception->frames_count)
		drop_innermost(exception, first);
	return true;
}

/* What was raised last stands first; Go before 1.23 prints what was raised anew twice. */
static void order_exceptions(struct traceback *report)
{
	struct exception *all = report->exceptions;
	struct exception_frame *frames = all[0].frames;
	uint32_t frames_count = all[0].frames_count, capacity = all[0].frames_capacity;
	uint32_t left_out = all[0].left_out, kept = 0;

	for (uint32_t i = 0; i < report->exceptions_count; i++) {
		bool is_recovered = go_value_settle(report, &all[i], true);

		if (is_recovered && i + 1 < report->exceptions_count &&
		    view_equals(all[i].value, all[i + 1].value))
			continue;
		all[kept++] = all[i];
	}
	report->exceptions_count = kept;
	for (uint32_t i = 1; i < kept; i++)
		traceback_put_first(report, i);
	for (uint32_t i = 0; i < kept; i++) {
		all[i].relation = i ? RELATION_CONTEXT : RELATION_RAISED;
		all[i].parent = i ? i - 1 : NO_PARENT;
		all[i].frames = i ? NULL : frames;
		all[i].frames_count = i ? 0 : frames_count;
		all[i].frames_capacity = i ? 0 : capacity;
		all[i].left_out = i ? 0 : left_out;
	}
}

static bool finish_report(void *opaque, struct traceback *report)
{
	struct go_report *state = opaque;
	struct exception *first = &report->exceptions[0];

	if (state->stage != GO_FRAMES && state->stage != GO_BETWEEN)
		return false;
	if (state->form == GO_FATAL) {
		report->manner = MANNER_UNCAUGHT;
		report->mechanism = "panic";
		order_exceptions(report);
	} else {
		report->manner = MANNER_LOGGED;
		report->mechanism = "recover";
		(void)go_value_settle(report, first, false);
	}
	if (!trim_frames(first, state->form))
		return false;
	/* Of the last frame only the function came. */
	report->is_truncated |= state->frame != NULL || state->is_creator;
	report->is_truncated |= !first->frames_count;
	return first->frames_count > 0 || state->form == GO_FATAL;
}

const struct traceback_language traceback_go = {
	.name = "go",
	.language = LANGUAGE_GO,
	.markers = markers,
	.openings = openings,
	.state_bytes = sizeof(struct go_report),
	.begins = may_begin,
	.take = take_line,
	.finish = finish_report,
};
