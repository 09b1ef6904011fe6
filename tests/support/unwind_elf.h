/* A small ELF file with code and unwind tables made by hand, for tests of agent/symbols. Linked at
 * 0x10000; the code is at 0x11000, the tables at 0x12000. */
#ifndef SUPPORT_UNWIND_ELF_H
#define SUPPORT_UNWIND_ELF_H

#include <assert.h>
#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "symbols/module.h"

#define UNWIND_ELF_BASE   0x10000
#define UNWIND_ELF_CODE   0x11000
#define UNWIND_ELF_TABLE  0x12000
#define UNWIND_ELF_HEADER 0x12800 /* .eh_frame_hdr */
#define UNWIND_ELF_BYTES  0x3000

struct unwind_elf {
	uint8_t bytes[UNWIND_ELF_BYTES];
	size_t table_size;
	size_t common_at; /* of the last CIE, in the table */
	uint32_t entries;
	uint32_t begins[32], offsets[32];
};

static inline void unwind_elf_put(struct unwind_elf *elf, const void *bytes, size_t size)
{
	assert(elf->table_size + size <= 0x700);
	memcpy(elf->bytes + 0x2000 + elf->table_size, bytes, size);
	elf->table_size += size;
}

static inline void unwind_elf_put_u32(struct unwind_elf *elf, uint32_t value)
{
	unwind_elf_put(elf, &value, sizeof(value));
}

/* The entry that began there is complete. */
static inline void unwind_elf_close(struct unwind_elf *elf, size_t at)
{
	uint32_t size;

	while (elf->table_size % 8 != 4)
		unwind_elf_put(elf, "", 1);
	size = (uint32_t)(elf->table_size - at - 4);
	memcpy(elf->bytes + 0x2000 + at, &size, sizeof(size));
}

/* Augmentation "zR" or "zRS" …, pointers relative and signed; code alignment 1 and data -8 (x86-64)
 * or 4 and -8 (arm64). */
static inline void unwind_elf_add_common(struct unwind_elf *elf, const char *augmentation,
					 struct view program)
{
	bool is_arm64 = ((Elf64_Ehdr *)elf->bytes)->e_machine == EM_AARCH64;

	elf->common_at = elf->table_size;
	unwind_elf_put(elf, "\0\0\0\0\0\0\0\0\1", 9);
	unwind_elf_put(elf, augmentation, strlen(augmentation) + 1);
	unwind_elf_put(elf, is_arm64 ? "\4\x78\x1e\1\x1b" : "\1\x78\x10\1\x1b", 5);
	unwind_elf_put(elf, program.bytes, program.size);
	unwind_elf_close(elf, elf->common_at);
}

static inline void unwind_elf_add(struct unwind_elf *elf, uint32_t begin, uint32_t size,
				  struct view program)
{
	size_t at = elf->table_size;

	elf->begins[elf->entries] = begin;
	elf->offsets[elf->entries++] = (uint32_t)(UNWIND_ELF_TABLE + at);
	unwind_elf_put_u32(elf, 0);
	unwind_elf_put_u32(elf, (uint32_t)(at + 4 - elf->common_at));
	unwind_elf_put_u32(elf, begin - (uint32_t)(UNWIND_ELF_TABLE + at + 8));
	unwind_elf_put_u32(elf, size);
	unwind_elf_put(elf, "", 1); /* augmentation size */
	unwind_elf_put(elf, program.bytes, program.size);
	unwind_elf_close(elf, at);
}

static inline void unwind_elf_begin(struct unwind_elf *elf, uint16_t machine)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf->bytes;
	Elf64_Phdr *segments = (Elf64_Phdr *)(elf->bytes + sizeof(*header));

	memset(elf, 0, sizeof(*elf));
	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = ELFCLASS64;
	header->e_ident[EI_DATA] = ELFDATA2LSB;
	header->e_ident[EI_VERSION] = EV_CURRENT;
	header->e_type = ET_DYN;
	header->e_machine = machine;
	header->e_version = EV_CURRENT;
	header->e_ehsize = sizeof(*header);
	header->e_phoff = sizeof(*header);
	header->e_phentsize = sizeof(*segments);
	header->e_phnum = 1;
	segments[0] = (Elf64_Phdr){.p_type = PT_LOAD,
				   .p_flags = PF_R | PF_X,
				   .p_vaddr = UNWIND_ELF_BASE,
				   .p_filesz = UNWIND_ELF_BYTES,
				   .p_memsz = UNWIND_ELF_BYTES,
				   .p_align = 0x1000};
}

/* .eh_frame_hdr with its table sorted as the entries were added, and its segment. */
static inline void unwind_elf_add_header(struct unwind_elf *elf)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf->bytes;
	Elf64_Phdr *segment = (Elf64_Phdr *)(elf->bytes + sizeof(*header)) + 1;
	uint8_t *at = elf->bytes + (UNWIND_ELF_HEADER - UNWIND_ELF_BASE);
	uint32_t words[66] = {0x3b031b01, UNWIND_ELF_TABLE - (UNWIND_ELF_HEADER + 4), elf->entries};

	for (uint32_t i = 0; i < elf->entries; i++) {
		words[3 + 2 * i] = elf->begins[i] - UNWIND_ELF_HEADER;
		words[4 + 2 * i] = elf->offsets[i] - UNWIND_ELF_HEADER;
	}
	memcpy(at, words, 12 + 8 * elf->entries);
	header->e_phnum = 2;
	*segment = (Elf64_Phdr){.p_type = PT_GNU_EH_FRAME,
				.p_offset = UNWIND_ELF_HEADER - UNWIND_ELF_BASE,
				.p_vaddr = UNWIND_ELF_HEADER,
				.p_filesz = 12 + 8 * elf->entries,
				.p_memsz = 12 + 8 * elf->entries};
}

/* A section table: the tables under that name, and another section named so, or NULL. */
static inline void unwind_elf_add_sections(struct unwind_elf *elf, const char *table_name,
					   const char *other)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf->bytes;
	Elf64_Shdr *sections = (Elf64_Shdr *)(elf->bytes + 0x200);

	header->e_shoff = 0x200;
	header->e_shentsize = sizeof(*sections);
	header->e_shnum = 4;
	header->e_shstrndx = 1;
	strcpy((char *)elf->bytes + 0x401, ".shstrtab");
	strcpy((char *)elf->bytes + 0x410, table_name);
	strcpy((char *)elf->bytes + 0x430, other ? other : "");
	sections[1] = (Elf64_Shdr){
		.sh_name = 1, .sh_type = SHT_STRTAB, .sh_offset = 0x400, .sh_size = 0x80};
	sections[2] = (Elf64_Shdr){.sh_name = 0x10,
				   .sh_type = SHT_PROGBITS,
				   .sh_addr = UNWIND_ELF_TABLE,
				   .sh_offset = 0x2000,
				   .sh_size = elf->table_size};
	sections[3] = (Elf64_Shdr){
		.sh_name = 0x30, .sh_type = SHT_PROGBITS, .sh_offset = 0x1000, .sh_size = 16};
}

static inline int unwind_elf_file(const struct unwind_elf *elf)
{
	int fd = memfd_create("unwind", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, elf->bytes, sizeof(elf->bytes)) == UNWIND_ELF_BYTES);
	return fd;
}

static inline struct module *unwind_elf_module(const struct unwind_elf *elf)
{
	struct module *module = NULL;
	int fd = unwind_elf_file(elf);

	assert(module_new(&module, &fd, NULL) == 0 && fd == -1);
	return module;
}

#endif
