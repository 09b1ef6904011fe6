/*
 * Gin: "[Recovery] 2026/11/21 - 10:00:00 panic recovered:", in debug mode the request, the value,
 * then frames as "file:line (0xaddress)" and "\tfunction: source line", without packages.
 * chi: " panic: value", then frames as " -> function" or "    function" and its place.
 */
#include "tracebacks/go_recovered.h"

#include "tracebacks/go_frame.h"

enum go_form go_recovered_begins(struct view line)
{
	if (view_find(line, VIEW_LITERAL("[Recovery] ")) >= 0 &&
	    view_ends_with(line, VIEW_LITERAL("panic recovered:")))
		return GO_GIN;
	return view_starts_with(line, VIEW_LITERAL(" panic: ")) ? GO_CHI : GO_FATAL;
}

static bool is_gin_place(struct view line, struct go_location *ret)
{
	return line.size && line.bytes[0] != '\t' && line.bytes[line.size - 1] == ')' &&
	       view_find(line, VIEW_LITERAL(" (0x")) > 0 && go_frame_read_location(line, ret);
}

/* "GET /buy HTTP/1.1" */
static bool is_request(struct view line)
{
	return view_find(line, VIEW_LITERAL(" HTTP/")) > 0 &&
	       line.size - (size_t)view_find(line, VIEW_LITERAL(" HTTP/")) <= 10;
}

static void name_gin_frame(struct go_report *state, struct traceback *report, struct view line)
{
	struct view text = view_skip(line, 1);
	ssize_t colon = view_find(text, VIEW_LITERAL(": "));

	if (!state->frame)
		return;
	state->frame->function =
		traceback_copy(report, colon < 0 ? text : view_take(text, (size_t)colon));
	if (colon >= 0)
		state->frame->context_line =
			traceback_copy(report, view_skip(text, (size_t)colon + 2));
	state->frame = NULL;
}

enum traceback_step go_recovered_take_gin(struct go_report *state, struct traceback *report,
					  const struct traceback_line *line)
{
	struct go_location place;

	if (is_gin_place(line->text, &place)) {
		state->stage = GO_FRAMES;
		state->frame = go_report_add_frame(state, report);
		if (state->frame) {
			state->frame->file = traceback_copy(report, place.file);
			state->frame->line = place.line;
		}
		return TRACEBACK_TAKEN;
	}
	if (state->stage == GO_FRAMES) {
		if (!line->text.size || line->text.bytes[0] != '\t')
			return TRACEBACK_NOT_MINE;
		report->is_closable = true;
		name_gin_frame(state, report, line->text);
		return TRACEBACK_TAKEN;
	}
	if (line->is_write_start || state->strange++ > 4 * MAX_GO_STRANGE)
		return TRACEBACK_NOT_MINE;
	if (state->stage == GO_REQUEST) {
		/* The request's empty line, and one more, stand before the value. */
		state->blanks = line->text.size ? 0 : state->blanks + 1;
		state->stage = state->blanks == 2 ? GO_VALUE : GO_REQUEST;
		state->blanks = state->stage == GO_VALUE ? 0 : state->blanks;
	} else if (!state->has_value && is_request(line->text)) {
		state->stage = GO_REQUEST;
	} else if (!line->text.size) {
		state->blanks++;
	} else {
		go_report_add_value(state, report, line->text);
	}
	return TRACEBACK_TAKEN;
}

/* " -> main.f" and "    main.f": four bytes, then the function; two more before its place. */
static bool is_chi_frame(struct view line)
{
	return line.size > 4 && (view_starts_with(line, VIEW_LITERAL(" -> ")) ||
				 view_starts_with(line, VIEW_LITERAL("    ")));
}

enum traceback_step go_recovered_take_chi(struct go_report *state, struct traceback *report,
					  const struct traceback_line *line)
{
	struct view text = view_trim(view_skip(line->text, 4));
	struct go_location place;

	if (line->is_write_start || state->strange++ > 2 * MAX_EXCEPTION_FRAMES)
		return TRACEBACK_NOT_MINE;
	if (!view_trim(line->text).size) {
		state->blanks++;
		return TRACEBACK_TAKEN;
	}
	if (!is_chi_frame(line->text)) {
		if (state->stage == GO_FRAMES)
			return TRACEBACK_NOT_MINE;
		go_report_add_value(state, report, line->text);
		return TRACEBACK_TAKEN;
	}
	state->stage = GO_FRAMES;
	if (view_starts_with(text, VIEW_LITERAL("created by "))) {
		state->is_creator = true;
	} else if (view_find_byte(text, ':') > 0 && go_frame_read_location(text, &place)) {
		if (state->frame) {
			state->frame->file = traceback_copy(report, place.file);
			state->frame->line = place.line;
		}
		state->frame = NULL;
		state->is_creator = false;
		report->is_closable = true;
	} else {
		state->frame = go_report_add_frame(state, report);
		if (state->frame)
			go_frame_set_name(report, state->frame, text);
	}
	return TRACEBACK_TAKEN;
}
