/*
 * ✗ SIGSEGV  shop (4711)  null pointer dereference at address 0x8
 *   thread 4712 worker-1, serving GET /orders/{id}, trace 4bf92f3577b34da6a3ce929d0e0e4736
 *      0  shop::order_total(shop::Order const&)   order.cc:42
 *      1  main                                    shop
 *   leading up to it
 *      -12 ms  http.client  GET /stock/{id} 200
 */
#include "terminal/terminal_crash.h"

#include <stdio.h>
#include "base/clock.h"
#include "terminal/terminal_line.h"
#include "terminal/terminal_quantity.h"

#define MAX_SHOWN_FRAMES 24
#define MAX_SHOWN_CRUMBS 8
#define INDENT           2
#define NUMBER_COLUMNS   6
#define PLACE_GAP        2
#define AGO_COLUMNS      10
#define CATEGORY_COLUMNS 13

static struct view base_name(struct view path)
{
	const char *slash = path.size ? memrchr(path.bytes, '/', path.size) : NULL;

	return slash ? view_skip(path, (size_t)(slash - path.bytes) + 1) : path;
}

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
	text(line, COLOUR_PLAIN, "  ");
	terminal_line_text(line, COLOUR_BOLD, crash->cause);
	terminal_line_end(line);
}

static void print_hex(struct terminal_line *line, const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		number(line, COLOUR_DIM, "%02llx", bytes[i]);
}

static void print_where(const struct crash *crash, struct terminal_line *line)
{
	const struct crash_thread *thread = crash_thread_of(crash);

	if (!thread && !crash->trace.is_known)
		return;
	terminal_line_pad(line, INDENT);
	if (thread) {
		number(line, COLOUR_DIM, "thread %llu", thread->tid);
		if (thread->name.size && !view_equals(thread->name, crash->process_name)) {
			text(line, COLOUR_PLAIN, " ");
			terminal_line_text(line, COLOUR_PLAIN, thread->name);
		}
		if (crash->threads_count > 1)
			number(line, COLOUR_DIM, " of %llu", crash->threads_count);
	}
	if (crash->trace.is_known) {
		text(line, COLOUR_DIM, thread ? ", serving " : "serving ");
		terminal_line_text(line, COLOUR_CYAN, crash->trace.transaction);
		text(line, COLOUR_DIM, ", trace ");
		print_hex(line, crash->trace.trace_id, TRACE_ID_BYTES);
	}
	terminal_line_end(line);
}

static struct view frame_name(const struct crash *crash, const struct crash_frame *frame,
			      char buffer[128])
{
	int size;

	if (frame->function.size)
		return frame->function;
	if (frame->image < crash->images_count)
		size = snprintf(
			buffer, 128, "%.100s+0x%llx",
			base_name(crash->images[frame->image].path).bytes,
			(unsigned long long)(frame->pc - crash->images[frame->image].start));
	else
		size = snprintf(buffer, 128, "0x%llx", (unsigned long long)frame->pc);
	return view_of(buffer, size > 0 ? (size_t)size : 0);
}

static void print_place(const struct crash *crash, const struct crash_frame *frame,
			struct terminal_line *line)
{
	if (frame->file.size) {
		terminal_line_text(line, COLOUR_PLAIN, base_name(frame->file));
		number(line, COLOUR_PLAIN, ":%llu", frame->line);
	} else if (frame->image < crash->images_count) {
		terminal_line_text(line, COLOUR_DIM, base_name(crash->images[frame->image].path));
	}
	/* How far to believe it. */
	if (frame->trust == TRUST_SCAN)
		text(line, COLOUR_DIM, "  (found by scanning)");
	if (frame->repeats)
		number(line, COLOUR_YELLOW, "  … %llu more like this", frame->repeats);
}

static size_t name_columns(const struct crash *crash, const struct crash_thread *thread,
			   const struct terminal_style *style)
{
	size_t columns = 0, limit = style->width / 2;
	char buffer[128];

	for (uint32_t i = 0; i < thread->frames_count && i < MAX_SHOWN_FRAMES; i++) {
		size_t width =
			terminal_line_width(style, frame_name(crash, &thread->frames[i], buffer));

		if (width > columns)
			columns = width;
	}
	return columns < limit ? columns : limit;
}

