/*
 * Records how a program aborts, with the place of its C library's abort message told to the kernel
 * side: the place is found by raising SIGABRT in this process, which has the same library.
 * usage: record_abort RECORDING PROGRAM ARGUMENT…
 */
#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>
#include "capture/probe_loader.h"
#include "capture/recording.h"

static uint64_t abort_pc;

static void on_abort(int signal, siginfo_t *info, void *context)
{
	const ucontext_t *interrupted = context;

	(void)signal;
	(void)info;
	abort_pc = (uint64_t)interrupted->uc_mcontext.gregs[REG_RIP];
}

/* Offsets of the raising instruction and of __abort_msg from where the library is loaded. */
static int find_place(uint64_t *ret_pc_offset, uint64_t *ret_message_offset)
{
	struct sigaction action = {.sa_sigaction = on_abort, .sa_flags = SA_SIGINFO}, before;
	const char *message = dlvsym(RTLD_DEFAULT, "__abort_msg", "GLIBC_PRIVATE");
	Dl_info library;
	uint64_t base;

	if (!message || !dladdr(message, &library))
		return -1;
	sigaction(SIGABRT, &action, &before);
	raise(SIGABRT);
	sigaction(SIGABRT, &before, NULL);
	base = (uint64_t)(uintptr_t)library.dli_fbase;
	*ret_pc_offset = abort_pc - base;
	*ret_message_offset = (uint64_t)(uintptr_t)message - base;
	return 0;
}

static int on_record(void *self, struct view record)
{
	recording_writer_add(self, record);
	return 0;
}

/* A child that becomes the program when the pipe is closed. */
static pid_t start(char **argv, int *ret_gate)
{
	int ends[2];
	pid_t child;
	char byte;

	if (pipe(ends) < 0)
		return -1;
	child = fork();
	if (child == 0) {
		close(ends[1]);
		if (read(ends[0], &byte, 1) == 0)
			execv(argv[0], argv);
		_exit(126);
	}
	close(ends[0]);
	*ret_gate = ends[1];
	return child;
}

static int record_child(struct probe_loader *loader, char **argv)
{
	uint64_t pc_offset, message_offset;
	int gate = -1, status = 0;
	pid_t child = start(argv, &gate);

	if (child < 0 || find_place(&pc_offset, &message_offset) < 0 ||
	    probe_loader_set_abort_place(loader, 0, pc_offset, message_offset) < 0 ||
	    probe_loader_trace(loader, child) < 0)
		return 1;
	close(gate);
	if (waitpid(child, &status, 0) != child)
		return 1;
	return probe_loader_drain_crashes(loader) > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	static const struct capture_settings capture = {
		.source = SOURCE_TRACEPOINT,
		.segment_bytes = 4096,
		.undecided_bytes = 16384,
		.ring_bytes = 65536,
		.max_connections = 64,
		.max_processes = 64,
	};
	static const struct crash_settings crash = {
		.enabled = true,
		.stack_bytes = 131072,
		.thread_stack_bytes = 16384,
		.max_threads = 8,
		.ring_bytes = 1 << 20,
	};
	static const struct exception_settings exceptions = {.enabled = false};
	struct probe_loader_settings wanted = {
		.capture = &capture, .crash = &crash, .exceptions = &exceptions};
	struct recording_writer *writer = NULL;
	struct probe_loader *loader = NULL;
	int code;

	if (argc < 3 || recording_writer_new(&writer, argv[1], 0) < 0 ||
	    probe_loader_new(&loader, &wanted, on_record, writer) < 0)
		return 1;
	code = record_child(loader, argv + 2);
	probe_loader_free(&loader);
	recording_writer_free(&writer);
	return code;
}
