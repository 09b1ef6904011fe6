/*
 * All places where an ELF file tells the names of its functions, in order: .symtab, .dynsym,
 * .gnu_debugdata, the separate debug file. Each is read when those before it did not know an
 * address, and once.
 */
#ifndef SYMBOLS_SYMBOL_FINDER_H
#define SYMBOLS_SYMBOL_FINDER_H

#include "symbols/elf_image.h"
#include "symbols/symbol_table.h"

struct symbol_finder;

/* Both are borrowed for as long as the finder lives. debug_root NULL: no separate debug files.
 * -ENOMEM. */
int symbol_finder_new(struct symbol_finder **ret, struct elf_image *image, const char *debug_root);
void symbol_finder_free(struct symbol_finder **finder);

bool symbol_finder_find(struct symbol_finder *finder, uint64_t address, struct table_symbol *ret);

/* The separate debug file (borrowed), for line numbers; NULL when there is none. */
struct elf_image *symbol_finder_debug_image(struct symbol_finder *finder);

/* What it holds besides the bytes of the image. */
size_t symbol_finder_memory_bytes(const struct symbol_finder *finder);

#endif
