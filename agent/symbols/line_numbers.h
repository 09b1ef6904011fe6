/*
 * File and line of an address from DWARF, by the libdw of the machine, where there is one: it is
 * loaded by name, never linked. The symbol process calls line_numbers_prepare before its sandbox
 * closes. What is missing, too large or wrong only means that lines are not known.
 */
#ifndef SYMBOLS_LINE_NUMBERS_H
#define SYMBOLS_LINE_NUMBERS_H

#include "symbols/elf_image.h"

#define MAX_DEBUG_BYTES (96u << 20) /* of all sections that lines need, decompressed */

struct line_numbers;

/* Loads libdw.so.1 if it can be had; false: there will be no line numbers. */
bool line_numbers_prepare(void);

/* The image is only read here. -ENOENT: no libdw, no DWARF in the file, or more of it than
 * MAX_DEBUG_BYTES. -ENOMEM. */
int line_numbers_new(struct line_numbers **ret, struct elf_image *image);
void line_numbers_free(struct line_numbers **lines);

struct source_line {
	struct view directory; /* where a relative file begins; empty when that is not known */
	struct view file;
	uint32_t number;
};

/* The texts live as long as this does. */
bool line_numbers_find(struct line_numbers *lines, uint64_t address, struct source_line *ret);

size_t line_numbers_memory_bytes(const struct line_numbers *lines);

#endif
