/*
 * Stack traces of Java and whatever runs on a JVM: what the JVM prints of an exception that ended
 * a thread, and what printStackTrace() and logging frameworks print. The log line before one is
 * the reader's. Indentation by tabs says what belongs to what: a suppressed exception stands one
 * further in than whom it is suppressed by, its own causes beside it.
 */
#include "tracebacks/java_frame.h"
#include "tracebacks/java_log_line.h"
#include "tracebacks/source_place.h"
#include "tracebacks/traceback.h"

#define MAX_DEPTH       8
#define MAX_VALUE_LINES 256

enum java_phase { PHASE_START, PHASE_VALUE, PHASE_FRAMES };

struct java_state {
	enum java_phase phase;
	uint32_t current;           /* NO_PARENT: of an exception that had no room */
	uint32_t newest[MAX_DEPTH]; /* exception at each depth; NO_PARENT: none */
	unsigned int value_lines;
	bool is_uncaught; /* "Exception in thread": whole without frames */
};

static const char *const java_markers[] = {
	"Exception in thread \"",
	"\n\tat com.",
	"\n\tat org.",
	"\n\tat net.",
	"\n\tat io.",
	"\tat java",
	"\\n\\tat ",
	"Caused by: ",
	"Exception: ",
	"Exception\n",
	"java.lang.",
	"Wrapped by: ",
	NULL,
};
static const char *const java_openings[] = {"\tat ", NULL};

static struct view last_part(struct view name, char separator)
{
	size_t from = name.size;

	while (from > 0 && name.bytes[from - 1] != separator)
		from--;
	return view_skip(name, from);
}

/* "com.shop.CartException: text", "java.lang.Error". Size of the class; 0: it is no such line. */
static size_t header_class_size(struct view text)
{
	size_t size = java_frame_class_size(text);
	struct view rest = view_skip(text, size);

	if (!size || (rest.size && !view_starts_with(rest, VIEW_LITERAL(": ")) &&
		      !view_equals(rest, VIEW_LITERAL(":"))))
		return 0;
	return size;
}

static bool is_header(struct view text)
{
	size_t size = header_class_size(text);
	struct view name = view_take(text, size);

	if (!size)
		return false;
	return view_find_byte(name, '.') > 0 || view_ends_with(name, VIEW_LITERAL("Exception")) ||
	       view_ends_with(name, VIEW_LITERAL("Error")) ||
	       view_ends_with(name, VIEW_LITERAL("Throwable"));
}

/* Cuts `Exception in thread "name" `. A name may have quotes in it: the last ones before a class
 * count. */
static bool cut_thread(struct view *text, struct view *ret_name)
{
	struct view rest = *text;
	size_t from;

	if (!view_starts_with(rest, VIEW_LITERAL("Exception in thread \"")))
		return false;
	rest = view_skip(rest, sizeof("Exception in thread \"") - 1);
	from = 0;
	while (from < rest.size) {
		ssize_t quote = view_find(view_skip(rest, from), VIEW_LITERAL("\" "));

		if (quote < 0)
			return false;
		from += (size_t)quote;
		if (header_class_size(view_skip(rest, from + 2))) {
			*ret_name = view_take(rest, from);
			*text = view_skip(rest, from + 2);
			return true;
		}
		from += 2;
	}
	return false;
}

/* What is left of an error that could not even be printed. */
static bool parse_unprinted(struct view text, struct view *ret_class, struct view *ret_thread)
{
	static const struct view middle =
		VIEW_LITERAL(" thrown from the UncaughtExceptionHandler in thread \"");
	ssize_t at;

	if (!view_starts_with(text, VIEW_LITERAL("Exception: ")) ||
	    !view_ends_with(text, VIEW_LITERAL("\"")))
		return false;
	text = view_skip(text, sizeof("Exception: ") - 1);
	at = view_find(text, middle);
	if (at <= 0)
		return false;
	*ret_class = view_take(text, (size_t)at);
	text = view_skip(text, (size_t)at + middle.size);
	*ret_thread = text.size ? view_take(text, text.size - 1) : text;
	return true;
}

static bool begins(const struct traceback_line *line)
{
	struct view text = line->text, thread, name;

	return is_header(text) || cut_thread(&text, &thread) ||
	       parse_unprinted(text, &name, &thread);
}

static void describe(struct traceback *report, struct view before, struct view prefix)
{
	struct java_log_line log;

	while (before.size && before.bytes[before.size - 1] == '\n')
		before.size--;
	java_log_line_read(prefix.size ? prefix : before, &log);
	if (log.thread.size)
		report->thread_name = traceback_copy(report, log.thread);
	if (!log.logger.size)
		return;
	report->logger = traceback_copy(report, log.logger);
	if (log.message.size)
		report->log_message = traceback_copy(report, log.message);
}

static void set_class(struct traceback *report, struct exception *exception, struct view name)
{
	struct view simple = last_part(name, '.');

	exception->type = traceback_copy(report, simple);
	if (simple.size < name.size)
		exception->module =
			traceback_copy(report, view_take(name, name.size - simple.size - 1));
}

/* Sets class and message from "com.shop.X: text". A class may print itself otherwise. */
static void set_header(struct traceback *report, struct exception *exception, struct view text)
{
	size_t size = header_class_size(text);
	struct view value = view_skip(text, size ? size + 2 : 0);

	set_class(report, exception, size ? view_take(text, size) : VIEW_LITERAL("Throwable"));
	exception->value = traceback_copy(report, view_take(value, MAX_EXCEPTION_VALUE));
}

static struct exception *current_exception(struct java_state *state, struct traceback *report)
{
	return state->current == NO_PARENT ? NULL : &report->exceptions[state->current];
}

