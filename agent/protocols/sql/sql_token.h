/*
 * Cuts SQL into tokens, for sql_text.c: what is a literal, a comment, a name. Every byte belongs to
 * exactly one token, and each takes at least one.
 */
#ifndef PROTOCOLS_SQL_SQL_TOKEN_H
#define PROTOCOLS_SQL_SQL_TOKEN_H

#include <stdbool.h>
#include "base/view.h"
#include "protocols/sql/sql_text.h"

enum sql_token_kind {
	SQL_TOKEN_END,
	SQL_TOKEN_BLANK,
	SQL_TOKEN_COMMENT,
	SQL_TOKEN_WORD,        /* a keyword or a name */
	SQL_TOKEN_QUOTED,      /* a name in quotes */
	SQL_TOKEN_LITERAL,     /* also what may be one */
	SQL_TOKEN_PLACEHOLDER, /* ? ?1 $1 */
	SQL_TOKEN_MARK,        /* any other single byte */
};

struct sql_token {
	enum sql_token_kind kind;
	struct view text;
};

struct sql_lexer {
	enum sql_dialect dialect;
	bool is_cut;
	struct view text;
	size_t at;
	enum sql_token_kind last_kind; /* of the token that ends at `at` */
	char last_byte;
	bool is_escaped;    /* an E'..' may be continued on the next line */
	bool is_executable; /* inside MySQL's comment that is code */
};

void sql_token_start(struct sql_lexer *lexer, enum sql_dialect dialect, struct view text,
		     bool is_cut);
/* False at the end: the kind is SQL_TOKEN_END then. */
bool sql_token_next(struct sql_lexer *lexer, struct sql_token *ret);

#endif
