/* Starting and ending the symbol process. fork() in a program with threads is fine here: the child
 * runs code that needs no lock of ours, and glibc's malloc and loader work in it. */
#include "unwinding/symbol_fork.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/cleanup.h"

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int symbol_fork_init(struct symbol_fork *child, const struct symbol_child_settings *settings)
{
	void *word = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (word == MAP_FAILED)
		return -errno;
	*child = (struct symbol_fork){.settings = *settings, .process_fd = -1, .socket_fd = -1};
	child->settings.culprit = word;
	return 0;
}

void symbol_fork_done(struct symbol_fork *child)
{
	if (!child->settings.culprit)
		return;
	symbol_fork_stop(child);
	for (uint32_t i = 0; i < child->dying_count; i++) {
		siginfo_t ended;

		while (waitid((idtype_t)P_PIDFD, (id_t)child->dying_fds[i], &ended, WEXITED) < 0 &&
		       errno == EINTR)
			;
		(void)close(child->dying_fds[i]);
	}
	child->dying_count = 0;
	(void)munmap((void *)(uintptr_t)child->settings.culprit, (size_t)sysconf(_SC_PAGESIZE));
	child->settings.culprit = NULL;
}

bool symbol_fork_is_running(const struct symbol_fork *child)
{
	return child->process_fd >= 0;
}

/* The process would be nobody's to end without a descriptor of it. */
static int hold_process(pid_t pid)
{
	int process_fd = (int)syscall(SYS_pidfd_open, pid, 0);
	int error = errno;

	if (process_fd >= 0)
		return process_fd;
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return -error;
}

int symbol_fork_start(struct symbol_fork *child)
{
	_cleanup_(cleanup_close) int ours = -1;
	_cleanup_(cleanup_close) int theirs = -1;
	int pair[2], process_fd;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	ours = pair[0];
	theirs = pair[1];
	if (fcntl(ours, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	*child->settings.culprit = 0;
	child->settings.parent = getpid();
	child->settings.socket_fd = theirs;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		symbol_child_run(&child->settings);
	process_fd = hold_process(pid);
	if (process_fd < 0)
		return process_fd;
	child->process_fd = process_fd;
	child->socket_fd = TAKE_FD(ours);
	return 0;
}

static bool reap_one(int process_fd, int options)
{
	siginfo_t ended = {.si_pid = 0};

	if (waitid((idtype_t)P_PIDFD, (id_t)process_fd, &ended, WEXITED | options) < 0)
		return errno == ECHILD;
	return ended.si_pid != 0;
}

void symbol_fork_reap(struct symbol_fork *child)
{
	uint32_t left = 0;

	for (uint32_t i = 0; i < child->dying_count; i++) {
		if (reap_one(child->dying_fds[i], WNOHANG))
			(void)close(child->dying_fds[i]);
		else
			child->dying_fds[left++] = child->dying_fds[i];
	}
	child->dying_count = left;
}

void symbol_fork_stop(struct symbol_fork *child)
{
	if (child->process_fd < 0)
		return;
	(void)syscall(SYS_pidfd_send_signal, child->process_fd, SIGKILL, NULL, 0);
	cleanup_close(&child->socket_fd);
	symbol_fork_reap(child);
	if (child->dying_count == MAX_DYING) {
		/* Killed long ago: this does not take long, and never happens. */
		(void)reap_one(child->dying_fds[--child->dying_count], 0);
		(void)close(child->dying_fds[child->dying_count]);
	}
	child->dying_fds[child->dying_count++] = TAKE_FD(child->process_fd);
	symbol_fork_reap(child);
}

uint64_t symbol_fork_culprit(const struct symbol_fork *child)
{
	return *child->settings.culprit;
}
