/* .dynsym is read symbol by symbol in blocks, through the section headers; of names only those that
 * could be it. */
#include "process/elf_object.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_SECTIONS    256
#define MAX_SYMBOLS     65536
#define SYMBOLS_AT_ONCE 256
#define MAX_NAME_BYTES  64

static bool read_at(int fd, void *bytes, size_t size, uint64_t offset)
{
	return offset <= INT64_MAX && pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

/* The dynamic symbols and their names. */
static int find_tables(int fd, Elf64_Shdr *ret_symbols, Elf64_Shdr *ret_names)
{
	Elf64_Shdr sections[MAX_SECTIONS];
	Elf64_Ehdr elf;

	if (!read_at(fd, &elf, sizeof(elf), 0) || memcmp(elf.e_ident, ELFMAG, SELFMAG) != 0 ||
	    elf.e_ident[EI_CLASS] != ELFCLASS64 || elf.e_ident[EI_DATA] != ELFDATA2LSB ||
	    elf.e_shentsize != sizeof(Elf64_Shdr))
		return -EINVAL;
	if (elf.e_shnum == 0 || elf.e_shnum > MAX_SECTIONS ||
	    !read_at(fd, sections, elf.e_shnum * sizeof(sections[0]), elf.e_shoff))
		return -EINVAL;
	for (uint32_t i = 0; i < elf.e_shnum; i++) {
		if (sections[i].sh_type != SHT_DYNSYM || sections[i].sh_link >= elf.e_shnum)
			continue;
		*ret_symbols = sections[i];
		*ret_names = sections[sections[i].sh_link];
		return 0;
	}
	return -ENOENT;
}

static bool is_wanted(int fd, const Elf64_Shdr *names, const Elf64_Sym *symbol, const char *wanted)
{
	size_t size = strlen(wanted) + 1;
	char name[MAX_NAME_BYTES];

	return size <= sizeof(name) && ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT &&
	       symbol->st_shndx != SHN_UNDEF && symbol->st_name < names->sh_size &&
	       names->sh_offset <= INT64_MAX &&
	       read_at(fd, name, size, names->sh_offset + symbol->st_name) &&
	       memcmp(name, wanted, size) == 0;
}

int elf_object_find(int fd, struct elf_object *object)
{
	Elf64_Sym block[SYMBOLS_AT_ONCE];
	Elf64_Shdr symbols, names;
	uint64_t count;
	int err = find_tables(fd, &symbols, &names);

	if (err < 0)
		return err;
	count = symbols.sh_size / sizeof(block[0]);
	if (count > MAX_SYMBOLS || symbols.sh_offset > INT64_MAX)
		return -EINVAL;
	for (uint64_t i = 0; i < count; i += SYMBOLS_AT_ONCE) {
		uint64_t part = count - i < SYMBOLS_AT_ONCE ? count - i : SYMBOLS_AT_ONCE;

		if (!read_at(fd, block, part * sizeof(block[0]),
			     symbols.sh_offset + i * sizeof(block[0])))
			return -EINVAL;
		for (uint64_t j = 0; j < part; j++) {
			if (!is_wanted(fd, &names, &block[j], object->name))
				continue;
			object->address = block[j].st_value;
			object->size_bytes = block[j].st_size;
			return 0;
		}
	}
	return -ENOENT;
}

int elf_object_offset(const struct elf_object *object, const struct elf_layout *layout,
		      uint64_t *ret_offset)
{
	if (object->address < layout->low || object->address - layout->low >= layout->size)
		return -EINVAL;
	*ret_offset = object->address - layout->low;
	return 0;
}
