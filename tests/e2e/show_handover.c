/*
 * The kernel side of one agent after another, for test_crash_handover.py: processes of our own fall
 * before, between, while both are attached, and after. What each ring tells of them is printed:
 * NAME FATAL SIBLINGS DEATHS PAGES COPIED, and who told of its death.
 * usage: show_handover [host]      host: every process is traced, as a service does; in a guest
 * only
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "capture/crash_handover.h"

enum { READ_BY_OLD, ALONE, THREADS, HELD, HELD_LONG, BOTH, AFTER_CUT, AFTER_OLD, VICTIMS };

static const char *const names[VICTIMS] = {"read_by_old", "alone", "threads",   "held",
					   "held_long",   "both",  "after_cut", "after_old"};

static struct victim {
	pid_t pid;
	int pipe;
	unsigned fatal, siblings, deaths, pages, copied;
	const char *teller; /* of its death */
} victims[VICTIMS];

static const char *teller = "old agent";
static struct crash_handover *handover;

static void *wait_for_ever(void *self)
{
	pause();
	return self;
}

static void start(struct victim *victim, int threads)
{
	int pipes[2];
	char byte;

	if (pipe(pipes) < 0)
		abort();
	victim->pid = fork();
	victim->pipe = pipes[1];
	if (victim->pid)
		return;
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (pthread_t thread; threads > 0; threads--)
		(void)pthread_create(&thread, NULL, wait_for_ever, NULL);
	if (read(pipes[0], &byte, 1) == 1)
		abort();
	_exit(9);
}

static void fall(int i)
{
	int status;

	if (write(victims[i].pipe, "x", 1) != 1 || waitpid(victims[i].pid, &status, 0) < 0 ||
	    !WIFSIGNALED(status))
		abort();
}

/* It gets its signal, and does not end until it is let go. */
static void hold(int i)
{
	int status;

	if (ptrace(PTRACE_SEIZE, victims[i].pid, 0, PTRACE_O_TRACEEXIT) < 0 ||
	    write(victims[i].pipe, "x", 1) != 1 || waitpid(victims[i].pid, &status, 0) < 0 ||
	    !WIFSTOPPED(status) || WSTOPSIG(status) != SIGABRT ||
	    ptrace(PTRACE_CONT, victims[i].pid, 0, SIGABRT) < 0 ||
	    waitpid(victims[i].pid, &status, 0) < 0 ||
	    status >> 8 != (SIGTRAP | PTRACE_EVENT_EXIT << 8))
		abort();
}

static void let_go(int i)
{
	int status;

	if (ptrace(PTRACE_CONT, victims[i].pid, 0, 0) < 0 ||
	    waitpid(victims[i].pid, &status, 0) < 0 || !WIFSIGNALED(status))
		abort();
}

static struct victim *find(uint32_t tgid)
{
	for (int i = 0; i < VICTIMS; i++)
		if ((uint32_t)victims[i].pid == tgid)
			return &victims[i];
	return NULL;
}

static int count(void *self, struct view bytes)
{
	const struct record_header *header = (const void *)bytes.bytes;
	const struct crash_thread_record *thread = (const void *)header;
	struct victim *victim = NULL;

	if (header->kind == RECORD_CRASH_THREAD && (victim = find(thread->tgid))) {
		victim->fatal += thread->kind == CRASH_THREAD_FATAL;
		victim->siblings += thread->kind == CRASH_THREAD_SIBLING;
		victim->copied += thread->pages_copied;
	} else if (header->kind == RECORD_STACK_PAGE &&
		   (victim =
			    find(((const struct stack_page_record *)(const void *)header)->tgid))) {
		victim->pages++;
	} else if (header->kind == RECORD_PROCESS_DEATH &&
		   (victim = find(
			    ((const struct process_death_record *)(const void *)header)->tgid))) {
		victim->deaths++;
		victim->teller = self ? "handover" : teller;
	}
	return 0;
}

static int take_own(void *self, struct view bytes)
{
	return handover && !crash_handover_takes(handover, bytes) ? 0 : count(self, bytes);
}

