/*
 * Cases of sanitising, a line each: dialect, query, text, summary, separated by tabs, with \n \r \t
 * \\ in them. "+cut" behind the dialect: the query goes on behind its end.
 */
#ifndef SUPPORT_SQL_CASES_H
#define SUPPORT_SQL_CASES_H

#include "base/view.h"
#include "protocols/sql/sql_text.h"

struct sql_case {
	enum sql_dialect dialect;
	bool is_cut;
	char query[1024], text[1024], summary[512];
};

static inline void sql_cases_unescape(char *out, size_t size, struct view field)
{
	size_t used = 0;

	for (size_t i = 0; i < field.size; i++) {
		char c = field.bytes[i];

		if (c == '\\' && i + 1 < field.size) {
			c = field.bytes[++i];
			c = c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
		}
		assert_true(used + 1 < size);
		out[used++] = c;
	}
	out[used] = '\0';
}

static inline void sql_cases_parse(struct view line, struct sql_case *ret)
{
	static const char *const names[] = {"generic", "postgresql", "mysql", "cassandra"};
	struct view dialect, field;

	assert_true(view_next_token(&line, '\t', &dialect));
	ret->is_cut = view_ends_with(dialect, VIEW_LITERAL("+cut"));
	dialect.size -= ret->is_cut ? 4 : 0;
	ret->dialect = SQL_GENERIC;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (view_equals(dialect, view_of_text(names[i])))
			ret->dialect = (enum sql_dialect)i;
	assert_true(view_next_token(&line, '\t', &field));
	sql_cases_unescape(ret->query, sizeof(ret->query), field);
	assert_true(view_next_token(&line, '\t', &field));
	sql_cases_unescape(ret->text, sizeof(ret->text), field);
	assert_true(view_next_token(&line, '\t', &field));
	sql_cases_unescape(ret->summary, sizeof(ret->summary), field);
}

/* Calls back for every case; returns how many there were. */
static inline size_t sql_cases_each(const char *path, void (*with)(const struct sql_case *))
{
	FILE *file = fopen(path, "re");
	size_t count = 0, size = 0;
	char *line = NULL;
	ssize_t length;

	assert_non_null(file);
	while ((length = getline(&line, &size, file)) > 0) {
		struct sql_case one;

		if (line[0] == '#')
			continue;
		sql_cases_parse(view_of(line, (size_t)length - 1), &one);
		with(&one);
		count++;
	}
	free(line);
	fclose(file);
	return count;
}

#endif
