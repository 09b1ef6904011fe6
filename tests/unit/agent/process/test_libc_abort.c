/* Our own libc: where raise() stands is where a child that calls abort() stands; the variable is
 * where dlsym says. */
#include "cmocka_test.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "process/libc_abort.h"
#include "sample_elf.h"

static int find_libc(struct dl_phdr_info *library, size_t size, void *context)
{
	(void)size;
	if (!libc_abort_is_libc(view_of_text(library->dlpi_name)))
		return 0;
	*(uint64_t *)context = library->dlpi_addr;
	return 1;
}

static uint64_t own_base(void)
{
	uint64_t base = 0;

	assert_int_equal(dl_iterate_phdr(find_libc, &base), 1);
	return base;
}

static void test_names(void **state)
{
	(void)state;
	assert_true(libc_abort_is_libc(VIEW_LITERAL("/usr/lib/x86_64-linux-gnu/libc.so.6")));
	assert_false(libc_abort_is_libc(VIEW_LITERAL("/usr/lib/mylibc.so.6")));
	assert_false(libc_abort_is_libc(VIEW_LITERAL("/usr/lib/libc.so")));
	assert_false(libc_abort_is_libc(VIEW_LITERAL("")));
}

static void test_message(void **state)
{
	struct image_file file = {.fd = -1};
	uint64_t offset = 0;
	void *variable = dlvsym(RTLD_DEFAULT, "__abort_msg", "GLIBC_PRIVATE");

	(void)state;
	assert_int_equal(libc_abort_open_own(&file), 0);
	assert_true(file.has_layout);
	assert_int_equal(libc_abort_find_message(file.fd, &file.layout, &offset), 0);
	assert_non_null(variable);
	assert_int_equal(own_base() + offset, (uintptr_t)variable);
	image_file_done(&file);
}

static uint64_t pc_of_stopped(pid_t child)
{
	struct user_regs_struct registers;
	struct iovec place = {&registers, sizeof(registers)};

	assert_int_equal(ptrace(PTRACE_GETREGSET, child, NT_PRSTATUS, &place), 0);
#if defined(__x86_64__)
	return registers.rip;
#else
	return registers.pc;
#endif
}

static void test_where_abort_stands(void **state)
{
	uint64_t offset = 0;
	int status;
	pid_t child;

	(void)state;
	assert_int_equal(libc_abort_calibrate(&offset), 0);
	child = fork();
	if (child == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) < 0)
			_exit(77);
		signal(SIGABRT, SIG_DFL);
		abort();
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
		skip();
	assert_true(WIFSTOPPED(status));
	assert_int_equal(WSTOPSIG(status), SIGABRT);
	assert_int_equal(pc_of_stopped(child), own_base() + offset);
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, &status, 0), child);
}

static void note_nothing(int signal_number)
{
	(void)signal_number;
}

static void test_leaves_no_trace(void **state)
{
	struct sigaction before, after;
	sigset_t mask_before, mask_after;
	uint64_t first, second;

	(void)state;
	signal(SIGRTMAX - 1, note_nothing);
	(void)sigemptyset(&mask_before);
	(void)sigaddset(&mask_before, SIGRTMAX - 1);
	(void)sigprocmask(SIG_BLOCK, &mask_before, NULL);
	(void)sigprocmask(SIG_BLOCK, NULL, &mask_before);
	(void)sigaction(SIGRTMAX - 1, NULL, &before);
	assert_int_equal(libc_abort_calibrate(&first), 0);
	assert_int_equal(libc_abort_calibrate(&second), 0);
	assert_int_equal(first, second);
	(void)sigaction(SIGRTMAX - 1, NULL, &after);
	(void)sigprocmask(SIG_BLOCK, NULL, &mask_after);
	assert_ptr_equal(before.sa_handler, after.sa_handler);
	assert_int_equal(sigismember(&mask_after, SIGRTMAX - 1), 1);
}

/* A file with the symbol, made for the test: then every byte of it is made wrong. */
struct sample {
	Elf64_Ehdr header;
	Elf64_Shdr sections[3];
	Elf64_Sym symbols[3];
	char names[32];
};

static struct sample make_sample(void)
{
	struct sample sample = {.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3,
						       ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
					   .e_shoff = offsetof(struct sample, sections),
					   .e_shentsize = sizeof(Elf64_Shdr),
					   .e_shnum = 3}};

	sample.sections[1] = (Elf64_Shdr){.sh_type = SHT_DYNSYM,
					  .sh_link = 2,
					  .sh_offset = offsetof(struct sample, symbols),
					  .sh_size = sizeof(sample.symbols)};
	sample.sections[2] = (Elf64_Shdr){.sh_type = SHT_STRTAB,
					  .sh_offset = offsetof(struct sample, names),
					  .sh_size = sizeof(sample.names)};
	sample.symbols[1] = (Elf64_Sym){.st_name = 13,
					.st_shndx = 1,
					.st_size = 8,
					.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
					.st_value = 0x700};
	sample.symbols[2] = sample.symbols[1];
	sample.symbols[2].st_name = 1;
	sample.symbols[2].st_value = 0x800;
	memcpy(sample.names, "\0__abort_msg\0__abort_mess", 26);
	return sample;
}

static int find_in(const struct sample *sample, uint64_t *ret_offset)
{
	struct elf_layout layout = {.low = 0x400, .size = 0x1000};
	int fd = sample_elf_file(sample, sizeof(*sample));
	int err = libc_abort_find_message(fd, &layout, ret_offset);

	close(fd);
	return err;
}

static void test_made_files(void **state)
{
	struct sample sample = make_sample();
	uint64_t offset = 0;

	(void)state;
	assert_int_equal(find_in(&sample, &offset), 0);
	assert_int_equal(offset, 0x400);
	sample.symbols[2].st_value = 0x1400; /* outside the file's memory */
	assert_int_equal(find_in(&sample, &offset), -EINVAL);
	sample.symbols[2].st_shndx = SHN_UNDEF;
	assert_int_equal(find_in(&sample, &offset), -ENOENT);
	sample = make_sample();
	sample.header.e_shnum = 0;
	assert_int_equal(find_in(&sample, &offset), -EINVAL);
	assert_int_equal(libc_abort_find_message(-1, &(struct elf_layout){0}, &offset), -EINVAL);
	for (size_t at = 0; at < sizeof(sample); at++) {
		sample = make_sample();
		((unsigned char *)&sample)[at] = 0xff;
		if (find_in(&sample, &offset) == 0)
			assert_true(offset < 0x1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_where_abort_stands),
		cmocka_unit_test(test_leaves_no_trace),
		cmocka_unit_test(test_made_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
