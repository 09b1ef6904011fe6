/* Which tabs there are, and what all of their lists have in common: filter, order, columns. */
#include "screen/screen_tab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "terminal/terminal_quantity.h"

static const struct screen_tab *const tabs[TABS_COUNT] = {
	[TAB_OPERATIONS] = &screen_operations_tab, [TAB_TRACES] = &screen_traces_tab,
	[TAB_CRASHES] = &screen_crashes_tab,       [TAB_PROFILE] = &screen_functions_tab,
	[TAB_SYSCALLS] = &screen_syscalls_tab,     [TAB_DROPS] = &screen_drops_tab,
	[TAB_OUTPUT] = &screen_printed_tab,
};

const struct screen_tab *screen_tab_of(enum screen_tab_number tab)
{
	return tabs[tab];
}

/* ASCII case does not matter. */
static bool contains(struct view text, struct view part)
{
	for (size_t i = 0; i + part.size <= text.size; i++)
		if (view_equals_ignoring_case(view_take(view_skip(text, i), part.size), part))
			return true;
	return false;
}

struct listed_row {
	uint32_t index;
	double value;
};

/* What is alike stays in the order it came in. */
static int compare_rows(const void *a, const void *b)
{
	const struct listed_row *x = a, *y = b;

	if (x->value != y->value)
		return x->value > y->value ? -1 : 1;
	return x->index < y->index ? -1 : x->index > y->index;
}

uint32_t screen_tab_list(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t ret_indexes[MAX_SCREEN_LIST])
{
	const struct screen_tab *tab = screen_tab_of(state->tab);
	const struct screen_place *place = &state->places[state->tab];
	const struct screen_order *order = &tab->orders[place->sort % tab->orders_count];
	uint32_t all = tab->count(snapshot, state), count = 0;
	struct listed_row rows[MAX_SCREEN_LIST];
	struct view filter = view_of_text(state->filter);
	char words[MAX_SCREEN_WORDS];

	for (uint32_t i = 0; i < all && count < MAX_SCREEN_LIST; i++) {
		if (filter.size &&
		    !contains(tab->words(snapshot, state, i, words, sizeof(words)), filter))
			continue;
		rows[count++] = (struct listed_row){
			i, order->value ? order->value(snapshot, state, i) : -(double)i};
	}
	qsort(rows, count, sizeof(rows[0]), compare_rows);
	for (uint32_t i = 0; i < count; i++)
		ret_indexes[i] = rows[place->is_reversed ? count - 1 - i : i].index;
	return count;
}

void screen_tab_cell(struct terminal_line *line, enum terminal_colour colour, size_t columns,
		     const char *text)
{
	terminal_line_right(line, colour, columns, view_of_text(text));
}

/* 7 digits at most: 1234567, 12.3M. */
void screen_tab_count(struct terminal_line *line, enum terminal_colour colour, size_t columns,
		      uint64_t count)
{
	char text[32];

	if (count < 10000000)
		(void)snprintf(text, sizeof(text), "%llu", (unsigned long long)count);
	else if (count < 1000000000)
		(void)snprintf(text, sizeof(text), "%.1fM", (double)count / 1e6);
	else
		(void)snprintf(text, sizeof(text), "%.1fG", (double)count / 1e9);
	screen_tab_cell(line, colour, columns, text);
}

void screen_tab_time(struct terminal_line *line, size_t columns, uint64_t duration_ns)
{
	char text[QUANTITY_BYTES];

	screen_tab_cell(line, COLOUR_PLAIN, columns,
			terminal_quantity_duration(duration_ns, line->style->is_utf8, text));
}

void screen_tab_text(struct terminal_line *line, enum terminal_colour colour, size_t until,
		     struct view text)
{
	size_t limit = line->limit;

	if (until < limit)
		line->limit = until;
	terminal_line_text(line, colour, text);
	line->limit = limit;
	terminal_line_pad(line, until);
}
