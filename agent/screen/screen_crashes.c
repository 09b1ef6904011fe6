/* The tab of crashes and exceptions; each opens with its stack and what led up to it. */
#include "screen/screen_tab.h"

#include <stdio.h>
#include <time.h>
#include "base/clock.h"

#define TIME_COLUMNS    10
#define TYPE_COLUMNS    18
#define PROCESS_COLUMNS 20
#define CAUSE_COLUMN    (TIME_COLUMNS + TYPE_COLUMNS + PROCESS_COLUMNS)

static const struct crash *crash_of(const struct screen_snapshot *snapshot, uint32_t index)
{
	return snapshot->crashes[index]->crash;
}

static uint32_t count_crashes(const struct screen_snapshot *snapshot,
			      const struct screen_state *state)
{
	(void)state;
	return snapshot->crashes_count;
}

static struct view name_of(const struct crash *crash)
{
	return crash->process_name.size ? crash->process_name : crash->resource->service_name;
}

static struct view words(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, char *buffer, size_t size)
{
	const struct crash *crash = crash_of(snapshot, index);
	int used = snprintf(buffer, size, "%.*s %.*s %.*s", VIEW_FORMAT(crash->type),
			    VIEW_FORMAT(name_of(crash)), VIEW_FORMAT(crash->cause));

	(void)state;
	return view_of(buffer, used < (int)size ? (size_t)used : size - 1);
}

static void draw_heading(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 struct terminal_line *line)
{
	(void)snapshot;
	(void)state;
	screen_tab_text(line, COLOUR_DIM, TIME_COLUMNS, VIEW_LITERAL("when"));
	screen_tab_text(line, COLOUR_DIM, TIME_COLUMNS + TYPE_COLUMNS, VIEW_LITERAL("what"));
	screen_tab_text(line, COLOUR_DIM, CAUSE_COLUMN, VIEW_LITERAL("process"));
	terminal_line_text(line, COLOUR_DIM, VIEW_LITERAL("why"));
}

static void draw_row(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index, struct terminal_line *line)
{
	const struct crash *crash = crash_of(snapshot, index);
	time_t seconds = (time_t)(crash->unix_ns / NS_PER_S);
	bool is_exception = crash->kind == CRASH_EXCEPTION;
	struct tm parts = {0};
	char text[64];

	(void)state;
	(void)localtime_r(&seconds, &parts);
	(void)snprintf(text, sizeof(text), "%02d:%02d:%02d", parts.tm_hour, parts.tm_min,
		       parts.tm_sec);
	screen_tab_text(line, COLOUR_DIM, TIME_COLUMNS, view_of_text(text));
	screen_tab_text(line, is_exception ? COLOUR_YELLOW : COLOUR_RED,
			TIME_COLUMNS + TYPE_COLUMNS - 1, crash->type);
	terminal_line_pad(line, TIME_COLUMNS + TYPE_COLUMNS);
	screen_tab_text(line, COLOUR_BOLD, CAUSE_COLUMN - 9, name_of(crash));
	(void)snprintf(text, sizeof(text), " %u", crash->pid);
	screen_tab_text(line, COLOUR_DIM, CAUSE_COLUMN, view_of_text(text));
	terminal_line_text(line, COLOUR_PLAIN, crash->cause);
}

static const char *empty(const struct screen_snapshot *snapshot)
{
	return snapshot->facts.is_over ? "Nothing crashed, and no exception was told."
				       : "Nothing has crashed, and no exception was told.";
}

static uint64_t badge(const struct screen_snapshot *snapshot)
{
	return snapshot->crashes_seen_count;
}

static const struct screen_order orders[] = {{"time", NULL}};

const struct screen_tab screen_crashes_tab = {
	.title = "Crashes",
	.orders = orders,
	.orders_count = 1,
	.count = count_crashes,
	.words = words,
	.draw_heading = draw_heading,
	.draw_row = draw_row,
	.empty = empty,
	.badge = badge,
	.is_badge_bad = true,
	.can_open = true,
};
