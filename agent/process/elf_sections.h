/*
 * The section headers of an ELF file that may be anybody's, read by pread: 64-bit little-endian,
 * capped. Sections by type or by name, and how much of a section the file really has.
 */
#ifndef PROCESS_ELF_SECTIONS_H
#define PROCESS_ELF_SECTIONS_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MAX_ELF_SECTIONS 256

struct elf_sections {
	int fd; /* borrowed */
	uint64_t file_size;
	uint32_t count;
	uint32_t names; /* index of the section of names; 0: none */
	Elf64_Shdr sections[MAX_ELF_SECTIONS];
};

/* -EINVAL: not a 64-bit little-endian ELF file with sections, or too many of them; -EIO. */
int elf_sections_read(int fd, struct elf_sections *ret);

/* The first one with this type; NULL: none. */
const Elf64_Shdr *elf_sections_by_type(const struct elf_sections *file, uint32_t type);
const Elf64_Shdr *elf_sections_by_name(const struct elf_sections *file, const char *name);

/* Bytes of a section that the file has: 0 for one without bytes. */
uint64_t elf_sections_size(const struct elf_sections *file, const Elf64_Shdr *section);

/* All of `size` bytes, or false. */
bool elf_sections_read_at(int fd, void *bytes, size_t size, uint64_t offset);

#endif