static void print_frames(const struct crash *crash, struct terminal_line *line)
{
	const struct crash_thread *thread = crash_thread_of(crash);
	size_t columns, width = line->limit;
	char buffer[128];

	if (!thread)
		return;
	columns = name_columns(crash, thread, line->style);
	for (uint32_t i = 0; i < thread->frames_count && i < MAX_SHOWN_FRAMES; i++) {
		const struct crash_frame *frame = &thread->frames[i];

		(void)snprintf(buffer, sizeof(buffer), "%u", i);
		terminal_line_right(line, COLOUR_DIM, NUMBER_COLUMNS, view_of_text(buffer));
		terminal_line_pad(line, NUMBER_COLUMNS + INDENT);
		line->limit = NUMBER_COLUMNS + INDENT + columns;
		terminal_line_text(line, frame->is_in_app ? COLOUR_BOLD : COLOUR_DIM,
				   frame_name(crash, frame, buffer));
		line->limit = width;
		terminal_line_pad(line, NUMBER_COLUMNS + INDENT + columns + PLACE_GAP);
		print_place(crash, frame, line);
		terminal_line_end(line);
	}
	if (thread->frames_count > MAX_SHOWN_FRAMES || thread->is_truncated) {
		terminal_line_pad(line, NUMBER_COLUMNS + INDENT);
		text(line, COLOUR_DIM,
		     thread->is_truncated ? "the stack goes on beyond what was copied"
					  : "further frames are in the event");
		terminal_line_end(line);
	}
}

static void print_crumb(const struct crash *crash, const struct breadcrumb *crumb,
			struct terminal_line *line)
{
	const struct attribute *status =
		attribute_find(&crumb->attributes, "http.response.status_code");
	uint64_t ago_ns = crash->unix_ns > crumb->unix_ns ? crash->unix_ns - crumb->unix_ns : 0;
	char duration[QUANTITY_BYTES], ago[QUANTITY_BYTES + 2];

	(void)snprintf(ago, sizeof(ago), "-%s",
		       terminal_quantity_duration(ago_ns, line->style->is_utf8, duration));
	terminal_line_right(line, COLOUR_DIM, NUMBER_COLUMNS + AGO_COLUMNS - INDENT,
			    view_of_text(ago));
	terminal_line_pad(line, NUMBER_COLUMNS + AGO_COLUMNS);
	terminal_line_text(line, COLOUR_DIM, crumb->category);
	terminal_line_pad(line, NUMBER_COLUMNS + AGO_COLUMNS + CATEGORY_COLUMNS);
	text(line, COLOUR_PLAIN, " ");
	terminal_line_text(
		line, crumb->is_error && crumb->kind == BREADCRUMB_SPAN ? COLOUR_RED : COLOUR_PLAIN,
		crumb->message);
	if (status && status->type == ATTRIBUTE_INTEGER)
		number(line, COLOUR_DIM, " %llu", (unsigned long long)status->integer);
	terminal_line_end(line);
}

static void print_crumbs(const struct crash *crash, struct terminal_line *line)
{
	uint32_t count = crash->breadcrumbs_count;
	uint32_t first = count > MAX_SHOWN_CRUMBS ? count - MAX_SHOWN_CRUMBS : 0;

	if (count == 0)
		return;
	terminal_line_pad(line, INDENT);
	text(line, COLOUR_DIM, "leading up to it");
	terminal_line_end(line);
	for (uint32_t i = first; i < count; i++)
		print_crumb(crash, &crash->breadcrumbs[i], line);
}

static void print_remarks(const struct crash *crash, struct terminal_line *line)
{
	if (crash->is_metadata_only) {
		terminal_line_pad(line, INDENT);
		text(line, COLOUR_YELLOW,
		     "the process is not dumpable: its memory was not looked at");
		terminal_line_end(line);
	}
	if (crash->is_loss) {
		terminal_line_pad(line, INDENT);
		text(line, COLOUR_YELLOW, "parts of this crash were lost on the way");
		terminal_line_end(line);
	}
	if (crash->suppressed_count) {
		terminal_line_pad(line, INDENT);
		number(line, COLOUR_YELLOW, "%llu crashes like this one were left out before it",
		       crash->suppressed_count);
		terminal_line_end(line);
	}
}

void terminal_crash_print(const struct crash *crash, const struct terminal_style *style,
			  struct byte_buffer *out)
{
	struct terminal_line line;

	terminal_line_begin(&line, style, out);
	print_head(crash, &line);
	print_where(crash, &line);
	print_frames(crash, &line);
	print_crumbs(crash, &line);
	print_remarks(crash, &line);
	byte_buffer_append_byte(out, '\n');
}
