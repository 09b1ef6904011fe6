/* The tab of operations: how often, how often wrong, how long, and the last minute as a line of
 * bars. */
#include "screen/screen_tab.h"

#include <stdio.h>
#include <string.h>
#include "terminal/terminal_quantity.h"

#define WIDE            110
#define RATE_COLUMNS    8
#define COUNT_COLUMNS   9
#define ERRORS_COLUMNS  7
#define TIME_COLUMNS    8
#define KIND_COLUMNS    10
#define SERVICE_COLUMNS 18
#define BARS_NARROW     10
#define BARS_WIDE       30
#define BARS_WIDEST     60
#define WIDEST          190
#define MIN_LABEL       12

static bool is_wide(const struct terminal_line *line)
{
	return line->style->width >= WIDE;
}

static uint32_t bars_of(const struct terminal_line *line)
{
	return line->style->width >= WIDEST ? BARS_WIDEST : is_wide(line) ? BARS_WIDE : BARS_NARROW;
}

/* Where the name ends and the numbers begin. */
static size_t label_end(const struct terminal_line *line)
{
	size_t fixed = RATE_COLUMNS + ERRORS_COLUMNS + 3 * TIME_COLUMNS + 2 + bars_of(line);
	size_t width = line->style->width;

	if (is_wide(line))
		fixed += COUNT_COLUMNS + TIME_COLUMNS;
	return width > fixed + MIN_LABEL ? width - fixed : MIN_LABEL;
}

static uint32_t count_operations(const struct screen_snapshot *snapshot,
				 const struct screen_state *state)
{
	(void)state;
	return snapshot->operations_count;
}

static struct view words(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, char *buffer, size_t size)
{
	const struct operation_key *key = &snapshot->operations[index].key;
	int used = snprintf(buffer, size, "%.*s %s %.*s", VIEW_FORMAT(operation_table_service(key)),
			    operation_table_kind_word(key->kind),
			    VIEW_FORMAT(operation_table_name(key)));

	(void)state;
	return view_of(buffer, used < (int)size ? (size_t)used : size - 1);
}

static double by_time(const struct screen_snapshot *snapshot, const struct screen_state *state,
		      uint32_t index)
{
	(void)state;
	return (double)snapshot->operations[index].total_ns;
}

static double by_rate(const struct screen_snapshot *snapshot, const struct screen_state *state,
		      uint32_t index)
{
	(void)state;
	return snapshot->operations[index].rate;
}

static double by_errors(const struct screen_snapshot *snapshot, const struct screen_state *state,
			uint32_t index)
{
	(void)state;
	return (double)snapshot->operations[index].errors;
}

static double by_p95(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index)
{
	(void)state;
	return (double)snapshot->operations[index].p95_ns;
}

static double by_count(const struct screen_snapshot *snapshot, const struct screen_state *state,
		       uint32_t index)
{
	(void)state;
	return (double)snapshot->operations[index].count;
}

static void draw_heading(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 struct terminal_line *line)
{
	(void)snapshot;
	(void)state;
	if (is_wide(line)) {
		screen_tab_text(line, COLOUR_DIM, SERVICE_COLUMNS, VIEW_LITERAL("service"));
		screen_tab_text(line, COLOUR_DIM, SERVICE_COLUMNS + KIND_COLUMNS,
				VIEW_LITERAL("kind"));
	}
	screen_tab_text(line, COLOUR_DIM, label_end(line), VIEW_LITERAL("operation"));
	if (is_wide(line))
		screen_tab_cell(line, COLOUR_DIM, COUNT_COLUMNS, "count");
	screen_tab_cell(line, COLOUR_DIM, RATE_COLUMNS, "rate");
	screen_tab_cell(line, COLOUR_DIM, ERRORS_COLUMNS, "errors");
	screen_tab_cell(line, COLOUR_DIM, TIME_COLUMNS, "p50");
	screen_tab_cell(line, COLOUR_DIM, TIME_COLUMNS, "p95");
	screen_tab_cell(line, COLOUR_DIM, TIME_COLUMNS, "p99");
	if (is_wide(line))
		screen_tab_cell(line, COLOUR_DIM, TIME_COLUMNS, "max");
	terminal_line_text(line, COLOUR_DIM,
			   is_wide(line) ? VIEW_LITERAL("  last minute")
					 : VIEW_LITERAL("  last min"));
}

