/*
 * The unwind tables of one image: finds the entry of an address. First by the sorted table of
 * .eh_frame_hdr; without one, by an index of .eh_frame made here; what neither knows, by
 * .debug_frame. Addresses are as linked. Borrows the image.
 */
#ifndef SYMBOLS_UNWIND_TABLE_H
#define SYMBOLS_UNWIND_TABLE_H

#include "symbols/elf_image.h"
#include "symbols/unwind_entry.h"

struct unwind_table;

/* Also of an image without any: then nothing is ever found. -ENOMEM. */
int unwind_table_new(struct unwind_table **ret, struct elf_image *image);
void unwind_table_free(struct unwind_table **table);

size_t unwind_table_memory_bytes(const struct unwind_table *table);

/* Of .eh_frame. */
bool unwind_table_find(struct unwind_table *table, uint64_t address, struct unwind_entry *ret);

/* Of .debug_frame, which is read and indexed when first asked for. */
bool unwind_table_find_debug(struct unwind_table *table, uint64_t address,
			     struct unwind_entry *ret);

#endif
