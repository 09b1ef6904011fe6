/* A libc without section headers has no abort message for us. */
#include "process/libc_abort.h"

#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include "base/cleanup.h"
#include "process/elf_object.h"

#define MAX_OWN_PATH_BYTES 4096

bool libc_abort_is_libc(struct view path)
{
	return view_ends_with(path, VIEW_LITERAL("/libc.so.6"));
}

int libc_abort_find_message(int fd, const struct elf_layout *layout, uint64_t *ret_offset)
{
	struct elf_object message = {.name = "__abort_msg"};
	int err = elf_object_find(fd, &message);

	if (err < 0)
		return err;
	if (message.size_bytes != sizeof(uint64_t))
		return -ENOENT;
	return elf_object_offset(&message, layout, ret_offset);
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
