/* Program headers of 64-bit files. The kernel maps whole pages, so bounds are rounded as it does.
 */
#include "process/elf_layout.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_PROGRAM_HEADERS 256

static uint64_t page_mask(void)
{
	long size = sysconf(_SC_PAGESIZE);

	return (uint64_t)(size > 0 ? size : 4096) - 1;
}

static bool is_loaded(const Elf64_Phdr *header)
{
	return header->p_type == PT_LOAD && header->p_memsz > 0 &&
	       header->p_filesz <= header->p_memsz && header->p_vaddr <= INT64_MAX &&
	       header->p_memsz <= INT64_MAX && header->p_offset <= INT64_MAX;
}

static int read_headers(int fd, Elf64_Phdr headers[MAX_PROGRAM_HEADERS], uint32_t *ret_count)
{
	Elf64_Ehdr elf;
	ssize_t count, wanted;

	count = pread(fd, &elf, sizeof(elf), 0);
	if (count < 0)
		return -EIO;
	if (count != (ssize_t)sizeof(elf) || memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 ||
	    elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_ident[EI_DATA] != ELFDATA2LSB ||
	    elf.e_phentsize != sizeof(Elf64_Phdr) || elf.e_phnum == 0 ||
	    elf.e_phnum > MAX_PROGRAM_HEADERS || elf.e_phoff > INT64_MAX)
		return -EINVAL;
	wanted = (ssize_t)(elf.e_phnum * sizeof(Elf64_Phdr));
	if (pread(fd, headers, (size_t)wanted, (off_t)elf.e_phoff) != wanted)
		return -EINVAL;
	*ret_count = elf.e_phnum;
	return 0;
}

int elf_layout_read(int fd, struct elf_layout *ret)
{
	Elf64_Phdr headers[MAX_PROGRAM_HEADERS];
	struct elf_layout layout = {.low = UINT64_MAX};
	uint64_t high = 0, mask = page_mask();
	uint32_t count;
	int err = read_headers(fd, headers, &count);

	if (err < 0)
		return err;
	for (uint32_t i = 0; i < count; i++) {
		const Elf64_Phdr *header = &headers[i];
		uint32_t at = layout.segments_count;

		if (!is_loaded(header))
			continue;
		if ((header->p_vaddr & ~mask) < layout.low)
			layout.low = header->p_vaddr & ~mask;
		if (header->p_vaddr + header->p_memsz > high)
			high = header->p_vaddr + header->p_memsz;
		if (!(header->p_flags & PF_X) || at == MAX_LAYOUT_SEGMENTS)
			continue;
		layout.segments[at].address = header->p_vaddr;
		layout.segments[at].file_offset = header->p_offset;
		layout.segments[at].file_size = header->p_filesz;
		layout.segments_count++;
	}
	if (layout.segments_count == 0)
		return -EINVAL;
	layout.size = ((high + mask) & ~mask) - layout.low;
	*ret = layout;
	return 0;
}

bool elf_layout_offset(const struct elf_layout *layout, uint64_t file_offset, uint64_t *ret_offset)
{
	uint64_t mask = page_mask();

	for (uint32_t i = 0; i < layout->segments_count; i++) {
		uint64_t first = layout->segments[i].file_offset;
		uint64_t end = first + layout->segments[i].file_size;

		if (file_offset < (first & ~mask) || file_offset >= ((end + mask) & ~mask))
			continue;
		/* Modular: the first page may begin before the segment does. */
		*ret_offset = layout->segments[i].address + (file_offset - first) - layout->low;
		return true;
	}
	return false;
}

bool elf_layout_base(const struct elf_layout *layout, uint64_t start, uint64_t file_offset,
		     uint64_t *ret_address)
{
	uint64_t offset;

	if (!elf_layout_offset(layout, file_offset, &offset) || offset > start)
		return false;
	*ret_address = start - offset;
	return true;
}
