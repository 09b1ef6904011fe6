/*
 * Draws a laid-out trace. Columns from the right: time bar, duration, status; what is left belongs
 * to branches, service and name. Every text passes terminal_line_text, which escapes it.
 */
#include "terminal/terminal_tree.h"

#include <stdio.h>
#include <time.h>
#include "base/clock.h"
#include "overview/span_system.h"
#include "terminal/terminal_quantity.h"
#include "terminal/terminal_line.h"

#define DURATION_COLUMNS    8
#define STATUS_COLUMNS      5
#define MIN_BAR_COLUMNS     10
#define MAX_BAR_COLUMNS     60
#define MIN_LABEL_COLUMNS   24
#define MIN_SERVICE_COLUMNS 8

struct columns {
	size_t label, bar; /* widths; bar may be 0 */
};

static struct columns divide_width(size_t width)
{
	size_t fixed = 1 + STATUS_COLUMNS + 1 + DURATION_COLUMNS;
	struct columns columns = {.bar = width >= 110 ? width / 3 : width / 4};

	if (columns.bar > MAX_BAR_COLUMNS)
		columns.bar = MAX_BAR_COLUMNS;
	if (columns.bar < MIN_BAR_COLUMNS || width < fixed + 2 + columns.bar + MIN_LABEL_COLUMNS)
		columns.bar = 0;
	columns.label = width > fixed + MIN_LABEL_COLUMNS ? width - fixed : MIN_LABEL_COLUMNS;
	if (columns.bar)
		columns.label -= columns.bar + 2;
	return columns;
}

static void print_text(struct terminal_line *line, enum terminal_colour colour, const char *text)
{
	terminal_line_text(line, colour, view_of_text(text));
}

static void print_count(struct terminal_line *line, uint32_t count, const char *one,
			const char *many, enum terminal_colour colour)
{
	char text[64];

	(void)snprintf(text, sizeof(text), "  %u %s", count, count == 1 ? one : many);
	if (line->columns + strlen(text) <= line->limit)
		print_text(line, colour, text);
}

