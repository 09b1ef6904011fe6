/* A document as text, and what is asked of every one of them. */
#ifndef MANUAL_WRITTEN_DOCUMENT_H
#define MANUAL_WRITTEN_DOCUMENT_H

#include "cmocka_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "manual/manual.h"
#include "settings/option_table.h"

/* The caller frees it. */
static inline char *written(void (*write)(FILE *out))
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	write(out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static inline void assert_says(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in:\n%s", part, text);
}

#endif
