/*
 * Programs that die at once (tests/vm/check_discovery.py).
 * usage: short_lives crash             dies of a null pointer
 *        short_lives fork COUNT        so do COUNT children, which execute nothing
 *        short_lives spawn COUNT PROGRAM…    executes each program with "crash", COUNT times
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_PROGRAMS 8

/* A compiler that knew it would leave the write out. */
static int *volatile nowhere;

static void die(void)
{
	*nowhere = 0;
}

static void spawn(int count, char **programs)
{
	for (int i = 0; i < count; i++) {
		int started = 0;

		for (; programs[started] && started < MAX_PROGRAMS; started++) {
			if (fork() == 0) {
				(void)execl(programs[started], programs[started], "crash", NULL);
				_exit(1);
			}
		}
		while (started-- > 0)
			(void)wait(NULL);
	}
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? atoi(argv[2]) : 0;

	if (argc > 1 && strcmp(argv[1], "crash") == 0)
		die();
	if (argc > 3 && strcmp(argv[1], "spawn") == 0)
		spawn(count, argv + 3);
	if (argc > 2 && strcmp(argv[1], "fork") == 0) {
		for (int i = 0; i < count; i++) {
			if (fork() == 0)
				die();
			(void)wait(NULL);
		}
	}
	return 0;
}
