/* Doubly linked, oldest first. */
#include "tracing/segment_lists.h"

void segment_lists_remove(struct segment_lists *lists, struct open_segment *open)
{
	if (open->previous)
		open->previous->next = open->next;
	else
		lists->first[open->list] = open->next;
	if (open->next)
		open->next->previous = open->previous;
	else
		lists->last[open->list] = open->previous;
}

void segment_lists_add(struct segment_lists *lists, struct open_segment *open,
		       enum open_segment_list list, uint64_t due_ns)
{
	open->list = list;
	open->due_ns = due_ns;
	open->next = NULL;
	open->previous = lists->last[list];
	if (open->previous)
		open->previous->next = open;
	else
		lists->first[list] = open;
	lists->last[list] = open;
}

void segment_lists_move(struct segment_lists *lists, struct open_segment *open,
			enum open_segment_list list, uint64_t due_ns)
{
	segment_lists_remove(lists, open);
	segment_lists_add(lists, open, list, due_ns);
}

struct open_segment *segment_lists_next(const struct segment_lists *lists, uint64_t now_ns,
					bool *ret_is_due)
{
	struct open_segment *chosen = NULL;

	*ret_is_due = false;
	for (int list = LISTS_COUNT - 1; list >= 0 && !*ret_is_due; list--) {
		struct open_segment *first = lists->first[list];

		if (!first)
			continue;
		*ret_is_due = first->due_ns <= now_ns && !open_segment_is_held(first);
		if (!chosen || *ret_is_due)
			chosen = first;
	}
	return chosen;
}
