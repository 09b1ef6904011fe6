/* The lists of segments under construction, each in the order in which it lets them go. Private to
 * this room. Capture thread. */
#ifndef TRACING_SEGMENT_LISTS_H
#define TRACING_SEGMENT_LISTS_H

#include "tracing/open_segment.h"

struct segment_lists {
	struct open_segment *first[LISTS_COUNT], *last[LISTS_COUNT];
};

/* At the end of the list. due_ns: not before that of the one in front of it. */
void segment_lists_add(struct segment_lists *lists, struct open_segment *open,
		       enum open_segment_list list, uint64_t due_ns);
void segment_lists_remove(struct segment_lists *lists, struct open_segment *open);
void segment_lists_move(struct segment_lists *lists, struct open_segment *open,
			enum open_segment_list list, uint64_t due_ns);

/* Whose turn to go it is where room is needed, of at least one: one whose time has come and that is
 * not held, else the oldest of the list that has done most of its waiting. */
struct open_segment *segment_lists_next(const struct segment_lists *lists, uint64_t now_ns,
					bool *ret_is_due);

#endif
