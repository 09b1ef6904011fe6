/* cmocka with the headers it wants, and a comparison of views that shows both when they differ. */
#ifndef SUPPORT_CMOCKA_TEST_H
#define SUPPORT_CMOCKA_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "base/view.h"

static inline void assert_view_at(struct view got, const char *wanted, const char *file, int line)
{
	if (!view_equals(got, view_of_text(wanted))) {
		print_error("got \"%.*s\", wanted \"%s\"\n", VIEW_FORMAT(got), wanted);
		_fail(file, line);
	}
}
#define assert_view(got, wanted) assert_view_at(got, wanted, __FILE__, __LINE__)

/* A heap copy of exactly that size, so that a read beyond the end is an error of ASan. */
static inline struct view exact_copy(struct view v)
{
	char *copy = malloc(v.size ? v.size : 1);

	memcpy(copy, v.bytes, v.size);
	return view_of(copy, v.size);
}

static inline void free_copy(struct view v)
{
	free((void *)(uintptr_t)v.bytes);
}

#endif
