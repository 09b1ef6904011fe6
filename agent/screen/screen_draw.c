/*
 * From above: who is traced and what it costs; the tabs; one line about the list; the list, an open
 * text or the help; a word to somebody; the keys. Lines are written by terminal_line.h, so nothing
 * of a traced program gets further than it lets it.
 */
#include "screen/screen_draw.h"

#include <stdio.h>
#include <string.h>
#include "base/clock.h"
#include "screen/screen_help.h"
#include "screen/screen_tab.h"
#include "terminal/terminal_crash.h"
#include "terminal/terminal_tree.h"

#define HEAD_ROWS      4 /* title, tabs, about the list, heading */
#define FOOT_ROWS      2
#define MAX_TEXT_BYTES 4194304
#define STATUS_BYTES   96

struct drawing {
	const struct screen_snapshot *snapshot;
	struct screen_state *state;
	struct terminal_style style;
	struct screen_buffer *screen;
	struct byte_buffer line;
};

const char *screen_draw_elapsed(uint64_t elapsed_ns, char *buffer, size_t size)
{
	unsigned long long seconds = elapsed_ns / NS_PER_S;

	(void)snprintf(buffer, size, "%02llu:%02llu:%02llu", seconds / 3600, seconds / 60 % 60,
		       seconds % 60);
	return buffer;
}

static struct terminal_line begin(struct drawing *drawing)
{
	struct terminal_line line;

	byte_buffer_clear(&drawing->line);
	terminal_line_begin(&line, &drawing->style, &drawing->line);
	return line;
}

static void put(struct drawing *drawing, uint32_t row)
{
	screen_buffer_set_line(drawing->screen, row, byte_buffer_view(&drawing->line));
}

static void draw_title(struct drawing *drawing)
{
	const struct screen_facts *facts = &drawing->snapshot->facts;
	struct terminal_line line = begin(drawing);
	char status[STATUS_BYTES], cost[32] = "", elapsed[32];
	const char *word = facts->is_over ? "  ENDED" : drawing->state->is_paused ? "  PAUSED" : "";

	if (facts->cost_percent >= 0)
		(void)snprintf(cost, sizeof(cost), "  costs %.2f %% CPU", facts->cost_percent);
	(void)snprintf(status, sizeof(status), "%s  %s%s ", cost,
		       screen_draw_elapsed(drawing->snapshot->running_ns, elapsed, sizeof(elapsed)),
		       word);
	terminal_line_text(&line, COLOUR_BOLD, VIEW_LITERAL(" limpet  "));
	screen_tab_text(&line, COLOUR_PLAIN, drawing->style.width - strlen(status),
			view_of_text(facts->whom));
	terminal_line_text(&line, COLOUR_PLAIN, view_of_text(status));
	put(drawing, 0);
	screen_buffer_invert(drawing->screen, 0, 0, drawing->screen->columns);
}

static uint64_t badge_of(const struct drawing *drawing, int tab)
{
	const struct screen_tab *row = screen_tab_of((enum screen_tab_number)tab);

	return row->badge ? row->badge(drawing->snapshot) : 0;
}

/* All of the tabs, with their numbers or without. */
static size_t tabs_width(const struct drawing *drawing, bool has_badges)
{
	size_t width = 0;
	char text[64];

	for (int i = 0; i < (int)screen_state_tabs(drawing->snapshot); i++) {
		uint64_t badge = badge_of(drawing, i);

		width += 4 + strlen(screen_tab_of((enum screen_tab_number)i)->title);
		if (has_badges && badge)
			width += (size_t)snprintf(text, sizeof(text), "%llu ",
						  (unsigned long long)badge);
	}
	return width;
}

static void draw_tab(struct drawing *drawing, struct terminal_line *line, int number,
		     bool has_badges)
{
	const struct screen_tab *tab = screen_tab_of((enum screen_tab_number)number);
	bool is_chosen = (int)drawing->state->tab == number;
	uint64_t badge = badge_of(drawing, number);
	enum terminal_colour bad = tab->is_badge_bad ? COLOUR_RED : COLOUR_DIM;
	char text[64];

	(void)snprintf(text, sizeof(text), " %d %s ", number + 1, tab->title);
	terminal_line_text(line,
			   is_chosen                                   ? COLOUR_BOLD
			   : badge && !has_badges && tab->is_badge_bad ? COLOUR_RED
								       : COLOUR_PLAIN,
			   view_of_text(text));
	(void)snprintf(text, sizeof(text), "%llu ", (unsigned long long)badge);
	if (badge && has_badges)
		terminal_line_text(line, bad, view_of_text(text));
}

