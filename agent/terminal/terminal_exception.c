/*
 * ✗ ZeroDivisionError: division by zero   GET /divide_by_zero → 500   python  handled
 *   shop (4711)  trace 4bf92f3577b34da6a3ce929d0e0e4736
 *      0  divide_by_zero   app.py:12
 *         │ return 1 / rate()
 *         … 14 frames of libraries
 *   while handling json.decoder.JSONDecodeError: Expecting value
 *      0  rate             app.py:7
 */
#include "terminal/terminal_exception.h"

#include <inttypes.h>
#include <stdio.h>
#include "terminal/terminal_frames.h"
#include "terminal/terminal_stack.h"

#define INDENT          2
#define GAP             3
#define MAX_RAISED_ROWS 16
#define MAX_CAUSE_ROWS  6
#define MAX_CAUSES      5
#define MAX_VALUE_LINES 4
#define TRACE_COLUMNS   38 /* "trace " and the id */
#define MAX_FACT_BYTES  256

static void text(struct terminal_line *line, enum terminal_colour colour, const char *words)
{
	terminal_line_text(line, colour, view_of_text(words));
}

/* "GET /divide_by_zero → 500"; empty when no request is known. */
static struct view request_words(const struct crash *crash, bool is_utf8,
				 char buffer[MAX_FACT_BYTES])
{
	const struct attribute *status =
		attribute_find(&crash->trace.request, "http.response.status_code");
	struct view transaction = view_take(crash->trace.transaction, MAX_FACT_BYTES - 32);
	int size;

	if (!crash->trace.is_known || view_is_empty(transaction))
		return (struct view){0};
	if (!status || status->type != ATTRIBUTE_INTEGER)
		return transaction;
	size = snprintf(buffer, MAX_FACT_BYTES, "%.*s %s %" PRId64, VIEW_FORMAT(transaction),
			is_utf8 ? "→" : "->", status->integer);
	return view_of(buffer, size > 0 ? (size_t)size : 0);
}

/* Its language, unless that is not known, and how it ended. */
static const char *ending_word(const struct crash *crash)
{
	if (crash->level == LEVEL_FATAL)
		return crash->signal_name ? crash->signal_name : "fatal";
	return crash->is_handled ? "handled" : "unhandled";
}

static const char *language_word(const struct crash *crash)
{
	return crash->language == LANGUAGE_UNKNOWN ? "" : exception_language_word(crash->language);
}

static size_t facts_width(const struct crash *crash, const struct terminal_style *style)
{
	char buffer[MAX_FACT_BYTES];
	size_t width = terminal_line_width(style, request_words(crash, style->is_utf8, buffer));

	return (width ? width + GAP : 0) + strlen(language_word(crash)) + 2 +
	       strlen(ending_word(crash));
}

static void print_facts(const struct crash *crash, struct terminal_line *line)
{
	char buffer[MAX_FACT_BYTES];
	struct view request = request_words(crash, line->style->is_utf8, buffer);
	const char *language = language_word(crash);

	if (request.size) {
		size_t rest = GAP + strlen(language) + 2 + strlen(ending_word(crash));

		terminal_line_text(line, COLOUR_CYAN, request);
		if (line->columns + rest > line->limit) {
			terminal_line_end(line);
			terminal_line_pad(line, INDENT);
		} else {
			terminal_line_pad(line, line->columns + GAP);
		}
	}
	if (language[0]) {
		text(line, COLOUR_DIM, language);
		terminal_line_pad(line, line->columns + 2);
	}
	text(line,
	     crash->level == LEVEL_FATAL ? COLOUR_RED
	     : crash->is_handled         ? COLOUR_DIM
					 : COLOUR_YELLOW,
	     ending_word(crash));
	terminal_line_end(line);
}

static struct view next_line(struct view *rest)
{
	ssize_t end = view_find_byte(*rest, '\n');
	struct view first = end < 0 ? *rest : view_take(*rest, (size_t)end);

	*rest = end < 0 ? (struct view){0} : view_skip(*rest, (size_t)end + 1);
	if (first.size && first.bytes[first.size - 1] == '\r')
		first = view_take(first, first.size - 1);
	return first;
}

static void print_type(const struct crash *crash, const struct exception *exception,
		       enum terminal_colour colour, struct terminal_line *line)
{
	if (exception->module.size && exception_has_qualified_types(crash->language)) {
		terminal_line_text(line, COLOUR_DIM, exception->module);
		text(line, COLOUR_DIM, ".");
	}
	terminal_line_text(line, colour,
			   exception->type.size ? exception->type : VIEW_LITERAL("Error"));
}

/* The first line where it fits behind the type; the lines that do not end there below it. True:
 * there is room left on the line. */
static bool print_value(struct view value, struct terminal_line *line)
{
	struct view rest = value, first = next_line(&rest);
	bool is_first_below =
		line->columns + 2 + terminal_line_width(line->style, first) > line->limit;
	int lines = 0;

	if (view_is_empty(value))
		return true;
	text(line, COLOUR_PLAIN, ":");
	if (!is_first_below) {
		text(line, COLOUR_PLAIN, " ");
		terminal_line_text(line, COLOUR_BOLD, first);
		if (view_is_empty(rest))
			return true;
	} else {
		rest = value;
	}
	terminal_line_end(line);
	while (rest.size && lines++ < MAX_VALUE_LINES)
		terminal_line_wrap(line, COLOUR_BOLD, 2 * INDENT, MAX_VALUE_LINES,
				   next_line(&rest));
	return false;
}

