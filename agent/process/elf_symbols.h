/*
 * Where functions begin in an ELF file, by name, as offsets into the file: what a uprobe is
 * attached by. From .dynsym, .symtab and, in a stripped Go program, Go's own table. The file may be
 * anybody's: read by pread in blocks, everything checked and capped; nothing is believed but the
 * place asked for, which must be code that the file has.
 */
#ifndef PROCESS_ELF_SYMBOLS_H
#define PROCESS_ELF_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_SYMBOL_WISHES 64

struct elf_symbol {
	const char *name; /* as in the table: mangled; * in it: a pattern; borrowed */
	uint64_t file_offset;
	uint64_t size_bytes; /* as the table says; 0: it does not */
	bool is_found;
};

/*
 * Fills in what it finds of up to MAX_SYMBOL_WISHES functions; the first definition of a name
 * counts, of .dynsym before .symtab; of a pattern, the first of any. -EINVAL: not an ELF file with
 * sections and code; -ENOMEM.
 */
int elf_symbols_find(int fd, struct elf_symbol *symbols, uint32_t count);

/* The same of a Go program: what the symbol tables do not have is looked for in Go's own.
 * -EOPNOTSUPP: made by Go before 1.18. */
int elf_symbols_find_go(int fd, struct elf_symbol *symbols, uint32_t count);

#endif
