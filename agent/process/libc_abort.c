/*
 * .dynsym is read symbol by symbol in blocks, through the section headers: libc is nobody's secret,
 * but the file may be anybody's. A libc without section headers has no abort message for us.
 */
#include "process/libc_abort.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include "base/cleanup.h"

#define MAX_SECTIONS       256
#define MAX_SYMBOLS        65536
#define SYMBOLS_AT_ONCE    256
#define MESSAGE_NAME       "__abort_msg"
#define MAX_OWN_PATH_BYTES 4096

bool libc_abort_is_libc(struct view path)
{
	return view_ends_with(path, VIEW_LITERAL("/libc.so.6"));
}

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

/* Only the names that could be it are read. */
static bool is_message(int fd, const Elf64_Shdr *names, const Elf64_Sym *symbol)
{
	char name[sizeof(MESSAGE_NAME)];

	return ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT &&
	       symbol->st_size == sizeof(uint64_t) && symbol->st_shndx != SHN_UNDEF &&
	       symbol->st_name < names->sh_size && names->sh_offset <= INT64_MAX &&
	       read_at(fd, name, sizeof(name), names->sh_offset + symbol->st_name) &&
	       memcmp(name, MESSAGE_NAME, sizeof(name)) == 0;
}

int libc_abort_find_message(int fd, const struct elf_layout *layout, uint64_t *ret_offset)
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
			if (!is_message(fd, &names, &block[j]))
				continue;
			if (block[j].st_value < layout->low ||
			    block[j].st_value - layout->low >= layout->size)
				return -EINVAL;
			*ret_offset = block[j].st_value - layout->low;
			return 0;
		}
	}
	return -ENOENT;
}

/* Of the libc in this process: where it was loaded and from which file. */
struct own_libc {
	uint64_t base; /* of address 0 as linked */
	char path[MAX_OWN_PATH_BYTES];
	bool is_found;
};

static int visit_library(struct dl_phdr_info *library, size_t size, void *context)
{
	struct own_libc *own = context;
	struct view path = view_of_text(library->dlpi_name);

	(void)size;
	if (!libc_abort_is_libc(path) || path.size >= sizeof(own->path))
		return 0;
	own->base = library->dlpi_addr;
	memcpy(own->path, path.bytes, path.size + 1);
	own->is_found = true;
	return 1;
}

int libc_abort_open_own(struct image_file *ret)
{
	_cleanup_(cleanup_close) int fd = -1;
	struct own_libc own = {0};
	int err;

	(void)dl_iterate_phdr(visit_library, &own);
	if (!own.is_found)
		return -ENOENT;
	fd = open(own.path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	err = image_file_examine(fd, ret);
	if (err == 0)
		fd = -1;
	return err;
}

static volatile uint64_t pc_at_signal;

static void note_pc(int signal_number, siginfo_t *siginfo, void *context)
{
	const ucontext_t *thread = context;

	(void)signal_number;
	(void)siginfo;
#if defined(__x86_64__)
	pc_at_signal = (uint64_t)thread->uc_mcontext.gregs[REG_RIP];
#else
	pc_at_signal = thread->uc_mcontext.pc;
#endif
}

int libc_abort_calibrate(uint64_t *ret_pc_offset)
{
	struct sigaction wanted = {.sa_sigaction = note_pc, .sa_flags = SA_SIGINFO}, before;
	_cleanup_(image_file_done) struct image_file file = {.fd = -1};
	struct own_libc own = {0};
	sigset_t only, mask;
	int err;

	(void)dl_iterate_phdr(visit_library, &own);
	err = own.is_found ? libc_abort_open_own(&file) : -ENOENT;
	if (err < 0)
		return err;
	if (!file.has_layout)
		return -EINVAL;
	(void)sigemptyset(&only);
	(void)sigaddset(&only, SIGRTMAX - 1);
	(void)sigemptyset(&wanted.sa_mask);
	pc_at_signal = 0;
	if (sigaction(SIGRTMAX - 1, &wanted, &before) < 0)
		return -errno;
	(void)pthread_sigmask(SIG_UNBLOCK, &only, &mask);
	(void)raise(SIGRTMAX - 1);
	(void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
	(void)sigaction(SIGRTMAX - 1, &before, NULL);
	if (pc_at_signal < own.base + file.layout.low ||
	    pc_at_signal - own.base - file.layout.low >= file.layout.size)
		return -ENOENT;
	*ret_pc_offset = pc_at_signal - own.base - file.layout.low;
	return 0;
}
