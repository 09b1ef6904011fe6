/* Keys to choices. What a key means depends on what is in front: help, a filter being typed, an
 * open text, or the list. */
#include "screen/screen_state.h"

#include <string.h>
#include "screen/screen_tab.h"

static void close_text(struct screen_state *state)
{
	live_traces_release(&state->open_trace);
	if (state->open_crash)
		item_release(&state->open_crash);
	state->is_open = false;
	state->open_top = 0;
}

void screen_state_done(struct screen_state *state)
{
	close_text(state);
}

static void open_crash(struct screen_state *state, struct item *item)
{
	close_text(state);
	state->open_crash = item_reference(item);
	state->is_open = true;
}

static void open_selected(struct screen_state *state, const struct screen_snapshot *snapshot)
{
	uint32_t indexes[MAX_SCREEN_LIST], count = screen_tab_list(snapshot, state, indexes);
	uint32_t selected = state->places[state->tab].selected;

	if (selected >= count || !screen_tab_of(state->tab)->can_open)
		return;
	if (state->tab == TAB_CRASHES) {
		open_crash(state, snapshot->crashes[indexes[selected]]);
		return;
	}
	close_text(state);
	state->open_trace =
		live_traces_reference(snapshot->traces[state->trace_list][indexes[selected]]);
	state->is_open = true;
}

void screen_state_show_crash(struct screen_state *state, const struct screen_snapshot *snapshot)
{
	if (!snapshot->crashes_count)
		return;
	state->tab = TAB_CRASHES;
	state->places[TAB_CRASHES].selected = 0;
	open_crash(state, snapshot->crashes[0]);
}

static void add_to_filter(struct screen_state *state, uint32_t key)
{
	size_t used = strlen(state->filter);

	if (key >= 0x20 && key < 0x7f && used + 1 < sizeof(state->filter)) {
		state->filter[used] = (char)key;
		state->filter[used + 1] = '\0';
	}
}

static void take_filter_key(struct screen_state *state, uint32_t key)
{
	size_t used = strlen(state->filter);

	state->places[state->tab].selected = 0;
	if (key == KEY_OF_ENTER) {
		state->is_filtering = false;
	} else if (key == KEY_OF_ESCAPE) {
		state->is_filtering = false;
		state->filter[0] = '\0';
	} else if (key == KEY_OF_BACKSPACE && used) {
		state->filter[used - 1] = '\0';
	} else {
		add_to_filter(state, key);
	}
}

/* *place: a row, of `count`; the bounds are kept. */
static void move(uint32_t *place, uint32_t count, uint32_t page, uint32_t key)
{
	uint32_t last = count ? count - 1 : 0;
	uint32_t step = page > 1 ? page - 1 : 1;

	if (key == KEY_OF_UP || key == 'k')
		*place -= *place > 0;
	else if (key == KEY_OF_DOWN || key == 'j')
		++*place;
	else if (key == KEY_OF_PAGE_UP)
		*place -= *place < step ? *place : step;
	else if (key == KEY_OF_PAGE_DOWN)
		*place += step;
	else if (key == KEY_OF_HOME || key == 'g')
		*place = 0;
	else if (key == KEY_OF_END || key == 'G')
		*place = last;
	if (*place > last)
		*place = last;
}

static void take_text_key(struct screen_state *state, uint32_t key)
{
	uint32_t rows = state->text_rows, page = state->page_rows;

	if (key == KEY_OF_ESCAPE || key == KEY_OF_BACKSPACE || key == KEY_OF_LEFT ||
	    key == KEY_OF_ENTER)
		close_text(state);
	else
		move(&state->open_top, rows > page ? rows - page + 1 : 1, page, key);
}

uint32_t screen_state_tabs(const struct screen_snapshot *snapshot)
{
	return snapshot->has_output ? TABS_COUNT : TAB_OUTPUT;
}

static void go_to_tab(struct screen_state *state, const struct screen_snapshot *snapshot,
		      uint32_t tab)
{
	close_text(state);
	state->tab = (enum screen_tab_number)(tab % screen_state_tabs(snapshot));
}

static void take_list_key(struct screen_state *state, const struct screen_snapshot *snapshot,
			  uint32_t key)
{
	struct screen_place *place = &state->places[state->tab];
	uint32_t indexes[MAX_SCREEN_LIST];

	switch (key) {
	case KEY_OF_ENTER:
		open_selected(state, snapshot);
		break;
	case KEY_OF_ESCAPE:
		state->filter[0] = '\0';
		break;
	case KEY_OF_RIGHT:
		go_to_tab(state, snapshot, state->tab + 1u);
		break;
	case KEY_OF_LEFT:
		go_to_tab(state, snapshot, state->tab + screen_state_tabs(snapshot) - 1);
		break;
	case '/':
		state->is_filtering = true;
		break;
	case 's':
		place->sort = (place->sort + 1) % screen_tab_of(state->tab)->orders_count;
		break;
	case 'r':
		place->is_reversed = !place->is_reversed;
		break;
	case 'v':
		if (state->tab == TAB_TRACES)
			state->trace_list =
				(enum live_list)((state->trace_list + 1u) % LIVE_LISTS_COUNT);
		place->selected = 0;
		break;
	default:
		move(&place->selected, screen_tab_list(snapshot, state, indexes), state->page_rows,
		     key);
	}
}

enum screen_action screen_state_take(struct screen_state *state,
				     const struct screen_snapshot *snapshot, uint32_t key)
{
	state->message[0] = '\0';
	if (state->is_help) {
		state->is_help = false;
		return SCREEN_GOES_ON;
	}
	if (state->is_filtering) {
		take_filter_key(state, key);
		return SCREEN_GOES_ON;
	}
	if (key == 'q')
		return SCREEN_QUITS;
	if (key == 'w')
		return SCREEN_SAVES;
	if (key == 'p' || key == ' ') {
		state->is_paused = !state->is_paused;
		return SCREEN_PAUSES;
	}
	if (key == '?' || key == 'h')
		state->is_help = true;
	else if (key >= '1' && key < '1' + screen_state_tabs(snapshot))
		go_to_tab(state, snapshot, key - '1');
	else if (key == KEY_OF_TAB)
		go_to_tab(state, snapshot, state->tab + 1u);
	else if (state->is_open)
		take_text_key(state, key);
	else
		take_list_key(state, snapshot, key);
	return SCREEN_GOES_ON;
}
