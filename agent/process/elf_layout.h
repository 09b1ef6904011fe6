/*
 * Where an ELF file lies in a process: from its program headers, read by pread, capped and checked,
 * as nobody vouches for the file. Only executable mappings are known, so the rest is computed from
 * one.
 */
#ifndef PROCESS_ELF_LAYOUT_H
#define PROCESS_ELF_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define MAX_LAYOUT_SEGMENTS 8 /* executable ones */

struct elf_layout {
	uint64_t low;  /* lowest address as linked, of a page; an executable linked for a place: not
			  0 */
	uint64_t size; /* from there to the end of the last segment, whole pages */
	struct {
		uint64_t address;
		uint64_t file_offset;
		uint64_t file_size;
	} segments[MAX_LAYOUT_SEGMENTS];
	uint32_t segments_count;
};

/* -EINVAL: not a 64-bit little-endian ELF file with something executable to load; -EIO. */
int elf_layout_read(int fd, struct elf_layout *ret);

/* Where the file begins in a process that has file_offset mapped executable at start. False: that
 * is not of an executable segment. */
bool elf_layout_base(const struct elf_layout *layout, uint64_t start, uint64_t file_offset,
		     uint64_t *ret_address);

/* Address as linked, less `low`: what to add to the base for a place in the file. */
bool elf_layout_offset(const struct elf_layout *layout, uint64_t file_offset, uint64_t *ret_offset);

#endif
