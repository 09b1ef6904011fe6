/*
 * The executable mappings of one process, by address, never overlapping: a new one cuts or replaces
 * what it covers, as mmap does. A list is shared between a process and its forks until one of them
 * changes. Holds a reference to every image in it.
 */
#ifndef PROCESS_IMAGE_LIST_H
#define PROCESS_IMAGE_LIST_H

#include <stddef.h>
#include <stdint.h>
#include "process/image_store.h"

#define MAX_PROCESS_MAPPINGS 8192 /* of one process, so that it cannot take the whole table */

struct image_mapping {
	uint64_t start;
	uint64_t end;
	uint64_t file_offset;
	struct image *image; /* NULL: anonymous, JIT code */
};

struct image_list {
	uint32_t references;
	uint32_t count;
	uint32_t capacity;
	struct image_mapping mappings[];
};

/* What all lists together may hold. */
struct image_list_budget {
	struct image_store *images;
	size_t used; /* mappings in all lists, a shared list counted once */
	size_t max;
};

/* *list NULL is an empty list. -ENOSPC (all lists), -E2BIG (this one), -ENOMEM: nothing was
 * changed; the reference of mapping->image is taken in any case. */
int image_list_put(struct image_list **list, struct image_list_budget *budget,
		   const struct image_mapping *mapping);

struct image_list *image_list_share(struct image_list *list); /* NULL stays NULL */
void image_list_release(struct image_list **list, struct image_list_budget *budget);

/* The mapping an address lies in, or NULL. */
const struct image_mapping *image_list_find(const struct image_list *list, uint64_t address);

#endif
