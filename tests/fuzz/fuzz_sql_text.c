/*
 * SQL from hostile bytes: bounds hold, and neither strings nor numbers survive: what comes out has
 * no single quote (but in quoted names).
 */
// fuzz-sources: agent/protocols/sql/sql_text.c agent/protocols/sql/sql_summary.c
// fuzz-sources: agent/protocols/sql/sql_token.c agent/protocols/sql/sql_literal.c
// fuzz-sources: agent/protocols/sql/sql_words.c agent/base/view.c
#include <assert.h>
#include <stdlib.h>
#include "protocols/sql/sql_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check(enum sql_dialect dialect, struct view query, bool is_cut)
{
	struct sql_text text;
	struct view out;

	sql_text_sanitise(dialect, query, is_cut, &text);
	assert(text.text_size <= sizeof(text.text) && text.summary_size <= sizeof(text.summary));
	assert(text.operation_size <= text.summary_size);
	assert(memcmp(text.operation, text.summary, text.operation_size) == 0);
	out = view_of(text.text, text.text_size);
	if (view_find_byte(out, '"') < 0 && view_find_byte(out, '`') < 0)
		assert(view_find_byte(out, '\'') < 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char *copy;

	if (size < 1)
		return 0;
	copy = malloc(size);
	memcpy(copy, bytes + 1, size - 1);
	check((enum sql_dialect)(bytes[0] & 3), view_of(copy, size - 1), bytes[0] & 4);
	free(copy);
	return 0;
}