static void draw_tabs(struct drawing *drawing)
{
	bool has_badges = tabs_width(drawing, true) <= drawing->style.width;
	struct terminal_line line = begin(drawing);
	size_t from = 0, until = 0;

	for (int i = 0; i < (int)screen_state_tabs(drawing->snapshot); i++) {
		bool is_chosen = (int)drawing->state->tab == i;

		from = is_chosen ? line.columns : from;
		draw_tab(drawing, &line, i, has_badges);
		until = is_chosen ? line.columns : until;
	}
	put(drawing, 1);
	screen_buffer_invert(drawing->screen, 1, (uint32_t)from, (uint32_t)until);
}

/* What the list holds and in which order; or what is open. */
static void draw_about(struct drawing *drawing, uint32_t count)
{
	const struct screen_snapshot *snapshot = drawing->snapshot;
	const struct screen_state *state = drawing->state;
	const struct screen_tab *tab = screen_tab_of(state->tab);
	const struct screen_place *place = &state->places[state->tab];
	const char *order = tab->orders[place->sort % tab->orders_count].name;
	struct terminal_line line = begin(drawing);
	char text[192];

	(void)snprintf(text, sizeof(text), " %llu %s, %llu %s",
		       (unsigned long long)snapshot->spans_count,
		       snapshot->spans_count == 1 ? "span" : "spans",
		       (unsigned long long)snapshot->errors_count,
		       snapshot->errors_count == 1 ? "error" : "errors");
	terminal_line_text(&line, COLOUR_DIM, view_of_text(text));
	(void)snprintf(text, sizeof(text), ", %u %s", snapshot->facts.processes_count,
		       snapshot->facts.processes_count == 1 ? "process" : "processes");
	if (snapshot->facts.processes_count)
		terminal_line_text(&line, COLOUR_DIM, view_of_text(text));
	if (state->filter[0]) {
		(void)snprintf(text, sizeof(text), "   filter '%s': %u %s", state->filter, count,
			       count == 1 ? "row" : "rows");
		terminal_line_text(&line, COLOUR_YELLOW, view_of_text(text));
	}
	if (order || place->is_reversed) {
		(void)snprintf(text, sizeof(text), "   %s%s%s", order ? "sorted by " : "",
			       order ? order : "",
			       !place->is_reversed ? ""
			       : order             ? ", reversed"
						   : "reversed");
		terminal_line_text(&line, COLOUR_DIM, view_of_text(text));
	}
	put(drawing, 2);
}

static void draw_empty(struct drawing *drawing)
{
	const struct screen_tab *tab = screen_tab_of(drawing->state->tab);
	struct terminal_line line = begin(drawing);
	const char *text =
		drawing->state->filter[0] && tab->count(drawing->snapshot, drawing->state)
			? "Nothing fits the filter; Esc takes it away."
			: tab->empty(drawing->snapshot);

	terminal_line_text(&line, COLOUR_PLAIN, VIEW_LITERAL("  "));
	terminal_line_text(&line, COLOUR_DIM, view_of_text(text));
	put(drawing, HEAD_ROWS + 1);
}

/* The selected row is always among those that are shown. */
static void keep_in_view(struct screen_place *place, uint32_t count, uint32_t page)
{
	if (place->selected >= count)
		place->selected = count ? count - 1 : 0;
	if (place->top > place->selected)
		place->top = place->selected;
	if (place->selected >= place->top + page)
		place->top = place->selected - page + 1;
	if (place->top + page > count)
		place->top = count > page ? count - page : 0;
}

/* Below the list, where a message would stand. */
static void draw_more(struct drawing *drawing, uint32_t index, bool is_cut)
{
	const struct screen_tab *tab = screen_tab_of(drawing->state->tab);
	struct terminal_line line = begin(drawing);
	char words[MAX_SCREEN_WORDS];

	if (drawing->screen->rows <= HEAD_ROWS + FOOT_ROWS)
		return;
	terminal_line_text(&line, COLOUR_DIM, VIEW_LITERAL(" "));
	if (tab->draw_more)
		tab->draw_more(drawing->snapshot, drawing->state, index, is_cut, &line);
	else if (is_cut)
		terminal_line_text(
			&line, COLOUR_DIM,
			tab->words(drawing->snapshot, drawing->state, index, words, sizeof(words)));
	put(drawing, drawing->screen->rows - FOOT_ROWS);
}

static void draw_list(struct drawing *drawing)
{
	const struct screen_snapshot *snapshot = drawing->snapshot;
	struct screen_state *state = drawing->state;
	const struct screen_tab *tab = screen_tab_of(state->tab);
	struct screen_place *place = &state->places[state->tab];
	uint32_t indexes[MAX_SCREEN_LIST], count = screen_tab_list(snapshot, state, indexes);
	struct terminal_line line;

	keep_in_view(place, count, state->page_rows);
	draw_about(drawing, count);
	line = begin(drawing);
	tab->draw_heading(snapshot, state, &line);
	put(drawing, 3);
	for (uint32_t i = 0; i < state->page_rows && place->top + i < count; i++) {
		line = begin(drawing);
		tab->draw_row(snapshot, state, indexes[place->top + i], &line);
		put(drawing, HEAD_ROWS + i);
		if (place->top + i != place->selected)
			continue;
		screen_buffer_invert(drawing->screen, HEAD_ROWS + i, 0, drawing->screen->columns);
		draw_more(drawing, indexes[place->top + i], line.is_cut);
	}
	if (count == 0)
		draw_empty(drawing);
}

