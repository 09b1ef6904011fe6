/*
 * Ways of the crash target that need more than one thread, process or file.
 */
#include "crash_ways.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS_COUNT 8

/* A file that is gone before anybody could look at it has no names; this is about those that were
 * there. */
#define NOTICE_US 50000

static pthread_barrier_t all_here;
static volatile int is_spinning = 1;
static void (*thread_way)(void);

static FRAME void wait_in_poll(void)
{
	depth += poll(NULL, 0, 20000);
	depth++;
}

static FRAME void wait_in_pause(void)
{
	pause();
	depth++;
}

static FRAME void spin_for_work(void)
{
	while (is_spinning)
		depth = 1;
	depth++;
}

static FRAME void wait_for_work(long number)
{
	if (number % 3 == 0)
		wait_in_poll();
	else if (number == 4)
		spin_for_work();
	else
		wait_in_pause();
	depth++;
}

static FRAME void *work(void *argument)
{
	long number = (long)argument;
	char name[16];

	snprintf(name, sizeof(name), "worker-%ld", number);
	pthread_setname_np(pthread_self(), name);
	pthread_barrier_wait(&all_here);
	if (number == 2 && thread_way) {
		usleep(20000); /* the others are in their waits by then */
		open_shop(thread_way);
	} else {
		wait_for_work(number);
	}
	depth++;
	return NULL;
}

static pthread_t start_workers(void)
{
	pthread_t threads[THREADS_COUNT];

	pthread_barrier_init(&all_here, NULL, THREADS_COUNT + 1);
	for (long i = 0; i < THREADS_COUNT; i++) {
		if (pthread_create(&threads[i], NULL, work, (void *)(i + 1)) != 0)
			_exit(119);
	}
	pthread_barrier_wait(&all_here);
	return threads[THREADS_COUNT - 1];
}

static FRAME void join_workers(void)
{
	pthread_t last = start_workers();

	pthread_join(last, NULL);
	depth++;
}

FRAME void crash_second_thread(void)
{
	thread_way = read_null;
	join_workers();
	depth++;
}

FRAME void overflow_thread_stack(void)
{
	thread_way = overflow_stack;
	join_workers();
	depth++;
}

/* An end without a fault that takes seven threads along. */
FRAME void exit_with_threads(void)
{
	start_workers();
	usleep(20000);
	exit(0);
}

FRAME void exec_with_threads(void)
{
	start_workers();
	usleep(20000);
	execl("/bin/true", "true", (char *)NULL);
	_exit(118);
}

/* Its number goes to standard output: nobody else knows it. */
FRAME void crash_child(void)
{
	pid_t child = fork();

	if (child == 0)
		read_null();
	printf("%d\n", (int)child);
	fflush(stdout);
	waitpid(child, NULL, 0);
	depth++;
}

/* Until somebody kills it, or tells it to go on and crash by SIGUSR2. */
FRAME void wait_to_be_killed(void)
{
	sigset_t set;
	int received;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	printf("%d\n", (int)getpid());
	fflush(stdout);
	sigwait(&set, &received);
	read_null();
	depth++;
}

static FRAME void enter_library(const char *path)
{
	void *library = dlopen(path, RTLD_NOW);
	void (*enter)(void) = library ? (void (*)(void))dlsym(library, "library_open") : NULL;

	if (!enter) {
		fprintf(stderr, "%s\n", dlerror());
		_exit(117);
	}
	if (path[0] != '/') {
		usleep(NOTICE_US);
		unlink(path);
	}
	enter();
	depth++;
}

FRAME void crash_in_library(void)
{
	enter_library(way_argument);
	depth++;
}

static void copy_file(const char *from, const char *to)
{
	struct stat status;
	int in = open(from, O_RDONLY | O_CLOEXEC),
	    out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0700);

	if (in < 0 || out < 0 || fstat(in, &status) != 0 ||
	    sendfile(out, in, NULL, (size_t)status.st_size) < 0)
		_exit(116);
	close(in);
	close(out);
}

/* A copy in the current folder, unlinked before it crashes. */
FRAME void crash_in_deleted_library(void)
{
	copy_file(way_argument, "library-copy.so");
	enter_library("./library-copy.so");
	depth++;
}

/* Deletes its own file first, as a package manager does to a server that runs on. */
FRAME void crash_unlinked(void)
{
	usleep(NOTICE_US);
	if (unlink(way_argument) != 0)
		_exit(115);
	read_null();
	depth++;
}