/* The highest bar is the highest of this operation. */
static void draw_bars(const struct screen_operation *operation, struct terminal_line *line)
{
	static const char *const fine[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
	static const char *const plain[] = {" ", ".", ":", "-", "=", "+", "*", "%", "#"};
	uint32_t bars = bars_of(line), each = HISTORY_SECONDS / bars, sums[BARS_WIDEST] = {0};
	uint32_t highest = 1;

	for (uint32_t i = 0; i < bars * each; i++)
		sums[i / each] += operation->seconds[i];
	for (uint32_t i = 0; i < bars; i++)
		highest = sums[i] > highest ? sums[i] : highest;
	terminal_line_text(line, COLOUR_PLAIN, VIEW_LITERAL("  "));
	for (uint32_t i = 0; i < bars; i++) {
		uint64_t step = ((uint64_t)sums[i] * 8 + highest - 1) / highest;

		terminal_line_text(line, COLOUR_CYAN,
				   view_of_text((line->style->is_utf8 ? fine : plain)[step]));
	}
}

static void draw_label(const struct screen_operation *operation, struct terminal_line *line)
{
	const struct operation_key *key = &operation->key;
	bool is_call = key->kind == SPAN_CLIENT || key->kind == SPAN_PRODUCER;
	size_t end = label_end(line);

	if (is_wide(line)) {
		screen_tab_text(line, COLOUR_CYAN, SERVICE_COLUMNS - 1,
				operation_table_service(key));
		terminal_line_pad(line, SERVICE_COLUMNS);
		screen_tab_text(line, COLOUR_DIM, SERVICE_COLUMNS + KIND_COLUMNS,
				view_of_text(operation_table_kind_word(key->kind)));
	} else if (is_call) {
		terminal_line_text(line, COLOUR_DIM,
				   line->style->is_utf8 ? VIEW_LITERAL("→ ") : VIEW_LITERAL("> "));
	}
	screen_tab_text(line, operation->errors ? COLOUR_YELLOW : COLOUR_PLAIN, end,
			operation_table_name(key));
}

static void draw_row(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index, struct terminal_line *line)
{
	const struct screen_operation *operation = &snapshot->operations[index];
	char rate[QUANTITY_BYTES];

	(void)state;
	draw_label(operation, line);
	if (is_wide(line))
		screen_tab_count(line, COLOUR_PLAIN, COUNT_COLUMNS, operation->count);
	screen_tab_cell(line, COLOUR_BOLD, RATE_COLUMNS,
			terminal_quantity_rate(operation->rate, rate));
	screen_tab_count(line, operation->errors ? COLOUR_RED : COLOUR_DIM, ERRORS_COLUMNS,
			 operation->errors);
	screen_tab_time(line, TIME_COLUMNS, operation->p50_ns);
	screen_tab_time(line, TIME_COLUMNS, operation->p95_ns);
	screen_tab_time(line, TIME_COLUMNS, operation->p99_ns);
	if (is_wide(line))
		screen_tab_time(line, TIME_COLUMNS, operation->max_ns);
	draw_bars(operation, line);
}

/* What a narrow list has no columns for. */
static void draw_more(const struct screen_snapshot *snapshot, const struct screen_state *state,
		      uint32_t index, bool is_cut, struct terminal_line *line)
{
	const struct screen_operation *operation = &snapshot->operations[index];
	char buffer[MAX_SCREEN_WORDS], text[96], longest[QUANTITY_BYTES];

	if (!is_wide(line)) {
		(void)snprintf(text, sizeof(text),
			       "%llu in all, %s at most: ", (unsigned long long)operation->count,
			       terminal_quantity_duration(operation->max_ns, line->style->is_utf8,
							  longest));
		terminal_line_text(line, COLOUR_DIM, view_of_text(text));
	}
	if (!is_wide(line) || is_cut)
		terminal_line_text(line, COLOUR_DIM,
				   words(snapshot, state, index, buffer, sizeof(buffer)));
}

static const char *empty(const struct screen_snapshot *snapshot)
{
	return snapshot->facts.is_over ? "No requests were seen."
				       : "No requests yet. They appear here as they end: served "
					 "and made, by operation.";
}

static const struct screen_order orders[] = {
	{"time", by_time}, {"rate", by_rate},   {"errors", by_errors},
	{"p95", by_p95},   {"count", by_count},
};

const struct screen_tab screen_operations_tab = {
	.title = "Operations",
	.orders = orders,
	.orders_count = sizeof(orders) / sizeof(orders[0]),
	.count = count_operations,
	.words = words,
	.draw_heading = draw_heading,
	.draw_row = draw_row,
	.draw_more = draw_more,
	.empty = empty,
};
