/*
 * Functions of a Go program by name, from the table that stripped programs have too. The table is
 * read as a whole (capped) for as long as this is open; its reader is that of the room `symbols`,
 * which is pure. Where the table's addresses begin must be certain: a probe on a wrong place would
 * break the program.
 */
#ifndef PROCESS_GO_FUNCTIONS_H
#define PROCESS_GO_FUNCTIONS_H

#include "process/elf_layout.h"
#include "process/elf_sections.h"
#include "symbols/go_pclntab.h"

struct go_functions {
	char *bytes; /* owned */
	struct go_pclntab table;
};

/* Has it a table of Go 1.18 or later? Before, functions took their arguments otherwise. */
bool go_functions_is_current(const struct elf_sections *file);

/* -ENOENT: no Go program, or not certain where its code begins; -ENOMEM. */
int go_functions_open(const struct elf_sections *file, const struct elf_layout *layout,
		      struct go_functions *ret);
void go_functions_done(struct go_functions *functions);

/* Its address is as linked; its size has what fills the room up to the next one. */
bool go_functions_find(const struct go_functions *functions, const char *name,
		       struct go_function *ret);

#endif
