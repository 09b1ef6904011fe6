/*
 * Ways of the crash target in which a library gives up: assertions, abort, the allocator's checks.
 */
#include "crash_ways.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

static void *volatile twice;

FRAME void fail_assertion(void)
{
	assert(missing_shelf != NULL && "the shelf is there");
	depth++;
}

FRAME void abort_plainly(void)
{
	fprintf(stderr, "the till is open\n");
	abort();
	depth++;
}

FRAME void free_twice(void)
{
	twice = malloc(40);
	free(twice);
	free(twice);
	depth++;
}

FRAME void corrupt_heap(void)
{
	char *volatile first = malloc(2000);
	char *volatile second = malloc(2000);

	for (int i = 0; i < 2000 + 16; i++)
		((volatile char *)first)[i] = (char)0xff;
	free(second);
	free(first);
	depth++;
}
