/*
 * A sorted array behind a count of references. The mappings that a new one touches are a run
 * [first, last); it is replaced by at most three: what is left of the first, the new one, what is
 * left of the last.
 */
#include "process/image_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 8

/* Index of the first mapping that ends beyond the address. */
static uint32_t find_first(const struct image_list *list, uint64_t address)
{
	uint32_t low = 0, high = list ? list->count : 0;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (list->mappings[middle].end <= address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct image_mapping *image_list_find(const struct image_list *list, uint64_t address)
{
	uint32_t at = find_first(list, address);

	return list && at < list->count && list->mappings[at].start <= address ? &list->mappings[at]
									       : NULL;
}

struct image_list *image_list_share(struct image_list *list)
{
	if (list)
		list->references++;
	return list;
}

void image_list_release(struct image_list **list_at, struct image_list_budget *budget)
{
	struct image_list *list = *list_at;

	*list_at = NULL;
	if (!list || --list->references > 0)
		return;
	for (uint32_t i = 0; i < list->count; i++)
		image_store_release(budget->images, list->mappings[i].image);
	budget->used -= list->count;
	free(list);
}

/* A list of our own with room for two more than now. */
static int make_room(struct image_list **list_at, struct image_list_budget *budget)
{
	struct image_list *list = *list_at, *wanted;
	uint32_t count = list ? list->count : 0, capacity = FIRST_CAPACITY;
	bool is_shared = list && list->references > 1;

	if (list && !is_shared && list->capacity >= count + 2)
		return 0;
	while (capacity < count + 2)
		capacity *= 2;
	if (is_shared && budget->used + count > budget->max)
		return -ENOSPC;
	wanted = realloc(is_shared ? NULL : list,
			 sizeof(*list) + capacity * sizeof(list->mappings[0]));
	if (!wanted)
		return -ENOMEM;
	wanted->capacity = capacity;
	wanted->references = 1;
	wanted->count = count;
	if (is_shared) {
		memcpy(wanted->mappings, list->mappings, count * sizeof(list->mappings[0]));
		for (uint32_t i = 0; i < count; i++)
			image_store_hold(wanted->mappings[i].image);
		budget->used += count;
		list->references--;
	}
	*list_at = wanted;
	return 0;
}

/* JIT code grows piece by piece: pieces that touch are one. */
static bool is_continued(const struct image_mapping *a, const struct image_mapping *b)
{
	return !a->image && !b->image && a->end == b->start;
}

static uint32_t build_replacement(const struct image_list *list, uint32_t first, uint32_t last,
				  const struct image_mapping *mapping,
				  struct image_mapping ret_pieces[3])
{
	const struct image_mapping *left = &list->mappings[first], *right;
	uint32_t count = 0;

	if (first < last && left->start < mapping->start) {
		ret_pieces[count] = *left;
		ret_pieces[count].end = mapping->start;
		if (is_continued(&ret_pieces[count], mapping))
			ret_pieces[count].end = mapping->end;
		else
			ret_pieces[++count] = *mapping;
	} else {
		ret_pieces[count] = *mapping;
	}
	count++;
	if (first == last)
		return count;
	right = &list->mappings[last - 1];
	if (right->end > mapping->end) {
		struct image_mapping piece = *right;

		piece.file_offset += mapping->end - piece.start;
		piece.start = mapping->end;
		if (is_continued(&ret_pieces[count - 1], &piece))
			ret_pieces[count - 1].end = piece.end;
		else
			ret_pieces[count++] = piece;
	}
	return count;
}

/* The run that the mapping touches: overlaps, and neighbours it continues. */
static void find_run(const struct image_list *list, const struct image_mapping *mapping,
		     uint32_t *ret_first, uint32_t *ret_last)
{
	uint32_t first = find_first(list, mapping->start), last = first;

	while (last < list->count && list->mappings[last].start < mapping->end)
		last++;
	if (first > 0 && is_continued(&list->mappings[first - 1], mapping))
		first--;
	if (last < list->count && is_continued(mapping, &list->mappings[last]))
		last++;
	*ret_first = first;
	*ret_last = last;
}

static bool is_known(const struct image_list *list, const struct image_mapping *mapping)
{
	const struct image_mapping *found = image_list_find(list, mapping->start);

	return found && found->image == mapping->image &&
	       ((found->start == mapping->start && found->end == mapping->end &&
		 found->file_offset == mapping->file_offset) ||
		(!found->image && found->end >= mapping->end));
}

static int replace_run(struct image_list *list, struct image_list_budget *budget,
		       const struct image_mapping *mapping)
{
	struct image_mapping pieces[3];
	uint32_t first, last, count;

	find_run(list, mapping, &first, &last);
	count = build_replacement(list, first, last, mapping, pieces);
	if (list->count + count - (last - first) > MAX_PROCESS_MAPPINGS)
		return -E2BIG;
	if (count > last - first && budget->used + count - (last - first) > budget->max)
		return -ENOSPC;
	for (uint32_t i = 0; i < count; i++)
		image_store_hold(pieces[i].image);
	for (uint32_t i = first; i < last; i++)
		image_store_release(budget->images, list->mappings[i].image);
	memmove(&list->mappings[first + count], &list->mappings[last],
		(list->count - last) * sizeof(pieces[0]));
	memcpy(&list->mappings[first], pieces, count * sizeof(pieces[0]));
	list->count = list->count + count - (last - first);
	budget->used = budget->used + count - (last - first);
	return 0;
}

int image_list_put(struct image_list **list, struct image_list_budget *budget,
		   const struct image_mapping *mapping)
{
	int err = 0;

	if (!is_known(*list, mapping)) {
		err = budget->used < budget->max ? make_room(list, budget) : -ENOSPC;
		if (err == 0)
			err = replace_run(*list, budget, mapping);
	}
	image_store_release(budget->images, mapping->image);
	return err;
}
