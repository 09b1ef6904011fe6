/*
 * ✗ SIGSEGV  shop (4711)  null pointer dereference at address 0x8
 *   while serving GET /orders/{id}  trace 4bf92f3577b34da6a3ce929d0e0e4736
 *   in thread 4712 worker-1
 *      0  shop::order_total(shop::Order const&)   order.cc:42
 *      1  main                                    shop
 *   2 more threads: worker-2 in poll, worker-3 in poll
 *   leading up to it
 *      -12 ms  http.client  GET /stock/{id} 200
 */
#include "terminal/terminal_crash.h"

#include <stdio.h>
#include "base/clock.h"
#include "terminal/terminal_exception.h"
#include "terminal/terminal_line.h"
#include "terminal/terminal_quantity.h"
#include "terminal/terminal_stack.h"

#define MAX_SHOWN_CRUMBS 8
#define MAX_CAUSE_LINES  4
#define INDENT           2
#define AGO_COLUMNS      14
#define CATEGORY_COLUMNS 13
#define TRACE_COLUMNS    38 /* "trace " and the id */

static void text(struct terminal_line *line, enum terminal_colour colour, const char *words)
{
	terminal_line_text(line, colour, view_of_text(words));
}

static void number(struct terminal_line *line, enum terminal_colour colour, const char *format,
		   unsigned long long value)
{
	char words[64];

	(void)snprintf(words, sizeof(words), format, value);
	text(line, colour, words);
}

static void print_head(const struct crash *crash, struct terminal_line *line)
{
	text(line, COLOUR_RED, line->style->is_utf8 ? "✗ " : "x ");
	terminal_line_text(line, COLOUR_RED, crash->type);
	text(line, COLOUR_PLAIN, "  ");
	terminal_line_text(line, COLOUR_BOLD,
			   crash->process_name.size ? crash->process_name
						    : crash->resource->service_name);
	number(line, COLOUR_DIM, " (%llu)", crash->pid);
	if (line->columns + 2 + terminal_line_width(line->style, crash->cause) <= line->limit) {
		text(line, COLOUR_PLAIN, "  ");
		terminal_line_text(line, COLOUR_BOLD, crash->cause);
		terminal_line_end(line);
		return;
	}
	terminal_line_end(line);
	terminal_line_wrap(line, COLOUR_BOLD, INDENT, MAX_CAUSE_LINES, crash->cause);
}

static void print_hex(struct terminal_line *line, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		number(line, COLOUR_DIM, "%02llx", bytes[i]);
}

/* The trace id is there to be copied: it is never cut, rather on a line of its own. */
static void print_trace(const struct crash *crash, struct terminal_line *line)
{
	const struct crash_trace *trace = &crash->trace;

	if (!trace->is_known)
		return;
	terminal_line_pad(line, INDENT);
	if (trace->transaction.size) {
		text(line, COLOUR_DIM, "while serving ");
		terminal_line_text(line, COLOUR_CYAN, trace->transaction);
		if (line->columns + 2 + TRACE_COLUMNS > line->limit)
			terminal_line_end(line);
		terminal_line_pad(line, line->columns + 2);
	}
	text(line, COLOUR_DIM, "trace ");
	print_hex(line, trace->trace_id, TRACE_ID_BYTES);
	terminal_line_end(line);
}

/* Of a program with one thread there is nothing to say. */
static void print_thread(const struct crash *crash, struct terminal_line *line)
{
	const struct crash_thread *thread = crash_thread_of(crash);

	if (!thread || (crash->threads_count == 1 && thread->tid == crash->pid))
		return;
	terminal_line_pad(line, INDENT);
	number(line, COLOUR_DIM, "in thread %llu", thread->tid);
	if (thread->name.size && !view_equals(thread->name, crash->process_name)) {
		text(line, COLOUR_PLAIN, " ");
		terminal_line_text(line, COLOUR_PLAIN, thread->name);
	}
	terminal_line_end(line);
}

static bool are_alike(const struct breadcrumb *a, const struct breadcrumb *b)
{
	return a->kind == b->kind && a->kind != BREADCRUMB_SPAN &&
	       view_equals(a->category, b->category) && view_equals(a->message, b->message);
}