void screen_draw_text(const struct screen_state *state, const struct terminal_style *style,
		      struct byte_buffer *out)
{
	struct trace_layout *layout = NULL;

	if (state->open_crash) {
		terminal_crash_print(state->open_crash->crash, style, out);
	} else if (state->open_trace && trace_layout_new(&layout, state->open_trace->trace.items,
							 state->open_trace->trace.count) == 0) {
		terminal_tree_print(layout, style, terminal_tree_needs_legend(layout), out);
		trace_layout_free(&layout);
	}
}

/* Lines from the `top`th on; how many there are in all. */
static uint32_t draw_lines(struct drawing *drawing, struct view text, uint32_t top)
{
	uint32_t count = 0;
	struct view line;

	/* The last newline ends a line, it does not begin one. */
	while (text.size && text.bytes[text.size - 1] == '\n')
		text.size--;
	while (view_next_token(&text, '\n', &line)) {
		if (count >= top && count - top < drawing->state->page_rows)
			screen_buffer_set_line(drawing->screen, HEAD_ROWS - 1 + count - top, line);
		count++;
	}
	return count;
}

static void draw_open(struct drawing *drawing)
{
	struct screen_state *state = drawing->state;
	struct terminal_line line = begin(drawing);
	struct byte_buffer text;
	char where[64];

	byte_buffer_init(&text, MAX_TEXT_BYTES);
	screen_draw_text(state, &drawing->style, &text);
	state->page_rows++; /* there is no heading */
	state->text_rows = draw_lines(drawing, byte_buffer_view(&text), state->open_top);
	byte_buffer_done(&text);
	(void)snprintf(where, sizeof(where), " Esc: back   line %u of %u", state->open_top + 1,
		       state->text_rows);
	terminal_line_text(&line, COLOUR_DIM, view_of_text(where));
	put(drawing, 2);
}

static void draw_foot(struct drawing *drawing)
{
	const struct screen_state *state = drawing->state;
	uint32_t last = drawing->screen->rows - 1;
	struct terminal_line line = begin(drawing);
	char text[SCREEN_FILTER_BYTES + 16];

	if (state->is_filtering) {
		(void)snprintf(text, sizeof(text), " filter: %s_", state->filter);
		terminal_line_text(&line, COLOUR_BOLD, view_of_text(text));
	} else {
		terminal_line_text(&line, COLOUR_YELLOW, view_of_text(state->message));
	}
	if (state->is_filtering || state->message[0])
		put(drawing, last - 1);
	line = begin(drawing);
	screen_help_keys(state, screen_state_tabs(drawing->snapshot), &line);
	put(drawing, last);
	screen_buffer_invert(drawing->screen, last, 0, drawing->screen->columns);
}

void screen_draw_tab(const struct screen_snapshot *snapshot, const struct screen_state *state,
		     const struct terminal_style *style, struct byte_buffer *out)
{
	const struct screen_tab *tab = screen_tab_of(state->tab);
	uint32_t indexes[MAX_SCREEN_LIST], count = screen_tab_list(snapshot, state, indexes);
	struct terminal_line line;

	terminal_line_begin(&line, style, out);
	tab->draw_heading(snapshot, state, &line);
	terminal_line_end(&line);
	for (uint32_t i = 0; i < count; i++) {
		terminal_line_begin(&line, style, out);
		tab->draw_row(snapshot, state, indexes[i], &line);
		terminal_line_end(&line);
	}
	if (count)
		return;
	terminal_line_text(&line, COLOUR_DIM, view_of_text(tab->empty(snapshot)));
	terminal_line_end(&line);
}

void screen_draw(const struct screen_snapshot *snapshot, struct screen_state *state, bool is_utf8,
		 struct screen_buffer *screen)
{
	struct drawing drawing = {
		.snapshot = snapshot,
		.state = state,
		.style = {.width = screen->columns, .is_colour = true, .is_utf8 = is_utf8},
		.screen = screen,
	};

	byte_buffer_init(&drawing.line, MAX_TEXT_BYTES);
	screen_buffer_clear(screen);
	state->page_rows =
		screen->rows > HEAD_ROWS + FOOT_ROWS ? screen->rows - HEAD_ROWS - FOOT_ROWS : 1;
	draw_title(&drawing);
	draw_tabs(&drawing);
	if (state->is_help)
		(void)draw_lines(&drawing, screen_help_text(), 0);
	else if (state->is_open)
		draw_open(&drawing);
	else
		draw_list(&drawing);
	draw_foot(&drawing);
	byte_buffer_done(&drawing.line);
}
