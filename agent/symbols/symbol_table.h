/*
 * The functions of one ELF symbol table, sorted by address: 12 bytes each, their names stay in the
 * string table. Built once from views of .symtab or .dynsym; which of several names an address has
 * is decided as gdb decides it. Total on any bytes; at most MAX_TABLE_SYMBOLS functions.
 */
#ifndef SYMBOLS_SYMBOL_TABLE_H
#define SYMBOLS_SYMBOL_TABLE_H

#include "symbols/elf_image.h"

#define MAX_TABLE_SYMBOLS     (2u << 20)
#define MAX_SYMBOL_NAME_BYTES 4096 /* longer ones are cut */

struct symbol_table;

struct table_symbol {
	struct view name; /* as in the string table, without a version (@GLIBC_2.2.5) */
	uint64_t address;
	uint64_t size; /* 0: the table does not say; then it reaches to the next symbol */
};

/* Only symbols within executable segments count. `strings` must outlive the table, `symbols` need
 * not. -ENOENT: there are none. -ENOMEM. */
int symbol_table_new(struct symbol_table **ret, struct view symbols, struct view strings,
		     const struct elf_segment *segments, uint32_t segments_count);
void symbol_table_free(struct symbol_table **table);

/* The function this address lies in. */
bool symbol_table_find(const struct symbol_table *table, uint64_t address,
		       struct table_symbol *ret);

/* By index, in the order of addresses; false beyond the last. For those who compare. */
bool symbol_table_at(const struct symbol_table *table, uint32_t index, struct table_symbol *ret);

size_t symbol_table_memory_bytes(const struct symbol_table *table);

#endif
