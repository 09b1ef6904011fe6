/*
 * Perl: die and croak ("message at app.pl line 3."), Carp's traces, diagnostics' "Uncaught
 * exception from user code", objects that nobody caught ("MyErr=HASH(0x…)"). In text a warning is
 * no different from what ends the program: a report without a trace carries needs_death, and is an
 * exception only if the process then ends with a status other than 0. Of a trace, arguments are
 * left out; functions move by one as in PHP: a line names what was called at its place.
 */
#include "tracebacks/perl.h"

#define MAX_VALUE_LINES 16 /* of a message */

enum phase {
	PHASE_START = 0,
	PHASE_MESSAGE,     /* of several lines, of which the last has the place */
	PHASE_DIAGNOSTICS, /* its line was read: the message follows, indented */
	PHASE_FRAMES,
	PHASE_OBJECT,
};

struct perl_state {
	enum phase phase;
	uint32_t value_lines;
	bool has_trace;
	bool is_diagnostics;
	bool is_loose; /* the message began with a line like any other */
};

struct perl_place {
	struct view file;
	uint32_t line;
};

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == ':';
}

static size_t count_digits(struct view text)
{
	size_t count = 0;

	while (count < text.size && text.bytes[count] >= '0' && text.bytes[count] <= '9')
		count++;
	return count;
}

static ssize_t find_last(struct view text, struct view needle)
{
	if (text.size < needle.size)
		return -1;
	for (size_t at = text.size - needle.size + 1; at-- > 0;)
		if (memcmp(text.bytes + at, needle.bytes, needle.size) == 0)
			return (ssize_t)at;
	return -1;
}

/* What follows the line's number: ".", ", <STDIN> line 7.", " during global
 * destruction.", "thread 2." */
static bool is_place_end(struct view text)
{
	return view_equals(text, VIEW_LITERAL(".")) ||
	       (view_starts_with(text, VIEW_LITERAL(", <")) &&
		view_ends_with(text, VIEW_LITERAL("."))) ||
	       view_equals(text, VIEW_LITERAL(" during global destruction.")) ||
	       (view_starts_with(text, VIEW_LITERAL(" thread ")) &&
		view_ends_with(text, VIEW_LITERAL(".")));
}

/* "message at file line 3.", or a frame's "… called at file line 3", with the place cut off. */
static bool cut_place(struct view *text, bool is_frame, struct perl_place *ret)
{
	static const struct view line_word = {.bytes = " line ", .size = 6};
	struct view at_words = is_frame ? VIEW_LITERAL(" called at ") : VIEW_LITERAL(" at ");
	struct view rest = *text;
	ssize_t at, line = -1;
	uint64_t number;
	size_t digits;

	/* "<STDIN> line 7" comes behind the place. */
	at = view_find(rest, VIEW_LITERAL(", <"));
	if (at >= 0)
		line = find_last(view_take(rest, (size_t)at), line_word);
	if (line < 0)
		line = find_last(rest, line_word);
	if (line < 0)
		return false;
	rest = view_skip(rest, (size_t)line + line_word.size);
	digits = count_digits(rest);
	if (view_parse_u64(view_take(rest, digits), &number) < 0 || number > UINT32_MAX ||
	    (!is_place_end(view_skip(rest, digits)) && !(is_frame && digits == rest.size)))
		return false;
	at = find_last(view_take(*text, (size_t)line), at_words);
	if (at < 0 || (size_t)at + at_words.size >= (size_t)line)
		return false;
	ret->line = (uint32_t)number;
	ret->file = view_of(text->bytes + at + at_words.size,
			    (size_t)line - (size_t)at - at_words.size);
	*text = view_take(*text, (size_t)at);
	return true;
}

/* "\tmain::total(1, \"x\") called at app.pl line 9": the function without its arguments. */
static bool read_frame(struct view line, struct view *ret_function, struct perl_place *ret)
{
	struct view text = line;
	ssize_t end;

	if (!view_starts_with(text, VIEW_LITERAL("\t")) || !cut_place(&text, true, ret))
		return false;
	text = view_skip(text, 1);
	if (view_starts_with(text, VIEW_LITERAL("eval ")))
		text = VIEW_LITERAL("(eval)");
	end = view_find_byte(text, '(');
	*ret_function = end > 0 ? view_take(text, (size_t)end) : text;
	return true;
}

