/* The tab of traces: the latest, the slowest or the latest failed; each opens as a waterfall. */
#include "screen/screen_tab.h"

#include <stdio.h>
#include <time.h>
#include "base/clock.h"
#include "terminal/terminal_quantity.h"

#define TIME_COLUMNS     13 /* "12:34:56.789 " */
#define DURATION_COLUMNS 8
#define SPANS_COLUMNS    7
#define ERRORS_COLUMNS   8
#define LABEL_COLUMN     (TIME_COLUMNS + DURATION_COLUMNS + SPANS_COLUMNS + ERRORS_COLUMNS + 2)

static const struct live_trace *trace_of(const struct screen_snapshot *snapshot,
					 const struct screen_state *state, uint32_t index)
{
	return snapshot->traces[state->trace_list][index];
}

static uint32_t count_traces(const struct screen_snapshot *snapshot,
			     const struct screen_state *state)
{
	return snapshot->traces_counts[state->trace_list];
}

static struct view words(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, char *buffer, size_t size)
{
	const struct operation_key *key = &trace_of(snapshot, state, index)->root;
	int used = snprintf(buffer, size, "%.*s %.*s", VIEW_FORMAT(operation_table_service(key)),
			    VIEW_FORMAT(operation_table_name(key)));

	return view_of(buffer, used < (int)size ? (size_t)used : size - 1);
}

static double by_duration(const struct screen_snapshot *snapshot, const struct screen_state *state,
			  uint32_t index)
{
	return (double)trace_of(snapshot, state, index)->duration_ns;
}

static double by_spans(const struct screen_snapshot *snapshot, const struct screen_state *state,
		       uint32_t index)
{
	return (double)trace_of(snapshot, state, index)->spans_count;
}

static void draw_heading(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 struct terminal_line *line)
{
	static const char *const names[LIVE_LISTS_COUNT] = {"latest", "slowest", "failed"};

	(void)snapshot;
	screen_tab_text(line, COLOUR_DIM, TIME_COLUMNS, VIEW_LITERAL("began"));
	screen_tab_cell(line, COLOUR_DIM, DURATION_COLUMNS, "took");
	screen_tab_cell(line, COLOUR_DIM, SPANS_COLUMNS, "spans");
	screen_tab_cell(line, COLOUR_DIM, ERRORS_COLUMNS, "errors");
	terminal_line_pad(line, LABEL_COLUMN);
	terminal_line_text(line, COLOUR_DIM, VIEW_LITERAL("request   v:"));
	for (int list = 0; list < LIVE_LISTS_COUNT; list++) {
		bool is_chosen = (int)state->trace_list == list;

		terminal_line_text(line, COLOUR_PLAIN, VIEW_LITERAL(" "));
		terminal_line_text(line, COLOUR_BOLD, view_of_text(is_chosen ? "[" : ""));
		terminal_line_text(line, is_chosen ? COLOUR_BOLD : COLOUR_DIM,
				   view_of_text(names[list]));
		terminal_line_text(line, COLOUR_BOLD, view_of_text(is_chosen ? "]" : ""));
	}
}

static void draw_row(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index, struct terminal_line *line)
{
	const struct live_trace *trace = trace_of(snapshot, state, index);
	time_t seconds = (time_t)(trace->start_unix_ns / NS_PER_S);
	struct tm parts = {0};
	char text[64];

	(void)localtime_r(&seconds, &parts);
	(void)snprintf(text, sizeof(text), "%02d:%02d:%02d.%03u", parts.tm_hour, parts.tm_min,
		       parts.tm_sec, (unsigned)(trace->start_unix_ns % NS_PER_S / NS_PER_MS));
	screen_tab_text(line, COLOUR_DIM, TIME_COLUMNS, view_of_text(text));
	screen_tab_time(line, DURATION_COLUMNS, trace->duration_ns);
	screen_tab_count(line, COLOUR_PLAIN, SPANS_COLUMNS, trace->spans_count);
	screen_tab_count(line, trace->errors_count ? COLOUR_RED : COLOUR_DIM, ERRORS_COLUMNS,
			 trace->errors_count);
	terminal_line_pad(line, LABEL_COLUMN);
	terminal_line_text(line, COLOUR_CYAN, operation_table_service(&trace->root));
	terminal_line_text(line, COLOUR_PLAIN, VIEW_LITERAL(" "));
	terminal_line_text(line, trace->errors_count ? COLOUR_RED : COLOUR_PLAIN,
			   operation_table_name(&trace->root));
}

static const char *empty(const struct screen_snapshot *snapshot)
{
	return snapshot->traces_seen_count
		       ? "None has failed. (v) shows the latest and the slowest."
		       : "No traces yet. One appears here when its last request has ended.";
}

static uint64_t badge(const struct screen_snapshot *snapshot)
{
	return snapshot->traces_seen_count;
}

static const struct screen_order orders[] = {
	{NULL, NULL}, /* latest, slowest or failed: the heading says which */
	{"duration", by_duration},
	{"spans", by_spans},
};

const struct screen_tab screen_traces_tab = {
	.title = "Traces",
	.orders = orders,
	.orders_count = sizeof(orders) / sizeof(orders[0]),
	.count = count_traces,
	.words = words,
	.draw_heading = draw_heading,
	.draw_row = draw_row,
	.empty = empty,
	.badge = badge,
	.can_open = true,
};
