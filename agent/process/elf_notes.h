/*
 * Bounded reading of ELF files that nobody vouches for: the header is checked before libelf sees
 * the file, sizes are capped, and only the parts asked for are read (never mapped: the file may
 * shrink).
 */
#ifndef PROCESS_ELF_NOTES_H
#define PROCESS_ELF_NOTES_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

struct elf_note {
	uint32_t type;
	struct view owner; /* without its NUL */
	struct view bytes;
};

/* Return true to stop. */
typedef bool (*elf_note_visitor)(const struct elf_note *note, void *context);

/* A regular file of a filesystem that cannot make the reader wait for ever (FUSE can)? */
bool elf_notes_is_readable_file(int fd);

/* Visits the notes of all PT_NOTE segments. True when the visitor stopped. */
bool elf_notes_visit(int fd, elf_note_visitor visitor, void *context);

bool elf_notes_has_section(int fd, const char *name);

#endif
