/*
 * What the crash target loads by dlopen: crashes three functions below its only exported one.
 */
#include "crash_ways.h"

static volatile int depth_here;
static int *volatile missing_book;

static FRAME void library_read_page(void)
{
	*missing_book = 1;
	depth_here++;
}

static FRAME void library_find_book(void)
{
	library_read_page();
	depth_here++;
}

static FRAME void library_ask(void)
{
	library_find_book();
	depth_here++;
}

FRAME void library_open(void);
FRAME void library_open(void)
{
	library_ask();
	depth_here++;
}
