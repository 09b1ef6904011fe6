/*
 * What tests/vm/capabilities.sh looks at, as a user of its own in a folder nobody else may enter.
 * Also built as the library that it loads.
 * usage: capability_victim fall            a null pointer, in a function with a name
 *        capability_victim stay            the same after a second
 *        capability_victim report FILE     a traceback of Python's, its frame in line 2 of FILE
 *        capability_victim library FILE    loads FILE, says so, and falls in it when told by a line
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A compiler that knew it would leave the fall out. */
static int *volatile nowhere;

#ifdef IS_LIBRARY
void fall_in_library(void);

void fall_in_library(void)
{
	*nowhere = 1;
}
#else

static __attribute__((noinline)) void fall_in_program(void)
{
	*nowhere = 1;
}

static int report(const char *file)
{
	int printed =
		fprintf(stderr,
			"Traceback (most recent call last):\n  File \"%s\", line 2, in total\n"
			"    return price / count\nshop.errors.OrderError: nothing in the basket\n",
			file);

	/* Its identity and its file are looked at while it lives. */
	sleep(10);
	return printed < 0;
}

static int load(const char *file)
{
	void *library = dlopen(file, RTLD_NOW);
	void (*fall)(void) = library ? (void (*)(void))dlsym(library, "fall_in_library") : NULL;
	char line[16];

	if (!fall) {
		fprintf(stderr, "%s\n", dlerror());
		return 2;
	}
	puts("loaded");
	fflush(stdout);
	if (fgets(line, sizeof(line), stdin))
		fall();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "stay") == 0)
		sleep(1);
	if (argc > 1 && (strcmp(argv[1], "fall") == 0 || strcmp(argv[1], "stay") == 0))
		fall_in_program();
	if (argc > 2 && strcmp(argv[1], "report") == 0)
		return report(argv[2]);
	return argc > 2 && strcmp(argv[1], "library") == 0 ? load(argv[2]) : 2;
}
#endif
