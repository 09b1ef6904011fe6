/*
 * SQL as it may leave the process: every literal replaced by ?, comments gone, and the summary the
 * semantic conventions make span names of ("SELECT orders customers"). A tokenizer, no grammar:
 * total, one pass, whatever the text. A literal that cannot be told from something else is treated
 * as one.
 */
#ifndef PROTOCOLS_SQL_SQL_TEXT_H
#define PROTOCOLS_SQL_SQL_TEXT_H

#include <stdbool.h>
#include "base/view.h"

/* What the dialects differ in: quotes, comments, escapes. */
enum sql_dialect { SQL_GENERIC, SQL_POSTGRESQL, SQL_MYSQL, SQL_CASSANDRA };

#define MAX_SQL_TEXT_BYTES      2048
#define MAX_SQL_SUMMARY_BYTES   255
#define MAX_SQL_OPERATION_BYTES 32

struct sql_text {
	char text[MAX_SQL_TEXT_BYTES]; /* db.query.text; cut between characters to fit */
	size_t text_size;
	char summary[MAX_SQL_SUMMARY_BYTES]; /* db.query.summary; empty where there is none */
	size_t summary_size;
	char operation[MAX_SQL_OPERATION_BYTES]; /* "SELECT": the first word of the summary */
	size_t operation_size;
};

/* is_cut: the query went on behind these bytes. An open quote or comment at the end swallows the
 * rest. */
void sql_text_sanitise(enum sql_dialect dialect, struct view query, bool is_cut,
		       struct sql_text *ret);

#endif
