/*
 * A tab: a list of rows with a heading. Each is a const table in a file of its own and a row in
 * screen_tabs.c. Drawing is for terminal_line.h, which escapes; a tab knows no keys and no
 * terminal.
 */
#ifndef SCREEN_SCREEN_TAB_H
#define SCREEN_SCREEN_TAB_H

#include "screen/screen_state.h"
#include "terminal/terminal_line.h"

#define MAX_SCREEN_LIST 640 /* rows of a list, whatever tab */

_Static_assert(MAX_SCREEN_LIST >= MAX_SYSCALL_COUNTS, "all system calls fit");
_Static_assert(MAX_SCREEN_LIST > MAX_OPERATIONS, "all operations fit");

/* One order of a list; value: larger ones come first; NULL: as the list is. name: NULL: the heading
 * says it. */
struct screen_order {
	const char *name;
	double (*value)(const struct screen_snapshot *snapshot, const struct screen_state *state,
			uint32_t index);
};

struct screen_tab {
	const char *title;
	const struct screen_order *orders; /* the first one is that of the beginning */
	uint32_t orders_count;
	uint32_t (*count)(const struct screen_snapshot *snapshot, const struct screen_state *state);
	/* What the filter looks into, as one text. */
	struct view (*words)(const struct screen_snapshot *snapshot,
			     const struct screen_state *state, uint32_t index, char *buffer,
			     size_t size);
	void (*draw_heading)(const struct screen_snapshot *snapshot,
			     const struct screen_state *state, struct terminal_line *line);
	void (*draw_row)(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t index, struct terminal_line *line);
	/* Of the selected row what it has no room for; NULL: its words, when it was cut. */
	void (*draw_more)(const struct screen_snapshot *snapshot, const struct screen_state *state,
			  uint32_t index, bool is_cut, struct terminal_line *line);
	/* In place of rows when there are none: why. */
	const char *(*empty)(const struct screen_snapshot *snapshot);
	/* A number for the tab's title; 0: none. */
	uint64_t (*badge)(const struct screen_snapshot *snapshot);
	bool is_badge_bad; /* it is bad news */
	bool can_open;
};

const struct screen_tab *screen_tab_of(enum screen_tab_number tab);

/* What the filter looks into; the longest may be cut. */
#define MAX_SCREEN_WORDS 512

/* The rows that pass the filter, in order. Returns how many. */
uint32_t screen_tab_list(const struct screen_snapshot *snapshot, const struct screen_state *state,
			 uint32_t ret_indexes[MAX_SCREEN_LIST]);

extern const struct screen_tab screen_operations_tab;
extern const struct screen_tab screen_traces_tab;
extern const struct screen_tab screen_crashes_tab;
extern const struct screen_tab screen_functions_tab;
extern const struct screen_tab screen_syscalls_tab;
extern const struct screen_tab screen_drops_tab;
extern const struct screen_tab screen_printed_tab;

/* For the tabs: text in a column that ends at `end`, with a space before it; and its heading. */
void screen_tab_cell(struct terminal_line *line, enum terminal_colour colour, size_t columns,
		     const char *text);
void screen_tab_count(struct terminal_line *line, enum terminal_colour colour, size_t columns,
		      uint64_t count);
void screen_tab_time(struct terminal_line *line, size_t columns, uint64_t duration_ns);

/* Text of anyone, up to the column; the rest of it is padding. */
void screen_tab_text(struct terminal_line *line, enum terminal_colour colour, size_t until,
		     struct view text);

#endif
