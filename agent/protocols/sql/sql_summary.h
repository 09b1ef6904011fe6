/* The summary of a text, from its tokens: "SELECT orders customers". Fed in order; blanks and
 * comments need not be. */
#ifndef PROTOCOLS_SQL_SQL_SUMMARY_H
#define PROTOCOLS_SQL_SQL_SUMMARY_H

#include "protocols/sql/sql_token.h"

#define MAX_SQL_DEPTH     24
#define MAX_SQL_CTE_NAMES 16

/* What is known at one level of parentheses. */
struct sql_level {
	bool is_query; /* FROM means tables here */
	bool is_list;  /* after FROM: what follows a comma is a table too */
};

struct sql_summary {
	struct sql_text *text;
	unsigned int depth;
	struct sql_level levels[MAX_SQL_DEPTH];
	bool is_full;    /* a word did not fit: none after it does */
	bool is_started; /* the statement's operation is known */
	bool is_over;    /* the rest of the statement says nothing more */
	bool is_body;    /* and statements after it belong to a routine */
	bool wants_object, wants_target, wants_cte;
	bool is_cte, takes_using, is_after_union, may_begin;
	const char *skips; /* words before a target, each between blanks */
	bool is_drop;
	unsigned int object_words, cte_count, cte_depth;
	struct view cte_names[MAX_SQL_CTE_NAMES];
	enum sql_token_kind last_kind;
	struct view last;
	char path[MAX_SQL_SUMMARY_BYTES + 1]; /* the target so far */
	size_t path_size;
	bool is_in_path;
};

void sql_summary_start(struct sql_summary *summary, struct sql_text *ret);
void sql_summary_add(struct sql_summary *summary, const struct sql_token *token);
/* is_cut: the text may end within its last word. */
void sql_summary_finish(struct sql_summary *summary, bool is_cut);

#endif
