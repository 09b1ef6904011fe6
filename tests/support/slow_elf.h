/* A hostile file: an honest head, and a symbol table so large that reading it takes far longer than
 * any job may. */
#ifndef SUPPORT_SLOW_ELF_H
#define SUPPORT_SLOW_ELF_H

#include <elf.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SLOW_ELF_SYMBOLS (2u << 20)
#define SLOW_ELF_ADDRESS 0x100000

/* Functions all over the place: they have to be sorted. */
static inline Elf64_Sym *slow_elf_symbols(uint64_t highest)
{
	Elf64_Sym *symbols = calloc(SLOW_ELF_SYMBOLS, sizeof(*symbols));
	uint64_t number = 1;

	for (uint32_t k = 0; k < SLOW_ELF_SYMBOLS && symbols; k++) {
		number = number * 6364136223846793005u + 1442695040888963407u;
		symbols[k] = (Elf64_Sym){
			.st_name = 27,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = 1,
			.st_value = (number >> 33) % highest,
			.st_size = 1,
		};
	}
	return symbols;
}

/* A descriptor of a deleted file. Its code is mapped at SLOW_ELF_ADDRESS from offset 0. */
static inline int slow_elf_open(void)
{
	static const char names[] = "\0.symtab\0.strtab\0.shstrtab\0name";
	char path[] = "/tmp/limpet-slow-elf-XXXXXX";
	const uint64_t symbols_offset = 4096, size = (uint64_t)SLOW_ELF_SYMBOLS * sizeof(Elf64_Sym);
	Elf64_Ehdr head = {
		.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		.e_type = ET_DYN,
#if defined(__aarch64__)
		.e_machine = EM_AARCH64,
#else
		.e_machine = EM_X86_64,
#endif
		.e_version = EV_CURRENT,
		.e_phoff = sizeof(Elf64_Ehdr),
		.e_shoff = symbols_offset + size,
		.e_ehsize = sizeof(Elf64_Ehdr),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = 4,
		.e_shstrndx = 3,
	};
	Elf64_Phdr segment = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_X,
		.p_filesz = symbols_offset + size,
		.p_memsz = symbols_offset + size,
		.p_align = 4096,
	};
	Elf64_Shdr sections[4] = {
		{.sh_type = SHT_NULL},
		{.sh_name = 1,
		 .sh_type = SHT_SYMTAB,
		 .sh_offset = symbols_offset,
		 .sh_size = size,
		 .sh_link = 2,
		 .sh_entsize = sizeof(Elf64_Sym),
		 .sh_addralign = 8},
		{.sh_name = 9, .sh_type = SHT_STRTAB, .sh_offset = 512, .sh_size = sizeof(names)},
		{.sh_name = 17, .sh_type = SHT_STRTAB, .sh_offset = 512, .sh_size = sizeof(names)},
	};
	Elf64_Sym *symbols = slow_elf_symbols(symbols_offset + size);
	int fd = mkstemp(path);

	(void)unlink(path);
	if (!symbols || pwrite(fd, &head, sizeof(head), 0) < 0 ||
	    pwrite(fd, &segment, sizeof(segment), sizeof(head)) < 0 ||
	    pwrite(fd, names, sizeof(names), 512) < 0 ||
	    pwrite(fd, symbols, size, (off_t)symbols_offset) != (ssize_t)size ||
	    pwrite(fd, sections, sizeof(sections), (off_t)head.e_shoff) < 0) {
		(void)close(fd);
		fd = -1;
	}
	free(symbols);
	return fd;
}

#endif
