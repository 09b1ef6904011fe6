/*
 * What somebody at the keyboard has chosen: tab, row, filter, order. A key changes it and nothing
 * else; what has to be done elsewhere is returned. No terminal is needed for any of it.
 */
#ifndef SCREEN_SCREEN_STATE_H
#define SCREEN_SCREEN_STATE_H

#include "screen/screen_snapshot.h"

#define SCREEN_FILTER_BYTES  64
#define SCREEN_MESSAGE_BYTES 256

enum screen_tab_number {
	TAB_OPERATIONS,
	TAB_TRACES,
	TAB_CRASHES,
	TAB_PROFILE,
	TAB_SYSCALLS,
	TAB_DROPS,
	TAB_OUTPUT, /* where CMD of `run` has no terminal: else there is none */
	TABS_COUNT
};

/* Keys that are no character. */
enum screen_key {
	KEY_OF_UP = 0x110000, /* beyond Unicode */
	KEY_OF_DOWN,
	KEY_OF_LEFT,
	KEY_OF_RIGHT,
	KEY_OF_PAGE_UP,
	KEY_OF_PAGE_DOWN,
	KEY_OF_HOME,
	KEY_OF_END,
	KEY_OF_ENTER,
	KEY_OF_ESCAPE,
	KEY_OF_BACKSPACE,
	KEY_OF_TAB,
};

enum screen_action {
	SCREEN_GOES_ON,
	SCREEN_QUITS,
	SCREEN_SAVES,
	SCREEN_PAUSES, /* or goes on after a pause: is_paused says */
};

struct screen_place {
	uint32_t selected, top; /* row of the list */
	uint32_t sort;          /* of the tab's orders */
	bool is_reversed;
};

struct screen_state {
	enum screen_tab_number tab;
	struct screen_place places[TABS_COUNT];
	enum live_list trace_list;
	bool is_open; /* the selected row, as a text */
	uint32_t open_top;
	struct live_trace *open_trace; /* a reference: what is open stays what it is */
	struct item *open_crash;       /* a reference */
	bool is_help;
	bool is_paused;
	bool is_filtering; /* the filter is being typed */
	char filter[SCREEN_FILTER_BYTES];
	char message[SCREEN_MESSAGE_BYTES]; /* the last word, until the next key; escaped */
	uint32_t page_rows;                 /* of the list, as last drawn */
	uint32_t text_rows;                 /* of the open text, as last drawn */
};

/* Those that there are. */
uint32_t screen_state_tabs(const struct screen_snapshot *snapshot);

/* Zeroed: the first tab. */
void screen_state_done(struct screen_state *state);

/* key: a character (Unicode) or an enum screen_key. */
enum screen_action screen_state_take(struct screen_state *state,
				     const struct screen_snapshot *snapshot, uint32_t key);

/* Opens the newest crash: the target is gone, and this is why. */
void screen_state_show_crash(struct screen_state *state, const struct screen_snapshot *snapshot);

#endif