/* "Shop::Error=HASH(0x55e7aeba04b8)", all of it. */
static bool read_object(struct view text, struct view *ret_class)
{
	ssize_t equals = view_find_byte(text, '=');
	struct view reference;
	ssize_t open;

	if (equals <= 0 || !view_ends_with(text, VIEW_LITERAL(")")))
		return false;
	for (ssize_t i = 0; i < equals; i++)
		if (!is_word(text.bytes[i]))
			return false;
	reference = view_skip(text, (size_t)equals + 1);
	open = view_find(reference, VIEW_LITERAL("(0x"));
	if (open < 3)
		return false;
	for (ssize_t i = 0; i < open; i++)
		if (reference.bytes[i] < 'A' || reference.bytes[i] > 'Z')
			return false;
	reference = view_skip(reference, (size_t)open + 3);
	for (size_t i = 0; i + 1 < reference.size; i++)
		if (!is_word(reference.bytes[i]))
			return false;
	*ret_class = view_take(text, (size_t)equals);
	return true;
}

static bool is_diagnostics_line(struct view text)
{
	return view_starts_with(text, VIEW_LITERAL("Uncaught exception from user code:"));
}

static bool perl_begins(const struct traceback_line *line)
{
	struct view text = line->text, class;
	struct perl_place place;

	if (is_diagnostics_line(text) || read_object(text, &class))
		return true;
	if (!text.size || text.bytes[0] == '\t')
		return false;
	/* A message of several lines is one write, and only its last line tells. */
	return cut_place(&text, false, &place) ||
	       (line->is_write_start && !line->is_write_end && !line->is_unended);
}

static struct exception *add_exception(struct traceback *report, struct view type)
{
	struct exception *exception = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);

	report->mechanism = "die";
	if (exception)
		exception->type = traceback_copy(report, type);
	return exception;
}

static void add_frame(struct traceback *report, struct exception *exception,
		      const struct perl_place *place)
{
	struct exception_frame *frame = traceback_add_frame(report, exception);

	if (!frame)
		return;
	frame->file = traceback_copy(report, place->file);
	frame->line = place->line;
}

static void add_message(struct traceback *report, struct exception *exception, struct view text)
{
	if (exception->value.size)
		traceback_add_value_line(report, exception, text);
	else
		exception->value = traceback_copy(report, view_take(text, MAX_EXCEPTION_VALUE));
}

/* One line of a message; true when its place ended it. */
static bool take_message(struct traceback *report, struct exception *exception, struct view text)
{
	struct perl_place place;

	if (!cut_place(&text, false, &place)) {
		add_message(report, exception, text);
		return false;
	}
	add_message(report, exception, text);
	add_frame(report, exception, &place);
	return true;
}

