/*
 * Processes that come and go, for measure_churn.py.
 * usage: churn idle COUNT        forks so many that wait, says "ready", ends them with its stdin
 *        churn fork COUNT RATE   COUNT times fork, exec and exit, one after the other, at most RATE
 *                                per second (0: no bound); prints nanoseconds: median, mean
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_COUNT 100000

static uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int idle(int count)
{
	pid_t *children = calloc((size_t)count, sizeof(*children));
	char byte;
	int made = 0;

	while (children && made < count && (children[made] = fork()) > 0)
		made++;
	if (children && made < count && children[made] == 0) {
		/* The group ends with whoever made it, whatever becomes of that one. */
		(void)close(0);
		(void)close(1);
		for (;;)
			pause();
	}
	printf("ready %d\n", made);
	fflush(stdout);
	while (read(0, &byte, 1) > 0)
		;
	while (made > 0)
		(void)kill(children[--made], SIGKILL);
	free(children);
	while (wait(NULL) > 0)
		;
	return 0;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static int churn(const char *program, int count, int rate)
{
	uint64_t *taken_ns = calloc((size_t)count, sizeof(*taken_ns)), begin_ns = now_ns(), sum = 0;

	for (int i = 0; taken_ns && i < count; i++) {
		uint64_t due_ns = rate ? begin_ns + (uint64_t)i * 1000000000u / (uint64_t)rate : 0;
		uint64_t from_ns = now_ns();
		pid_t child;

		if (due_ns > from_ns)
			usleep((useconds_t)((due_ns - from_ns) / 1000));
		from_ns = now_ns();
		child = fork();
		if (child == 0) {
			(void)execl(program, program, "end", (char *)NULL);
			_exit(1);
		}
		if (child < 0 || waitpid(child, NULL, 0) != child)
			return 1;
		taken_ns[i] = now_ns() - from_ns;
		sum += taken_ns[i];
	}
	if (!taken_ns)
		return 1;
	qsort(taken_ns, (size_t)count, sizeof(*taken_ns), compare);
	printf("%llu %llu\n", (unsigned long long)taken_ns[count / 2],
	       (unsigned long long)(sum / (uint64_t)count));
	free(taken_ns);
	return 0;
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;

	if (argc == 2 && strcmp(argv[1], "end") == 0)
		return 0;
	if (argc == 3 && strcmp(argv[1], "idle") == 0 && count > 0 && count <= MAX_COUNT)
		return idle(count);
	if (argc == 4 && strcmp(argv[1], "fork") == 0 && count > 0 && count <= MAX_COUNT)
		return churn("/proc/self/exe", count, atoi(argv[3]));
	fprintf(stderr, "usage: churn idle COUNT | churn fork COUNT RATE\n");
	return 2;
}
