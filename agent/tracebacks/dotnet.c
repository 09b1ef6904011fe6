/*
 * Stack traces of .NET: what the runtime prints of an exception that nobody caught, and what
 * Exception.ToString() gives to loggers. Inner exceptions stand before the frames of whom they
 * were wrapped by: a stack of them is open at a time.
 */
#include "tracebacks/dotnet_frame.h"
#include "tracebacks/source_place.h"
#include "tracebacks/traceback.h"

#define MAX_OPEN        MAX_EXCEPTIONS
#define MAX_VALUE_LINES 256
#define MAX_LINES_BACK  8

enum dotnet_phase { PHASE_START, PHASE_VALUE, PHASE_FRAMES };

struct dotnet_state {
	enum dotnet_phase phase;
	size_t base;             /* indentation of the report */
	uint32_t open[MAX_OPEN]; /* innermost last; NO_PARENT: one without room */
	uint32_t open_count;
	uint32_t too_deep; /* opened beyond MAX_OPEN */
	unsigned int value_lines;
	bool is_unwound; /* all inner ones were closed again */
	bool is_uncaught;
};

static const char *const dotnet_markers[] = {
	"Unhandled exception.",
	"--- End of inner exc",
	"--- End of stack trace from prev",
	"\n   at System.",
	"\n         at System.",
	"\n   at Microsoft.",
	"\n         at Microsoft.",
	"\\n   at ",
	"Exception: ",
	"   at Program.",
	NULL,
};

static bool is_name_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '_' || byte == '.' || byte == '+' ||
	       byte == '`' || byte < 0;
}

/* "System.X", "Ns.Outer+Inner", "Ns.Failure`1[System.Int32]". */
static size_t name_size(struct view text)
{
	size_t size = 0;

	while (size < text.size && is_name_byte(text.bytes[size]))
		size++;
	if (size && size < text.size && text.bytes[size] == '[') {
		ssize_t end = view_find(view_skip(text, size), VIEW_LITERAL("]:"));

		size = end < 0 ? 0 : size + (size_t)end + 1;
	}
	return size;
}

struct dotnet_header {
	struct view name, value;
};

/* "System.Net.Sockets.SocketException (111): Connection refused": the number is the system's. */
static bool parse_header(struct view text, struct dotnet_header *ret)
{
	size_t size = name_size(text);
	struct view rest = view_skip(text, size);
	ssize_t close;

	if (!size || (text.bytes[0] >= '0' && text.bytes[0] <= '9') || text.bytes[0] == '.' ||
	    text.bytes[size - 1] == '.')
		return false;
	ret->name = view_take(text, size);
	close = view_starts_with(rest, VIEW_LITERAL(" (")) ? view_find_byte(rest, ')') : -1;
	if (close > 0 && close < 16)
		rest = view_skip(rest, (size_t)close + 1);
	if (rest.size && !view_starts_with(rest, VIEW_LITERAL(": ")) &&
	    !view_equals(rest, VIEW_LITERAL(":")))
		return false;
	ret->value = view_skip(rest, 2);
	return true;
}

static bool is_exception_name(struct view name)
{
	ssize_t generic = view_find_byte(name, '`');

	if (generic > 0)
		name = view_take(name, (size_t)generic);
	return view_ends_with(name, VIEW_LITERAL("Exception")) || view_find_byte(name, '.') > 0;
}

static bool cut_start(struct view *text, struct view start)
{
	if (!view_starts_with(*text, start))
		return false;
	*text = view_skip(*text, start.size);
	return true;
}

static bool cut_introduction(struct view *text)
{
	return cut_start(text, VIEW_LITERAL("Unhandled exception. ")) ||
	       cut_start(text, VIEW_LITERAL("Unhandled Exception: "));
}

static bool begins(const struct traceback_line *line)
{
	struct view text = view_skip(line->text, source_place_indent(line->text));
	struct dotnet_header header;

	if (cut_introduction(&text))
		return true;
	return parse_header(text, &header) && is_exception_name(header.name);
}

