/*
 * Section headers by pread: of hostile files only what lies in the file counts, and a table longer
 * than any linker makes is none. Used to find symbols; never maps the file, which may shrink
 * meanwhile.
 */
#include "process/elf_sections.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_SECTION_NAME_BYTES 64

bool elf_sections_read_at(int fd, void *bytes, size_t size, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

int elf_sections_read(int fd, struct elf_sections *ret)
{
	struct stat status;
	Elf64_Ehdr elf;

	if (fstat(fd, &status) < 0)
		return -EIO;
	if (!elf_sections_read_at(fd, &elf, sizeof(elf), 0) ||
	    memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 || elf.e_ident[EI_CLASS] != ELFCLASS64 ||
	    elf.e_ident[EI_DATA] != ELFDATA2LSB || elf.e_shentsize != sizeof(Elf64_Shdr))
		return -EINVAL;
	if (elf.e_shnum == 0 || elf.e_shnum > MAX_ELF_SECTIONS ||
	    !elf_sections_read_at(fd, ret->sections, elf.e_shnum * sizeof(ret->sections[0]),
				  elf.e_shoff))
		return -EINVAL;
	ret->fd = fd;
	ret->file_size = (uint64_t)status.st_size;
	ret->count = elf.e_shnum;
	ret->names = elf.e_shstrndx < elf.e_shnum ? elf.e_shstrndx : 0;
	return 0;
}

const Elf64_Shdr *elf_sections_by_type(const struct elf_sections *file, uint32_t type)
{
	for (uint32_t i = 0; i < file->count; i++)
		if (file->sections[i].sh_type == type)
			return &file->sections[i];
	return NULL;
}

const Elf64_Shdr *elf_sections_by_name(const struct elf_sections *file, const char *name)
{
	const Elf64_Shdr *names = &file->sections[file->names];
	uint64_t names_size = elf_sections_size(file, names);
	char found[MAX_SECTION_NAME_BYTES];
	size_t size = strlen(name) + 1;

	if (file->names == 0 || size > sizeof(found))
		return NULL;
	for (uint32_t i = 1; i < file->count; i++) {
		uint64_t at = file->sections[i].sh_name;

		if (at < names_size && names_size - at >= size &&
		    elf_sections_read_at(file->fd, found, size, names->sh_offset + at) &&
		    memcmp(found, name, size) == 0)
			return &file->sections[i];
	}
	return NULL;
}

uint64_t elf_sections_size(const struct elf_sections *file, const Elf64_Shdr *section)
{
	if (section->sh_type == SHT_NOBITS || section->sh_type == SHT_NULL ||
	    section->sh_offset >= file->file_size)
		return 0;
	return section->sh_size < file->file_size - section->sh_offset
		       ? section->sh_size
		       : file->file_size - section->sh_offset;
}
