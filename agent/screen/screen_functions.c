/* The tab of the profile: the functions with most samples. */
#include "screen/screen_tab.h"

#include <stdio.h>
#include <string.h>

#define SHARE_COLUMNS   8
#define SAMPLES_COLUMNS 9
#define NAME_COLUMN     (2 * SHARE_COLUMNS + SAMPLES_COLUMNS + 2)

static const struct top_function *function_of(const struct screen_snapshot *snapshot,
					      uint32_t index)
{
	return &snapshot->facts.functions[index];
}

static uint32_t count_functions(const struct screen_snapshot *snapshot,
				const struct screen_state *state)
{
	(void)state;
	return snapshot->facts.functions_count;
}

static struct view words(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, char *buffer, size_t size)
{
	const struct top_function *function = function_of(snapshot, index);
	int used = snprintf(buffer, size, "%s %s", function->name, function->module);

	(void)state;
	return view_of(buffer, used < (int)size ? (size_t)used : size - 1);
}

static double by_self(const struct screen_snapshot *snapshot, const struct screen_state *state,
		      uint32_t index)
{
	(void)state;
	return (double)function_of(snapshot, index)->self_count;
}

static double by_total(const struct screen_snapshot *snapshot, const struct screen_state *state,
		       uint32_t index)
{
	(void)state;
	return (double)function_of(snapshot, index)->total_count;
}

static void draw_heading(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 struct terminal_line *line)
{
	char text[64];

	(void)state;
	screen_tab_cell(line, COLOUR_DIM, SHARE_COLUMNS, "self");
	screen_tab_cell(line, COLOUR_DIM, SHARE_COLUMNS, "total");
	screen_tab_cell(line, COLOUR_DIM, SAMPLES_COLUMNS, "samples");
	terminal_line_pad(line, NAME_COLUMN);
	(void)snprintf(text, sizeof(text), "function, of %llu samples%s",
		       (unsigned long long)snapshot->facts.samples_count,
		       snapshot->facts.is_over ? "" : " in the last minute");
	terminal_line_text(line, COLOUR_DIM, view_of_text(text));
}

static void draw_share(struct terminal_line *line, uint64_t count, uint64_t all)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%.1f %%", all ? 100 * (double)count / (double)all : 0);
	screen_tab_cell(line, COLOUR_PLAIN, SHARE_COLUMNS, text);
}

static void draw_row(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     uint32_t index, struct terminal_line *line)
{
	const struct top_function *function = function_of(snapshot, index);

	(void)state;
	draw_share(line, function->self_count, snapshot->facts.samples_count);
	draw_share(line, function->total_count, snapshot->facts.samples_count);
	screen_tab_count(line, COLOUR_DIM, SAMPLES_COLUMNS, function->self_count);
	terminal_line_pad(line, NAME_COLUMN);
	terminal_line_text(line, COLOUR_PLAIN, view_of_text(function->name));
	terminal_line_text(line, COLOUR_PLAIN, VIEW_LITERAL("  "));
	terminal_line_text(line, COLOUR_DIM, view_of_text(function->module));
}

static const char *empty(const struct screen_snapshot *snapshot)
{
	return snapshot->facts.has_profile ? "No samples yet: nothing has run."
					   : "No profile is taken. Ask for one with: "
					     "--events=spans,crashes,profile";
}

static const struct screen_order orders[] = {{"self", by_self}, {"total", by_total}};

const struct screen_tab screen_functions_tab = {
	.title = "Profile",
	.orders = orders,
	.orders_count = 2,
	.count = count_functions,
	.words = words,
	.draw_heading = draw_heading,
	.draw_row = draw_row,
	.empty = empty,
};