/* How many of those before `end` are like the last of them. */
static uint32_t count_alike(const struct crash *crash, uint32_t end)
{
	uint32_t count = 1;

	while (count < end &&
	       are_alike(&crash->breadcrumbs[end - 1 - count], &crash->breadcrumbs[end - 1]))
		count++;
	return count;
}

static void print_crumb(const struct crash *crash, const struct breadcrumb *crumb, uint32_t count,
			struct terminal_line *line)
{
	const struct attribute *status =
		attribute_find(&crumb->attributes, "http.response.status_code");
	uint64_t ago_ns = crash->unix_ns > crumb->unix_ns ? crash->unix_ns - crumb->unix_ns : 0;
	char duration[QUANTITY_BYTES], ago[QUANTITY_BYTES + 2];

	(void)snprintf(ago, sizeof(ago), "-%s",
		       terminal_quantity_duration(ago_ns, line->style->is_utf8, duration));
	terminal_line_right(line, COLOUR_DIM, AGO_COLUMNS, view_of_text(ago));
	terminal_line_pad(line, AGO_COLUMNS + INDENT);
	terminal_line_text(line, COLOUR_DIM, crumb->category);
	terminal_line_pad(line, AGO_COLUMNS + INDENT + CATEGORY_COLUMNS);
	text(line, COLOUR_PLAIN, " ");
	terminal_line_text(
		line, crumb->is_error && crumb->kind == BREADCRUMB_SPAN ? COLOUR_RED : COLOUR_PLAIN,
		crumb->message);
	if (status && status->type == ATTRIBUTE_INTEGER)
		number(line, COLOUR_DIM, " %llu", (unsigned long long)status->integer);
	if (count > 1)
		number(line, COLOUR_DIM, "  %llu times", count);
	terminal_line_end(line);
}

/* The last rows, each one breadcrumb or several alike, with the time of the last. */
static void print_crumbs(const struct crash *crash, struct terminal_line *line)
{
	uint32_t rows[MAX_SHOWN_CRUMBS], rows_count = 0, end = crash->breadcrumbs_count;

	if (end == 0)
		return;
	terminal_line_pad(line, INDENT);
	text(line, COLOUR_DIM, "leading up to it");
	terminal_line_end(line);
	while (end && rows_count < MAX_SHOWN_CRUMBS) {
		rows[rows_count++] = end;
		end -= count_alike(crash, end);
	}
	while (rows_count--)
		print_crumb(crash, &crash->breadcrumbs[rows[rows_count] - 1],
			    count_alike(crash, rows[rows_count]), line);
}

static void print_remarks(const struct crash *crash, struct terminal_line *line)
{
	bool is_exception = crash->kind == CRASH_EXCEPTION;

	if (crash->is_metadata_only) {
		terminal_line_pad(line, INDENT);
		text(line, COLOUR_YELLOW,
		     "the process is not dumpable: its memory was not looked at");
		terminal_line_end(line);
	}
	if (crash->is_loss) {
		terminal_line_pad(line, INDENT);
		text(line, COLOUR_YELLOW,
		     is_exception ? "parts of this exception were lost on the way"
				  : "parts of this crash were lost on the way");
		terminal_line_end(line);
	}
	if (crash->suppressed_count) {
		terminal_line_pad(line, INDENT);
		number(line, COLOUR_YELLOW, "%llu ", crash->suppressed_count);
		text(line, COLOUR_YELLOW, is_exception ? "exception" : "crash");
		text(line, COLOUR_YELLOW,
		     crash->suppressed_count == 1 ? " like this one was left out before it"
		     : is_exception               ? "s like this one were left out before it"
						  : "es like this one were left out before it");
		terminal_line_end(line);
	}
}

void terminal_crash_print(const struct crash *crash, const struct terminal_style *style,
			  struct byte_buffer *out)
{
	struct terminal_line line;

	terminal_line_begin(&line, style, out);
	if (crash->kind == CRASH_EXCEPTION) {
		terminal_exception_print(crash, &line);
	} else {
		print_head(crash, &line);
		print_trace(crash, &line);
		print_thread(crash, &line);
		terminal_stack_print(crash, &line);
	}
	print_crumbs(crash, &line);
	print_remarks(crash, &line);
	byte_buffer_append_byte(out, '\n');
}