static void print_headline(const struct crash *crash, struct terminal_line *line)
{
	const struct exception *raised = &crash->exceptions[0];

	text(line, COLOUR_RED, line->style->is_utf8 ? "✗ " : "x ");
	print_type(crash, raised, COLOUR_RED, line);
	if (print_value(raised->value, line)) {
		if (line->columns + GAP + facts_width(crash, line->style) > line->limit)
			terminal_line_end(line);
		else
			terminal_line_pad(line, line->columns + GAP);
	}
	terminal_line_pad(line, INDENT);
	print_facts(crash, line);
}

/* The trace id is there to be copied: it is never cut, rather on a line of its own. */
static void print_trace(const struct crash_trace *trace, struct terminal_line *line)
{
	char id[2 * TRACE_ID_BYTES + 1];

	if (!trace->is_known)
		return;
	if (line->columns + 2 + TRACE_COLUMNS > line->limit)
		terminal_line_end(line);
	terminal_line_pad(line, line->columns + 2);
	for (size_t i = 0; i < TRACE_ID_BYTES; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", trace->trace_id[i]);
	text(line, COLOUR_DIM, "trace ");
	text(line, COLOUR_DIM, id);
}

/* What the report calls it, else the kernel, where that is a name of its own. */
static struct view thread_name(const struct crash *crash)
{
	const struct crash_thread *thread = crash_thread_of(crash);

	if (crash->exception_thread_name.size || crash->exception_thread_id || !thread ||
	    view_equals(thread->name, crash->process_name))
		return crash->exception_thread_name;
	return thread->name;
}

static void print_origin(const struct crash *crash, struct terminal_line *line)
{
	char words[64];

	terminal_line_pad(line, INDENT);
	terminal_line_text(line, COLOUR_PLAIN,
			   crash->process_name.size ? crash->process_name
						    : crash->resource->service_name);
	(void)snprintf(words, sizeof(words), " (%u)", crash->pid);
	text(line, COLOUR_DIM, words);
	if (thread_name(crash).size) {
		text(line, COLOUR_DIM, "  thread ");
		terminal_line_text(line, COLOUR_PLAIN, thread_name(crash));
	} else if (crash->exception_thread_id) {
		(void)snprintf(words, sizeof(words), "  %s %" PRIu64,
			       crash->language == LANGUAGE_GO ? "goroutine" : "thread",
			       crash->exception_thread_id);
		text(line, COLOUR_DIM, words);
	}
	print_trace(&crash->trace, line);
	terminal_line_end(line);
	if (crash->log_message.size) {
		terminal_line_pad(line, INDENT);
		text(line, COLOUR_DIM, "logged as ");
		terminal_line_text(line, COLOUR_PLAIN, crash->log_message);
		terminal_line_end(line);
	}
}

static const char *relation_words(enum exception_relation relation)
{
	switch (relation) {
	case RELATION_CONTEXT:
		return "while handling ";
	case RELATION_SUPPRESSED:
		return "suppressed ";
	case RELATION_MEMBER:
		return "one of the group: ";
	default:
		return "caused by ";
	}
}

static void print_causes(const struct crash *crash, struct terminal_line *line)
{
	uint32_t count = crash->exceptions_count;
	char words[64];

	for (uint32_t i = 1; i < count && i <= MAX_CAUSES; i++) {
		const struct exception *exception = &crash->exceptions[i];

		terminal_line_pad(line, INDENT);
		text(line, COLOUR_DIM, relation_words(exception->relation));
		print_type(crash, exception, COLOUR_RED, line);
		if (print_value(exception->value, line))
			terminal_line_end(line);
		terminal_frames_print(exception, crash->language, MAX_CAUSE_ROWS, line);
	}
	if (count <= MAX_CAUSES + 1)
		return;
	terminal_line_pad(line, INDENT);
	(void)snprintf(words, sizeof(words), "and %u more exceptions", count - MAX_CAUSES - 1);
	text(line, COLOUR_DIM, words);
	terminal_line_end(line);
}

static void print_other_threads(const struct crash *crash, struct terminal_line *line)
{
	const char *word = crash->language == LANGUAGE_GO ? "goroutine" : "thread";
	uint32_t count = crash->exception_threads_count;
	char words[64];

	if (count == 0)
		return;
	terminal_line_pad(line, INDENT);
	(void)snprintf(words, sizeof(words), "%u more %s%s", count, word, count == 1 ? "" : "s");
	text(line, COLOUR_DIM, words);
	terminal_line_end(line);
}

void terminal_exception_print(const struct crash *crash, struct terminal_line *line)
{
	if (crash->exceptions_count == 0)
		return;
	print_headline(crash, line);
	print_origin(crash, line);
	if (crash->exceptions[0].frames_count)
		terminal_frames_print(&crash->exceptions[0], crash->language, MAX_RAISED_ROWS,
				      line);
	else
		terminal_stack_print(crash, line);
	print_causes(crash, line);
	print_other_threads(crash, line);
}
