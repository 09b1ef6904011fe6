/* An ELF file made of sections, with one executable segment at 0x1000 and one of data at 0x9000:
 * for tests of symbols, where they come from and where they point. */
#ifndef SUPPORT_SYMBOL_ELF_H
#define SUPPORT_SYMBOL_ELF_H

#include <assert.h>
#include <elf.h>
#include <string.h>
#include "base/view.h"

#define SYMBOL_ELF_BYTES 16384
#define CODE_ADDRESS     0x1000
#define CODE_BYTES       0x4000
#define DATA_ADDRESS     0x9000

struct symbol_elf {
	unsigned char bytes[SYMBOL_ELF_BYTES];
	size_t size;
	Elf64_Shdr sections[12];
	uint32_t count;
	char names[256];
	size_t names_size;
};

/* Returns its index. */
static inline uint32_t symbol_elf_add(struct symbol_elf *elf, const char *name, uint32_t type,
				      uint32_t link, struct view bytes)
{
	assert(elf->count < 12 && elf->size + bytes.size + 16 <= SYMBOL_ELF_BYTES);
	elf->sections[elf->count] = (Elf64_Shdr){
		.sh_name = (uint32_t)elf->names_size,
		.sh_type = type,
		.sh_link = link,
		.sh_offset = elf->size,
		.sh_size = bytes.size,
	};
	strcpy(elf->names + elf->names_size, name);
	elf->names_size += strlen(name) + 1;
	memcpy(elf->bytes + elf->size, bytes.bytes, bytes.size);
	elf->size = (elf->size + bytes.size + 15) & ~(size_t)15;
	return elf->count++;
}

static inline void symbol_elf_begin(struct symbol_elf *elf)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf->bytes;
	Elf64_Phdr *segments = (Elf64_Phdr *)(elf->bytes + sizeof(*header));

	memset(elf, 0, sizeof(*elf));
	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = ELFCLASS64;
	header->e_ident[EI_DATA] = ELFDATA2LSB;
	header->e_ident[EI_VERSION] = EV_CURRENT;
	header->e_type = ET_DYN;
	header->e_machine = EM_X86_64;
	header->e_version = EV_CURRENT;
	header->e_ehsize = sizeof(*header);
	header->e_phoff = sizeof(*header);
	header->e_phentsize = sizeof(*segments);
	header->e_phnum = 2;
	segments[0] =
		(Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_X, .p_vaddr = CODE_ADDRESS};
	segments[0].p_memsz = segments[0].p_filesz = CODE_BYTES;
	/* All of the file is its data, too: what is put into a section has an address. */
	segments[1] =
		(Elf64_Phdr){.p_type = PT_LOAD, .p_flags = PF_R | PF_W, .p_vaddr = DATA_ADDRESS};
	segments[1].p_memsz = segments[1].p_filesz = SYMBOL_ELF_BYTES;
	elf->names_size = 1;
	elf->size = 256;
	elf->count = 1;
}

/* A symbol table with its strings; a name "" of a symbol ends the list. */
struct symbol_row {
	const char *name;
	uint64_t address;
	uint64_t size;
	uint8_t type; /* STT_*; STB_GLOBAL */
};

static inline struct view symbol_elf_rows(const struct symbol_row *rows, char *strings,
					  size_t *ret_strings_size, Elf64_Sym *symbols)
{
	size_t count = 1, used = 1;

	strings[0] = '\0';
	symbols[0] = (Elf64_Sym){0};
	for (; rows->name; rows++) {
		symbols[count++] = (Elf64_Sym){
			.st_name = (uint32_t)used,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, rows->type),
			.st_shndx = 1,
			.st_value = rows->address,
			.st_size = rows->size,
		};
		strcpy(strings + used, rows->name);
		used += strlen(rows->name) + 1;
	}
	*ret_strings_size = used;
	return view_of(symbols, count * sizeof(*symbols));
}

static inline void symbol_elf_add_table(struct symbol_elf *elf, const char *name, uint32_t type,
					const struct symbol_row *rows)
{
	Elf64_Sym symbols[64];
	char strings[2048];
	size_t strings_size;
	struct view bytes = symbol_elf_rows(rows, strings, &strings_size, symbols);
	uint32_t index =
		symbol_elf_add(elf, ".strings", SHT_STRTAB, 0, view_of(strings, strings_size));

	(void)symbol_elf_add(elf, name, type, index, bytes);
}

static inline void symbol_elf_add_build_id(struct symbol_elf *elf, const char id[4])
{
	char note[20] = {4, 0, 0, 0, 4, 0, 0, 0, NT_GNU_BUILD_ID, 0, 0, 0, 'G', 'N', 'U', 0};

	memcpy(note + 16, id, 4);
	(void)symbol_elf_add(elf, ".note.gnu.build-id", SHT_NOTE, 0, view_of(note, sizeof(note)));
}

/* The whole file. */
static inline struct view symbol_elf_end(struct symbol_elf *elf)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf->bytes;
	uint32_t names = symbol_elf_add(elf, ".shstrtab", SHT_STRTAB, 0,
					view_of(elf->names, sizeof(elf->names)));

	header->e_shoff = elf->size;
	header->e_shentsize = sizeof(Elf64_Shdr);
	header->e_shnum = (uint16_t)elf->count;
	header->e_shstrndx = (uint16_t)names;
	assert(elf->size + sizeof(elf->sections) <= SYMBOL_ELF_BYTES);
	memcpy(elf->bytes + elf->size, elf->sections, elf->count * sizeof(Elf64_Shdr));
	return view_of(elf->bytes, SYMBOL_ELF_BYTES);
}

#endif