/* The next line of a message that its write goes on with. */
static enum traceback_step take_message_line(struct perl_state *state, struct traceback *report,
					     const struct traceback_line *line)
{
	if (state->value_lines && line->is_write_start)
		return TRACEBACK_NOT_MINE;
	if (++state->value_lines > MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	if (take_message(report, &report->exceptions[0], line->text)) {
		state->phase = PHASE_FRAMES;
		state->is_loose = state->value_lines > 1 && !line->is_write_end;
		report->is_closable = true;
		return TRACEBACK_TAKEN;
	}
	state->phase = PHASE_MESSAGE;
	return line->is_write_end ? TRACEBACK_NOT_MINE : TRACEBACK_TAKEN;
}

static enum traceback_step take_start(struct perl_state *state, struct traceback *report,
				      const struct traceback_line *line)
{
	struct view text = line->text;
	struct exception *exception;
	struct view class;

	if (is_diagnostics_line(text)) {
		state->is_diagnostics = true;
		state->phase = PHASE_DIAGNOSTICS;
		report->manner = MANNER_UNCAUGHT;
		(void)add_exception(report, VIEW_LITERAL("die"));
		return TRACEBACK_TAKEN;
	}
	if (read_object(text, &class)) {
		report->is_closable = true;
		exception = add_exception(report, class);
		if (exception)
			add_message(report, exception, text);
		state->phase = PHASE_OBJECT;
		return TRACEBACK_LAST;
	}
	exception = add_exception(report, VIEW_LITERAL("die"));
	return exception ? take_message_line(state, report, line) : TRACEBACK_NOT_MINE;
}

static enum traceback_step take_diagnostics(struct perl_state *state, struct traceback *report,
					    struct view text)
{
	if (!view_starts_with(text, VIEW_LITERAL("\t")) || ++state->value_lines > MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	if (take_message(report, &report->exceptions[0], view_skip(text, 1))) {
		state->phase = PHASE_FRAMES;
		report->is_closable = true;
	}
	return TRACEBACK_TAKEN;
}

/* What perl adds to the message of an error that came through several hands. */
static bool is_continuation(struct view text)
{
	return view_starts_with(text, VIEW_LITERAL("\t...propagated at ")) ||
	       view_starts_with(text, VIEW_LITERAL("\t...caught at ")) ||
	       view_starts_with(text, VIEW_LITERAL("Compilation failed in require at ")) ||
	       view_starts_with(text, VIEW_LITERAL("BEGIN failed--compilation aborted at "));
}

static enum traceback_step take_frame(struct perl_state *state, struct traceback *report,
				      struct view text)
{
	struct exception *exception = &report->exceptions[0];
	struct perl_place place;
	struct view function;

	if (is_continuation(text))
		return TRACEBACK_TAKEN;
	if (!read_frame(text, &function, &place))
		return TRACEBACK_NOT_MINE;
	if (exception->frames_count)
		exception->frames[exception->frames_count - 1].function =
			traceback_copy(report, function);
	add_frame(report, exception, &place);
	state->has_trace = true;
	return TRACEBACK_TAKEN;
}

static enum traceback_step take_line(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	struct perl_state *state = opaque;

	switch (state->phase) {
	case PHASE_START:
		return take_start(state, report, line);
	case PHASE_MESSAGE:
		return take_message_line(state, report, line);
	case PHASE_DIAGNOSTICS:
		return take_diagnostics(state, report, line->text);
	case PHASE_FRAMES:
		return take_frame(state, report, line->text);
	case PHASE_OBJECT:
		break;
	}
	return TRACEBACK_NOT_MINE;
}

/* A line that was cut short may have been the next of the report. */
static enum traceback_step perl_take(void *opaque, struct traceback *report,
				     const struct traceback_line *line)
{
	enum traceback_step step = take_line(opaque, report, line);

	report->is_truncated |= step == TRACEBACK_NOT_MINE && line->is_unended;
	return step;
}

static bool perl_finish(void *opaque, struct traceback *report)
{
	const struct perl_state *state = opaque;

	if (!report->exceptions_count || state->phase <= PHASE_MESSAGE)
		return false;
	if (state->is_loose && !state->has_trace)
		return false;
	if (state->phase == PHASE_DIAGNOSTICS) {
		if (!report->exceptions[0].value.size)
			return false;
		report->is_truncated = true;
	}
	if (state->phase == PHASE_FRAMES && !report->exceptions[0].frames_count)
		return false;
	report->needs_death = !state->has_trace && !state->is_diagnostics;
	return true;
}

/* A script whose name ends otherwise is seen only with a trace. */
static const char *const markers[] = {
	".pl line ",   ".pm line ",   "-e line ",
	".psgi line ", ".cgi line ",  "> line ",
	"=HASH(0x",    " called at ", "Uncaught exception from user",
	NULL,
};

const struct traceback_language traceback_perl = {
	.name = "perl",
	.language = LANGUAGE_PERL,
	.markers = markers,
	.state_bytes = sizeof(struct perl_state),
	.begins = perl_begins,
	.take = perl_take,
	.finish = perl_finish,
};
