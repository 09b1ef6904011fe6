/*
 * The functions of the running kernel, from /proc/kallsyms: read once, when kernel frames are to
 * have names. Who may not see addresses there (kptr_restrict) reads zeros, and has none.
 */
#ifndef PROCESS_KERNEL_SYMBOLS_H
#define PROCESS_KERNEL_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/view.h"

struct kernel_symbols;

/* path: "/proc/kallsyms". -ENOENT: no function with an address; other -errno of reading. */
int kernel_symbols_new(struct kernel_symbols **ret, const char *path);
void kernel_symbols_free(struct kernel_symbols **symbols);

/* The function an address lies in, borrowed; false below the first one. */
bool kernel_symbols_find(const struct kernel_symbols *symbols, uint64_t address,
			 struct view *ret_name);

size_t kernel_symbols_count(const struct kernel_symbols *symbols);

#endif
