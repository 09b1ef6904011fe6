/* The tab of what CMD printed, the newest line first. */
#include "screen/screen_tab.h"

static uint32_t count_lines(const struct screen_snapshot *snapshot,
			    const struct screen_state *state)
{
	(void)state;
	return snapshot->output.count;
}

static struct view line_of(const struct screen_snapshot *snapshot, uint32_t index)
{
	return view_of_text(snapshot->output.text[snapshot->output.count - 1 - index]);
}

static struct view words(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, char *buffer, size_t size)
{
	(void)state;
	(void)buffer;
	(void)size;
	return line_of(snapshot, index);
}

static void draw_heading(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 struct terminal_line *line)
{
	(void)snapshot;
	(void)state;
	terminal_line_text(line, COLOUR_DIM,
			   VIEW_LITERAL("what the command printed, newest first"));
}

static void draw_row(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index, struct terminal_line *line)
{
	(void)state;
	terminal_line_text(line, COLOUR_PLAIN, line_of(snapshot, index));
}

static const char *empty(const struct screen_snapshot *snapshot)
{
	return snapshot->has_output ? "Nothing was printed yet."
				    : "Only what `limpet run` has started prints here.";
}

static const struct screen_order orders[] = {{NULL, NULL}};

const struct screen_tab screen_printed_tab = {
	.title = "Output",
	.orders = orders,
	.orders_count = 1,
	.count = count_lines,
	.words = words,
	.draw_heading = draw_heading,
	.draw_row = draw_row,
	.empty = empty,
};