/* "fail: Microsoft.AspNetCore.Server.Kestrel[13]": the category. */
static bool read_category(struct view line, struct view *ret_category)
{
	static const struct view levels[] = {
		VIEW_LITERAL("fail: "), VIEW_LITERAL("crit: "), VIEW_LITERAL("warn: "),
		VIEW_LITERAL("info: "), VIEW_LITERAL("dbug: "), VIEW_LITERAL("trce: "),
	};
	ssize_t bracket = view_find_byte(line, '[');

	if (bracket < 7 || !view_ends_with(line, VIEW_LITERAL("]")))
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(*levels); i++) {
		if (!view_starts_with(line, levels[i]))
			continue;
		*ret_category = view_skip(view_take(line, (size_t)bracket), levels[i].size);
		return true;
	}
	return false;
}

/* The console logger has the category in a line of its own, the message in those below. */
static void describe(struct traceback *report, struct view before, struct view prefix)
{
	struct view message = {0}, left, category;

	(void)prefix;
	while (before.size && before.bytes[before.size - 1] == '\n')
		before.size--;
	left = before;
	for (int i = 0; i < MAX_LINES_BACK && left.size; i++) {
		size_t start = left.size;

		while (start && left.bytes[start - 1] != '\n')
			start--;
		if (read_category(view_skip(left, start), &category)) {
			report->is_logged = true;
			report->logger = traceback_copy(report, category);
			report->log_message = traceback_copy(report, view_trim(message));
			return;
		}
		message = view_trim(view_skip(before, start));
		left.size = start ? start - 1 : 0;
	}
}

static void set_header(struct traceback *report, struct exception *exception,
		       const struct dotnet_header *header)
{
	struct view name = header->name;
	size_t end = 0, dot = 0;

	/* Dots of generic arguments are none of its own. */
	while (end < name.size && name.bytes[end] != '[') {
		if (name.bytes[end] == '.')
			dot = end;
		end++;
	}
	exception->module = traceback_copy(report, view_take(name, dot));
	exception->type = traceback_copy(report, view_skip(name, dot ? dot + 1 : 0));
	exception->value = traceback_copy(report, view_take(header->value, MAX_EXCEPTION_VALUE));
	exception->is_group = view_equals(name, VIEW_LITERAL("System.AggregateException"));
}

static struct exception *current_exception(struct dotnet_state *state, struct traceback *report)
{
	uint32_t index;

	if (state->too_deep || !state->open_count)
		return NULL;
	index = state->open[state->open_count - 1];
	return index == NO_PARENT ? NULL : &report->exceptions[index];
}

static void open_exception(struct dotnet_state *state, const struct traceback *report,
			   const struct exception *exception)
{
	state->phase = PHASE_VALUE;
	state->value_lines = 0;
	if (state->open_count == MAX_OPEN) {
		state->too_deep++;
		return;
	}
	state->open[state->open_count++] =
		exception ? (uint32_t)(exception - report->exceptions) : NO_PARENT;
}

static void close_exception(struct dotnet_state *state)
{
	state->phase = PHASE_FRAMES;
	if (state->too_deep)
		state->too_deep--;
	else if (state->open_count > 1)
		state->open_count--;
}

static enum traceback_step take_start(struct dotnet_state *state, struct traceback *report,
				      struct view line)
{
	struct view text = view_skip(line, source_place_indent(line));
	struct dotnet_header header;
	struct exception *raised;
	bool is_uncaught = cut_introduction(&text);

	if (!parse_header(text, &header)) {
		if (!is_uncaught)
			return TRACEBACK_NOT_MINE;
		header = (struct dotnet_header){.name = VIEW_LITERAL("Exception"), .value = text};
	}
	raised = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	if (!raised)
		return TRACEBACK_NOT_MINE;
	set_header(report, raised, &header);
	open_exception(state, report, raised);
	state->base = source_place_indent(line);
	state->is_uncaught = is_uncaught;
	if (is_uncaught) {
		report->manner = MANNER_UNCAUGHT;
		report->mechanism = "AppDomain.UnhandledException";
	}
	return TRACEBACK_TAKEN;
}

/* Older runtimes print the first member of a group twice: as its cause, and as number 0. */
static bool is_printed_before(const struct traceback *report, uint32_t parent)
{
	for (uint32_t i = parent + 1; i < report->exceptions_count; i++)
		if (report->exceptions[i].parent == parent)
			return true;
	return false;
}

