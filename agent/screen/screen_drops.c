/* The tab of drops: everything lost or left out on purpose, with its reason. */
#include "screen/screen_tab.h"

#include <stdio.h>

#define COUNT_COLUMNS  10
#define REASON_COLUMN  (COUNT_COLUMNS + 2)
#define REASON_COLUMNS 24

/* The reason with so many others before it that have a count. */
static enum drop_reason reason_of(const struct screen_snapshot *snapshot, uint32_t index)
{
	uint32_t before = 0;

	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++)
		if (snapshot->drops.counts[reason] && before++ == index)
			return (enum drop_reason)reason;
	return (enum drop_reason)0;
}

static uint32_t count_reasons(const struct screen_snapshot *snapshot,
			      const struct screen_state *state)
{
	uint32_t count = 0;

	(void)state;
	for (int reason = 0; reason < DROP_REASONS_COUNT; reason++)
		count += snapshot->drops.counts[reason] > 0;
	return count;
}

static struct view words(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, char *buffer, size_t size)
{
	enum drop_reason reason = reason_of(snapshot, index);
	int used = snprintf(buffer, size, "%s %s", drops_name(reason), drops_words(reason));

	(void)state;
	return view_of(buffer, used < (int)size ? (size_t)used : size - 1);
}

static double by_count(const struct screen_snapshot *snapshot, const struct screen_state *state,
		       uint32_t index)
{
	(void)state;
	return (double)snapshot->drops.counts[reason_of(snapshot, index)];
}

static void draw_heading(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 struct terminal_line *line)
{
	(void)snapshot;
	(void)state;
	screen_tab_cell(line, COLOUR_DIM, COUNT_COLUMNS, "count");
	terminal_line_pad(line, REASON_COLUMN);
	screen_tab_text(line, COLOUR_DIM, REASON_COLUMN + REASON_COLUMNS, VIEW_LITERAL("reason"));
	terminal_line_text(line, COLOUR_DIM, VIEW_LITERAL("what it is"));
}

static void draw_row(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index, struct terminal_line *line)
{
	enum drop_reason reason = reason_of(snapshot, index);
	bool is_loss = !drops_is_decision(reason);

	(void)state;
	screen_tab_count(line, is_loss ? COLOUR_RED : COLOUR_DIM, COUNT_COLUMNS,
			 snapshot->drops.counts[reason]);
	terminal_line_pad(line, REASON_COLUMN);
	screen_tab_text(line, is_loss ? COLOUR_PLAIN : COLOUR_DIM, REASON_COLUMN + REASON_COLUMNS,
			view_of_text(drops_name(reason)));
	terminal_line_text(line, COLOUR_DIM, view_of_text(drops_words(reason)));
}

static const char *empty(const struct screen_snapshot *snapshot)
{
	(void)snapshot;
	return "Nothing was lost.";
}

static uint64_t badge(const struct screen_snapshot *snapshot)
{
	return drops_lost(&snapshot->drops);
}

static const struct screen_order orders[] = {{"count", by_count}, {"kind", NULL}};

const struct screen_tab screen_drops_tab = {
	.title = "Drops",
	.orders = orders,
	.orders_count = 2,
	.count = count_reasons,
	.words = words,
	.draw_heading = draw_heading,
	.draw_row = draw_row,
	.empty = empty,
	.badge = badge,
	.is_badge_bad = true,
};