static void go_on_with(struct java_state *state, struct traceback *report, size_t depth,
		       struct exception *exception)
{
	state->current = exception ? (uint32_t)(exception - report->exceptions) : NO_PARENT;
	if (depth < MAX_DEPTH)
		state->newest[depth] = state->current;
	for (size_t i = depth + 1; i < MAX_DEPTH; i++)
		state->newest[i] = NO_PARENT;
	state->value_lines = 0;
	state->phase = PHASE_VALUE;
}

static enum traceback_step take_start(struct java_state *state, struct traceback *report,
				      struct view text)
{
	struct exception *raised;
	struct view thread = {0}, name;
	bool is_unprinted = parse_unprinted(text, &name, &thread);

	if (!is_unprinted && !cut_thread(&text, &thread) && !is_header(text))
		return TRACEBACK_NOT_MINE;
	raised = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	if (!raised)
		return TRACEBACK_NOT_MINE;
	if (is_unprinted)
		set_class(report, raised, name);
	else
		set_header(report, raised, text);
	if (thread.size) {
		report->thread_name = traceback_copy(report, thread);
		report->manner = MANNER_THREAD;
		report->mechanism = "UncaughtExceptionHandler";
		report->is_closable = true;
		state->is_uncaught = true;
	}
	go_on_with(state, report, 0, raised);
	return is_unprinted ? TRACEBACK_LAST : TRACEBACK_TAKEN;
}

/* Root cause first: what is printed next was raised because of what came before. */
static void take_wrapper(struct java_state *state, struct traceback *report, size_t depth,
			 struct view text)
{
	struct exception *wrapper = NULL;

	if (depth == 0)
		wrapper = traceback_add_exception(report, RELATION_RAISED, NO_PARENT);
	if (wrapper) {
		set_header(report, wrapper, text);
		traceback_put_first(report, report->exceptions_count - 1);
		wrapper = &report->exceptions[0];
		report->exceptions[1].relation = RELATION_CAUSE;
		report->exceptions[1].parent = 0;
	}
	go_on_with(state, report, depth, wrapper);
}

static bool cut_start(struct view *text, struct view start)
{
	if (!view_starts_with(*text, start))
		return false;
	*text = view_skip(*text, start.size);
	return true;
}

/* "Caused by: …", "Suppressed: …", "Wrapped by: …": the next exception. */
static bool take_next_exception(struct java_state *state, struct traceback *report,
				struct view line)
{
	size_t depth = source_place_indent(line);
	struct view text = view_skip(line, depth);
	enum exception_relation relation = RELATION_CAUSE;
	struct exception *added = NULL;
	uint32_t parent = NO_PARENT;

	if (cut_start(&text, VIEW_LITERAL("Wrapped by: "))) {
		take_wrapper(state, report, depth, text);
		return true;
	}
	if (cut_start(&text, VIEW_LITERAL("Suppressed: ")))
		relation = RELATION_SUPPRESSED;
	else if (!cut_start(&text, VIEW_LITERAL("Caused by: ")))
		return false;
	if (relation == RELATION_CAUSE && depth < MAX_DEPTH)
		parent = state->newest[depth];
	else if (depth > 0 && depth <= MAX_DEPTH)
		parent = state->newest[depth - 1];
	if (parent != NO_PARENT && !view_starts_with(text, VIEW_LITERAL("[CIRCULAR REFERENCE")))
		added = traceback_add_exception(report, relation, parent);
	if (added)
		set_header(report, added, text);
	go_on_with(state, report, depth, added);
	return true;
}

/* What stands in a stack, whoever wrote it. */
static bool take_of_stack(struct java_state *state, struct traceback *report, struct view line)
{
	struct exception *exception = current_exception(state, report);
	struct exception_frame frame, *added;
	uint32_t omitted;

	if (take_next_exception(state, report, line))
		return true;
	if (java_frame_parse_omission(line, &omitted)) {
		if (exception && omitted <= UINT32_MAX - exception->left_out)
			exception->left_out += omitted;
	} else if (java_frame_parse(line, &frame)) {
		added = exception ? traceback_add_frame(report, exception) : NULL;
		if (added) {
			*added = frame;
			added->function = traceback_copy(report, frame.function);
			added->module = traceback_copy(report, frame.module);
			added->file = traceback_copy(report, frame.file);
		}
	} else {
		return false;
	}
	report->is_closable = true;
	state->phase = PHASE_FRAMES;
	return true;
}

static enum traceback_step take(void *opaque, struct traceback *report,
				const struct traceback_line *line)
{
	struct java_state *state = opaque;
	struct exception *exception;

	if (state->phase == PHASE_START)
		return take_start(state, report, line->text);
	if (take_of_stack(state, report, line->text))
		return TRACEBACK_TAKEN;
	if (state->phase == PHASE_FRAMES || line->is_write_start ||
	    ++state->value_lines > MAX_VALUE_LINES)
		return TRACEBACK_NOT_MINE;
	exception = current_exception(state, report);
	if (exception)
		traceback_add_value_line(report, exception, line->text);
	return TRACEBACK_TAKEN;
}

/* A header alone says nothing, unless the JVM wrote it: then there was no memory for frames. */
static bool finish(void *opaque, struct traceback *report)
{
	struct java_state *state = opaque;

	for (uint32_t i = 0; i < report->exceptions_count; i++)
		if (report->exceptions[i].frames_count)
			return true;
	return state->is_uncaught;
}

const struct traceback_language traceback_java = {
	.name = "java",
	.language = LANGUAGE_JAVA,
	.markers = java_markers,
	.openings = java_openings,
	.state_bytes = sizeof(struct java_state),
	.begins = begins,
	.describe = describe,
	.take = take,
	.finish = finish,
};
