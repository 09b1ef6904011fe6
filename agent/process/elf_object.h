/*
 * Where a variable that a file exports lies (__abort_msg, _PyRuntime), by its name in .dynsym. The
 * file may be anybody's: read by pread in blocks, everything checked and capped.
 */
#ifndef PROCESS_ELF_OBJECT_H
#define PROCESS_ELF_OBJECT_H

#include "process/elf_layout.h"

struct elf_object {
	const char *name;
	uint64_t address; /* as linked */
	uint64_t size_bytes;
};

/* Fills in what it finds. -ENOENT: there is none; -EINVAL: not a file we can read. */
int elf_object_find(int fd, struct elf_object *object);

/* What to add to where the file begins in a process (elf_layout_base). -EINVAL: it lies outside. */
int elf_object_offset(const struct elf_object *object, const struct elf_layout *layout,
		      uint64_t *ret_offset);

#endif