static void print_header(const struct trace_layout *layout, const struct terminal_style *style,
			 const uint8_t trace_id[TRACE_ID_BYTES], struct byte_buffer *out)
{
	time_t seconds = (time_t)(layout->start_unix_ns / NS_PER_S);
	struct tm parts = {0};
	struct terminal_line line;
	char text[96], id[2 * TRACE_ID_BYTES + 1];

	for (int i = 0; i < TRACE_ID_BYTES; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", trace_id[i]);
	(void)localtime_r(&seconds, &parts);
	terminal_line_begin(&line, style, out);
	(void)snprintf(text, sizeof(text), "%02d:%02d:%02d.%03u  trace ", parts.tm_hour,
		       parts.tm_min, parts.tm_sec,
		       (unsigned int)(layout->start_unix_ns % NS_PER_S / NS_PER_MS));
	print_text(&line, COLOUR_DIM, text);
	print_text(&line, COLOUR_DIM, id);
	print_count(&line, layout->count + layout->hidden_count, "span", "spans", COLOUR_DIM);
	if (layout->errors_count)
		print_count(&line, layout->errors_count, "error", "errors", COLOUR_RED);
	if (layout->services_count > 1)
		print_count(&line, layout->services_count, "service", "services", COLOUR_DIM);
	if (layout->is_continued)
		print_text(&line, COLOUR_DIM, "  continued from elsewhere");
	terminal_line_end(&line);
}

/* A header link is drawn solid, weaker ones ever more broken. */
static const char *branch_of(const struct trace_row *row, bool is_utf8)
{
	static const char *const fine[2][3] = {{"└─ ", "└╌ ", "└┄ "}, {"├─ ", "├╌ ", "├┄ "}};
	static const char *const plain[2][3] = {{"`- ", "`~ ", "`. "}, {"|- ", "|~ ", "|. "}};
	int strength = row->span->parent_source == PARENT_CONNECTION ? 1
		       : row->span->parent_source == PARENT_THREAD   ? 2
								     : 0;

	return (is_utf8 ? fine : plain)[row->has_sibling_below][strength];
}

static void print_branches(struct terminal_line *line, const struct trace_row *row)
{
	bool is_utf8 = line->style->is_utf8;

	for (unsigned int level = 1; level < row->depth; level++)
		print_text(line, COLOUR_DIM,
			   row->open_levels >> level & 1 ? is_utf8 ? "│  " : "|  " : "   ");
	if (row->depth)
		print_text(line, COLOUR_DIM, branch_of(row, is_utf8));
}

static bool find_integer(const struct span *span, const char *key, uint64_t *ret_value)
{
	const struct attribute *found = attribute_find(&span->attributes, key);

	if (!found || found->type != ATTRIBUTE_INTEGER || found->integer < 0)
		return false;
	*ret_value = (uint64_t)found->integer;
	return true;
}

/* Where a call went: server.address, else the peer's, with the port. */
static void print_target(struct terminal_line *line, const struct span *span)
{
	const struct attribute_list *list = &span->attributes;
	struct view address = attribute_string(list, "server.address");
	const char *port_key = "server.port";
	uint64_t port;
	char text[32];

	if (!address.size) {
		address = attribute_string(list, "network.peer.address");
		port_key = "network.peer.port";
	}
	if (!address.size)
		return;
	/* Names of calls over protocols we do not know already hold the address. */
	if (view_find(span->name, address) >= 0)
		return;
	print_text(line, COLOUR_DIM, " ");
	terminal_line_text(line, COLOUR_DIM, address);
	if (!find_integer(span, port_key, &port))
		return;
	(void)snprintf(text, sizeof(text), ":%u", (unsigned int)port);
	if (view_find(span->name, view_of_text(text)) < 0)
		print_text(line, COLOUR_DIM, text);
}

/* Bytes both ways, for calls that have nothing better to tell. */
static void print_sizes(struct terminal_line *line, const struct span *span)
{
	bool is_utf8 = line->style->is_utf8;
	char text[96], sent[QUANTITY_BYTES], received[QUANTITY_BYTES];
	uint64_t request, response;

	if (span->http_status || !find_integer(span, "limpet.request.size", &request) ||
	    !find_integer(span, "limpet.response.size", &response))
		return;
	(void)snprintf(text, sizeof(text), "  %s%s %s%s", is_utf8 ? "↑" : "out ",
		       terminal_quantity_size(request, sent), is_utf8 ? "↓" : "in ",
		       terminal_quantity_size(response, received));
	print_text(line, COLOUR_DIM, text);
}

/* A long one leaves room for what was done. */
static void print_service(struct terminal_line *line, struct view service)
{
	size_t limit = line->limit, room = limit > line->columns ? limit - line->columns : 0;

	line->limit = line->columns + (room > 2 * MIN_SERVICE_COLUMNS ? room / 2 : room);
	terminal_line_text(line, COLOUR_CYAN, service);
	line->limit = limit;
	print_text(line, COLOUR_PLAIN, " ");
}

static void print_label(struct terminal_line *line, const struct trace_row *row)
{
	const struct span *span = row->span;
	bool is_call = span->kind == SPAN_CLIENT || span->kind == SPAN_PRODUCER;
	bool is_error = span->status == STATUS_ERROR;
	struct view error = attribute_string(&span->attributes, "error.type");
	struct view system = span_system(span);
	uint64_t number;

	print_branches(line, row);
	if (!row->parent ||
	    !view_equals(row->parent->resource->service_name, row->resource->service_name)) {
		print_service(line, row->resource->service_name);
	}
	if (is_call)
		print_text(line, COLOUR_DIM, line->style->is_utf8 ? "→ " : "> ");
	if (system.size) {
		terminal_line_text(line, COLOUR_DIM, system);
		print_text(line, COLOUR_PLAIN, " ");
	}
	terminal_line_text(line, is_error ? COLOUR_RED : COLOUR_PLAIN, span->name);
	if (is_call)
		print_target(line, span);
	print_sizes(line, span);
	/* An HTTP status stands in its own column. */
	if (is_error && error.size && (!span->http_status || view_parse_u64(error, &number) < 0)) {
		print_text(line, COLOUR_PLAIN, "  ");
		terminal_line_text(line, COLOUR_RED, error);
	}
	if (span->is_incomplete)
		print_text(line, COLOUR_YELLOW, "  unfinished");
}

static void print_status(struct terminal_line *line, const struct span *span)
{
	enum terminal_colour colour = span->status == STATUS_ERROR ? COLOUR_RED
				      : span->http_status >= 400   ? COLOUR_YELLOW
								   : COLOUR_GREEN;
	char text[16] = "";

	if (span->http_status)
		(void)snprintf(text, sizeof(text), "%d", span->http_status);
	else if (span->status == STATUS_ERROR)
		(void)snprintf(text, sizeof(text), "error");
	terminal_line_right(line, colour, STATUS_COLUMNS, view_of_text(text));
}

/* offset / total of a bar that has so many steps, without overflow for any input. */
static size_t scale(uint64_t offset_ns, uint64_t total_ns, size_t steps)
{
	double part = total_ns ? (double)offset_ns / (double)total_ns : 0;

	return part >= 1 ? steps : (size_t)(part * (double)steps + 0.5);
}

/* Half a column is the finest step; whatever is short still shows as one. */
static void print_bar(struct terminal_line *line, const struct trace_layout *layout,
		      const struct span *span, size_t columns)
{
	bool is_utf8 = line->style->is_utf8;
	uint64_t total = layout->end_unix_ns - layout->start_unix_ns;
	size_t steps = 2 * columns;
	size_t begin = scale(span->start_unix_ns - layout->start_unix_ns, total, steps);
	size_t end = span->end_unix_ns > layout->start_unix_ns
			     ? scale(span->end_unix_ns - layout->start_unix_ns, total, steps)
			     : begin;
	enum terminal_colour colour = span->status == STATUS_ERROR ? COLOUR_RED
				      : span->kind == SPAN_CLIENT  ? COLOUR_BLUE
								   : COLOUR_GREEN;
	struct byte_buffer bar;
	size_t before;

	if (begin >= steps)
		begin = steps - 1;
	if (end <= begin)
		end = begin + 1;
	before = begin / 2;
	for (size_t i = 0; i < before; i++)
		print_text(line, COLOUR_PLAIN, " ");
	byte_buffer_init(&bar, 4 * columns + 4);
	for (size_t i = before; i < (end + 1) / 2; i++) {
		bool has_left = begin <= 2 * i, has_right = end >= 2 * i + 2;

		byte_buffer_append_text(&bar, !is_utf8                ? "="
					      : has_left && has_right ? "━"
					      : has_left              ? "╸"
								      : "╺");
	}
	terminal_line_text(line, colour, byte_buffer_view(&bar));
	byte_buffer_done(&bar);
}

static void print_row(const struct trace_layout *layout, const struct trace_row *row,
		      const struct terminal_style *style, struct byte_buffer *out)
{
	struct columns columns = divide_width(style->width);
	const struct span *span = row->span;
	uint64_t duration_ns = span->end_unix_ns > span->start_unix_ns
				       ? span->end_unix_ns - span->start_unix_ns
				       : 0;
	struct terminal_line line;
	char text[QUANTITY_BYTES];

	terminal_line_begin(&line, style, out);
	line.limit = columns.label;
	print_label(&line, row);
	line.limit = style->width;
	terminal_line_pad(&line, columns.label + 1);
	print_status(&line, span);
	terminal_line_pad(&line, line.columns + 1);
	terminal_line_right(
		&line, COLOUR_BOLD, DURATION_COLUMNS,
		view_of_text(terminal_quantity_duration(duration_ns, style->is_utf8, text)));
	if (columns.bar) {
		terminal_line_pad(&line, line.columns + 2);
		print_bar(&line, layout, span, columns.bar);
	}
	terminal_line_end(&line);
}

static void print_dim_line(const struct terminal_style *style, struct byte_buffer *out,
			   const char *text)
{
	struct terminal_line line;

	terminal_line_begin(&line, style, out);
	print_text(&line, COLOUR_DIM, text);
	terminal_line_end(&line);
}

bool terminal_tree_needs_legend(const struct trace_layout *layout)
{
	for (uint32_t i = 0; i < layout->count; i++)
		if (layout->rows[i].parent && layout->rows[i].span->parent_source != PARENT_HEADER)
			return true;
	return false;
}

void terminal_tree_print(const struct trace_layout *layout, const struct terminal_style *style,
			 bool with_legend, struct byte_buffer *out)
{
	uint32_t shown = layout->count < MAX_TREE_LINES ? layout->count : MAX_TREE_LINES;
	uint32_t hidden = layout->count + layout->hidden_count - shown;
	char text[96];

	if (with_legend)
		print_dim_line(style, out,
			       style->is_utf8
				       ? "links: ─ header  ╌ same connection  ┄ same thread"
				       : "links: - header  ~ same connection  . same thread");
	print_header(layout, style, layout->trace_id, out);
	for (uint32_t i = 0; i < shown; i++)
		print_row(layout, &layout->rows[i], style, out);
	if (hidden) {
		(void)snprintf(text, sizeof(text), "(%u more spans of this trace are not shown)",
			       hidden);
		print_dim_line(style, out, text);
	}
	byte_buffer_append_byte(out, '\n');
}