/* " ---> System.X: text", " ---> (Inner Exception #1) System.X: text". */
static bool take_inner(struct dotnet_state *state, struct traceback *report, struct view text)
{
	struct exception *parent, *added = NULL;
	struct dotnet_header header;
	bool is_repeated = false;
	uint32_t index;

	if (!cut_start(&text, VIEW_LITERAL("---> ")))
		return false;
	parent = current_exception(state, report);
	index = parent ? (uint32_t)(parent - report->exceptions) : NO_PARENT;
	if (cut_start(&text, VIEW_LITERAL("(Inner Exception #"))) {
		ssize_t close = view_find(text, VIEW_LITERAL(") "));

		is_repeated = parent && source_place_leading_number(text) == 0 &&
			      is_printed_before(report, index);
		text = view_skip(text, close < 0 ? 0 : (size_t)close + 2);
	}
	if (parent && !is_repeated && parse_header(text, &header))
		added = traceback_add_exception(
			report, parent->is_group ? RELATION_MEMBER : RELATION_CAUSE, index);
	if (added)
		set_header(report, added, &header);
	open_exception(state, report, added);
	return true;
}

/* A frame; "<---" behind it closes a member of a group. */
static bool take_frame(struct dotnet_state *state, struct traceback *report, struct view line)
{
	struct exception *exception = current_exception(state, report);
	bool is_closing = view_ends_with(line, VIEW_LITERAL("<---"));
	struct exception_frame frame, *added;

	if (is_closing)
		line = view_take(line, line.size - 4);
	if (!dotnet_frame_parse(line, &frame))
		return false;
	added = exception ? traceback_add_frame(report, exception) : NULL;
	if (added) {
		*added = frame;
		added->function = traceback_copy(report, frame.function);
		added->module = traceback_copy(report, frame.module);
		added->file = traceback_copy(report, frame.file);
	}
	state->phase = PHASE_FRAMES;
	if (is_closing)
		close_exception(state);
	return true;
}

static bool take_separator(struct dotnet_state *state, struct view text)
{
	if (view_starts_with(text, VIEW_LITERAL("--- End of inner exception stack trace ---"))) {
		close_exception(state);
		return true;
	}
	return view_starts_with(text, VIEW_LITERAL("--- End of stack trace from "));
}

/* A message of a member that was never thrown: "text<---". */
static void add_value(struct dotnet_state *state, struct traceback *report, struct view text)
{
	struct exception *exception = current_exception(state, report);

	if (exception)
		traceback_add_value_line(report, exception, text);
}

static enum traceback_step take(void *opaque, struct traceback *report,
				const struct traceback_line *line)
{
	struct dotnet_state *state = opaque;
	struct view text = view_skip(line->text, source_place_indent(line->text));

	if (state->phase == PHASE_START)
		return take_start(state, report, line->text);
	if (take_frame(state, report, line->text) || take_separator(state, text) ||
	    take_inner(state, report, text)) {
		report->is_closable = state->open_count <= 1;
		return TRACEBACK_TAKEN;
	}
	if (state->phase == PHASE_FRAMES) {
		/* A group has an empty line before its further members. */
		if (!line->text.size && report->exceptions[0].is_group && !line->is_write_start)
			return TRACEBACK_TAKEN;
		return TRACEBACK_NOT_MINE;
	}
	if (line->is_write_start || ++state->value_lines > MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	add_value(state, report,
		  source_place_indent(line->text) >= state->base
			  ? view_skip(line->text, state->base)
			  : text);
	return TRACEBACK_TAKEN;
}

static bool finish(void *opaque, struct traceback *report)
{
	struct dotnet_state *state = opaque;

	if (!report->exceptions_count)
		return false;
	report->is_truncated |= state->open_count > 1 && !report->exceptions[0].frames_count;
	for (uint32_t i = 0; i < report->exceptions_count; i++)
		if (report->exceptions[i].frames_count)
			return true;
	return state->is_uncaught;
}

const struct traceback_language traceback_dotnet = {
	.name = "dotnet",
	.language = LANGUAGE_DOTNET,
	.markers = dotnet_markers,
	.state_bytes = sizeof(struct dotnet_state),
	.begins = begins,
	.describe = describe,
	.take = take,
	.finish = finish,
};
