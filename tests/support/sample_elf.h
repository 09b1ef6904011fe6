/* A small 64-bit little-endian ELF file with one PT_NOTE segment and a section table, for tests of
 * agent/process. */
#ifndef SUPPORT_SAMPLE_ELF_H
#define SUPPORT_SAMPLE_ELF_H

#include <assert.h>
#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SAMPLE_ELF_BYTES 1024

struct sample_elf {
	unsigned char bytes[SAMPLE_ELF_BYTES];
	size_t notes_at, notes_size;
};

static inline void sample_elf_add_note(struct sample_elf *elf, const char *owner, unsigned int type,
				       const void *bytes, size_t size)
{
	Elf64_Nhdr note = {.n_namesz = (unsigned int)strlen(owner) + 1,
			   .n_descsz = (unsigned int)size,
			   .n_type = type};
	unsigned char *at = elf->bytes + elf->notes_at + elf->notes_size;
	Elf64_Phdr *segment = (Elf64_Phdr *)(elf->bytes + sizeof(Elf64_Ehdr));

	memcpy(at, &note, sizeof(note));
	memcpy(at + sizeof(note), owner, note.n_namesz);
	memcpy(at + sizeof(note) + ((note.n_namesz + 3) & ~3u), bytes, size);
	elf->notes_size += sizeof(note) + ((note.n_namesz + 3) & ~3u) + ((size + 3) & ~(size_t)3);
	segment->p_filesz = segment->p_memsz = elf->notes_size;
}

/* section: the name of the only section beside the name table, or NULL for no section table at all.
 */
static inline void sample_elf_begin(struct sample_elf *elf, const char *section)
{
	Elf64_Ehdr *header = (Elf64_Ehdr *)elf->bytes;
	Elf64_Phdr *segment = (Elf64_Phdr *)(elf->bytes + sizeof(*header));
	Elf64_Shdr *sections = (Elf64_Shdr *)(elf->bytes + 640);

	memset(elf, 0, sizeof(*elf));
	memcpy(header->e_ident, ELFMAG, SELFMAG);
	header->e_ident[EI_CLASS] = ELFCLASS64;
	header->e_ident[EI_DATA] = ELFDATA2LSB;
	header->e_ident[EI_VERSION] = EV_CURRENT;
	header->e_type = ET_EXEC;
	header->e_machine = EM_X86_64;
	header->e_version = EV_CURRENT;
	header->e_ehsize = sizeof(*header);
	header->e_phoff = sizeof(*header);
	header->e_phentsize = sizeof(*segment);
	header->e_phnum = 1;
	elf->notes_at = 256;
	segment->p_type = PT_NOTE;
	segment->p_offset = elf->notes_at;
	segment->p_align = 4;
	if (!section)
		return;
	header->e_shoff = 640;
	header->e_shentsize = sizeof(*sections);
	header->e_shnum = 3;
	header->e_shstrndx = 1;
	strcpy((char *)elf->bytes + 513, ".shstrtab");
	strcpy((char *)elf->bytes + 523, section);
	sections[1] =
		(Elf64_Shdr){.sh_name = 1, .sh_type = SHT_STRTAB, .sh_offset = 512, .sh_size = 128};
	sections[2] = (Elf64_Shdr){
		.sh_name = 11, .sh_type = SHT_PROGBITS, .sh_offset = 256, .sh_size = 8};
}

/* An open file with these bytes; the caller closes it. */
static inline int sample_elf_file(const void *bytes, size_t size)
{
	int fd = memfd_create("sample", MFD_CLOEXEC);

	assert(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
	return fd;
}

#endif