static struct probe_loader *load(const struct settings *settings)
{
	struct probe_loader_settings wanted = {
		&settings->capture, &settings->crash, &settings->exceptions, false, false, NULL};
	struct probe_loader *loader;
	int err = probe_loader_new(&loader, &wanted, take_own, NULL);

	if (err < 0) {
		(void)printf("cannot load: %s\n", strerror(-err));
		exit(77);
	}
	return loader;
}

static void drain(struct probe_loader *loader)
{
	if (handover)
		crash_handover_drain(handover);
	(void)probe_loader_drain_crashes(loader);
}

/* As a service manager keeps them: copies that outlive the agent. */
static struct {
	int fds[HANDOVER_KINDS][MAX_HANDOVER_LINKS];
	uint32_t counts[HANDOVER_KINDS];
} kept;

static void keep(const struct probe_loader *loader)
{
	for (int kind = 0; kind < HANDOVER_KINDS; kind++) {
		kept.counts[kind] = crash_handover_descriptors(loader, kind, kept.fds[kind]);
		for (uint32_t i = 0; i < kept.counts[kind]; i++)
			kept.fds[kind][i] = dup(kept.fds[kind][i]);
	}
}

static void hand_over(void)
{
	if (crash_handover_new(&handover, count, &kept) < 0)
		abort();
	for (int kind = 0; kind < HANDOVER_KINDS; kind++)
		for (uint32_t i = 0; i < kept.counts[kind]; i++)
			if (crash_handover_add(handover, kind, dup(kept.fds[kind][i])) < 0)
				abort();
}

static void forget(void)
{
	for (int kind = 0; kind < HANDOVER_KINDS; kind++)
		while (kept.counts[kind])
			(void)close(kept.fds[kind][--kept.counts[kind]]);
}

static void trace(struct probe_loader *loader, int first)
{
	for (int i = first; i < VICTIMS; i++)
		if (probe_loader_trace(loader, victims[i].pid) < 0)
			abort();
}

int main(int argc, char **argv)
{
	struct rlimit no_core = {0, 0};
	struct probe_loader *loader;
	struct settings settings;
	bool was_full;

	if (settings_load(&settings, 2, (char *[]){argv[0], (char *)"agent", NULL}, NULL) < 0)
		return 2;
	settings.capture.trace_all = argc > 1 && strcmp(argv[1], "host") == 0;
	settings.exceptions.enabled = false;
	settings.capture.source = SOURCE_TRACEPOINT;
	(void)setrlimit(RLIMIT_CORE, &no_core);
	for (int i = 0; i < VICTIMS; i++)
		start(&victims[i], i == THREADS ? 2 : 0);
	loader = load(&settings);
	trace(loader, 0);
	fall(READ_BY_OLD);
	drain(loader);
	keep(loader);
	(void)printf("kept %u %u %u %u\n", kept.counts[HANDOVER_LINKS],
		     kept.counts[HANDOVER_RECORDS], kept.counts[HANDOVER_PAGES],
		     kept.counts[HANDOVER_BEGINNINGS]);
	probe_loader_free(&loader);

	fall(ALONE);
	fall(THREADS);
	hold(HELD);
	hold(HELD_LONG);
	teller = "new agent";
	loader = load(&settings);
	trace(loader, HELD);
	fall(BOTH);
	hand_over();
	if (crash_handover_begin(handover, &was_full) < 0 || was_full)
		abort();
	fall(AFTER_CUT);
	let_go(HELD);
	drain(loader);
	forget();
	(void)usleep(200000);
	let_go(HELD_LONG);
	fall(AFTER_OLD);
	while (!crash_handover_is_over(handover)) {
		drain(loader);
		(void)usleep(10000);
	}
	for (int i = 0; i < VICTIMS; i++)
		(void)printf("%s %u %u %u %u %u %s\n", names[i], victims[i].fatal,
			     victims[i].siblings, victims[i].deaths, victims[i].pages,
			     victims[i].copied, victims[i].teller);
	crash_handover_free(&handover);
	probe_loader_free(&loader);
	settings_done(&settings);
	return 0;
}
