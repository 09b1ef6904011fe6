/*
 * Cuts SQL into tokens by dialect. What a byte begins is decided here, where it ends in
 * sql_literal.c. Where two readings are possible and one of them could show a literal, the rest of
 * the text is one: quotes behind a backslash in an unknown dialect, strings that end a MySQL
 * comment which may or may not be code.
 */
#include "protocols/sql/sql_token.h"

#include "protocols/sql/sql_literal.h"

void sql_token_start(struct sql_lexer *lexer, enum sql_dialect dialect, struct view text,
		     bool is_cut)
{
	*lexer = (struct sql_lexer){.dialect = dialect, .text = text, .is_cut = is_cut};
}

static char byte_at(const struct sql_lexer *lexer, size_t at)
{
	return at < lexer->text.size ? lexer->text.bytes[at] : '\0';
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool continues_word(const struct sql_lexer *lexer, char c)
{
	return sql_literal_starts_name(c) || sql_literal_is_digit(c) ||
	       (c == '$' && lexer->dialect != SQL_CASSANDRA);
}

static bool starts_word(const struct sql_lexer *lexer, char c)
{
	return sql_literal_starts_name(c) || (c == '$' && lexer->dialect == SQL_MYSQL);
}

static size_t skip_blanks(const struct sql_lexer *lexer)
{
	size_t at = lexer->at;

	while (is_blank(byte_at(lexer, at)))
		at++;
	return at;
}

static enum sql_escapes escapes_of(const struct sql_lexer *lexer)
{
	switch (lexer->dialect) {
	case SQL_MYSQL:
		return SQL_ESCAPES_BACKSLASH;
	case SQL_POSTGRESQL:
	case SQL_CASSANDRA:
		return SQL_ESCAPES_NONE;
	default:
		return SQL_ESCAPES_UNKNOWN;
	}
}

/* MySQL's comments that are code: `/` `*!40101 SET ... *` `/`. Only their ends are comments. */
static size_t executable_comment_mark(struct sql_lexer *lexer)
{
	size_t at = lexer->at + 2;

	at += byte_at(lexer, at) == 'M' && byte_at(lexer, at + 1) == '!';
	if (byte_at(lexer, at) != '!')
		return 0;
	at++;
	while (sql_literal_is_digit(byte_at(lexer, at)))
		at++;
	lexer->is_executable = true;
	return at;
}

static size_t block_comment_end(struct sql_lexer *lexer)
{
	size_t end = lexer->dialect == SQL_MYSQL ? executable_comment_mark(lexer) : 0;

	if (end)
		return end;
	return sql_literal_block_comment(lexer->text, lexer->at,
					 lexer->dialect == SQL_POSTGRESQL ? SQL_NESTING_COUNTED
					 : lexer->dialect == SQL_GENERIC  ? SQL_NESTING_UNKNOWN
									  : SQL_NESTING_NONE);
}

/* 0: no comment begins here. */
static size_t comment_end(struct sql_lexer *lexer)
{
	char c = byte_at(lexer, lexer->at), next = byte_at(lexer, lexer->at + 1);
	bool is_mysql = lexer->dialect == SQL_MYSQL;
	bool is_line = false;

	if (c == '/' && next == '*')
		return block_comment_end(lexer);
	if (c == '*' && next == '/' && lexer->is_executable) {
		lexer->is_executable = false;
		return lexer->at + 2;
	}
	if (c == '-' && next == '-') {
		char third = byte_at(lexer, lexer->at + 2);

		is_line = !is_mysql || third <= ' ';
	}
	is_line |= c == '#' && is_mysql;
	is_line |= c == '/' && next == '/' && lexer->dialect == SQL_CASSANDRA;
	return is_line ? sql_literal_line_comment(lexer->text, lexer->at, !is_mysql) : 0;
}

static enum sql_token_kind cut_quoted(struct sql_lexer *lexer, size_t quote, size_t *ret_end)
{
	char c = byte_at(lexer, quote);
	bool is_name =
		c == '`' ||
		(c == '"' && (lexer->dialect == SQL_POSTGRESQL || lexer->dialect == SQL_CASSANDRA));
	enum sql_escapes escapes = is_name ? SQL_ESCAPES_NONE : escapes_of(lexer);
	bool is_open, has_e = quote > lexer->at && (byte_at(lexer, lexer->at) | 0x20) == 'e';

	if (!is_name && (has_e || lexer->is_escaped) && lexer->dialect != SQL_CASSANDRA) {
		escapes = SQL_ESCAPES_BACKSLASH;
		lexer->is_escaped = true;
	}
	*ret_end = sql_literal_quoted(lexer->text, quote, escapes, &is_open);
	return is_name && !is_open ? SQL_TOKEN_QUOTED : SQL_TOKEN_LITERAL;
}

/* E'..' B'..' X'..' N'..' U&'..' U&"..": where the quote is; 0: no such thing. */
static size_t prefixed_quote(const struct sql_lexer *lexer)
{
	char c = byte_at(lexer, lexer->at) | 0x20, next = byte_at(lexer, lexer->at + 1);
	char third = byte_at(lexer, lexer->at + 2);

	if (lexer->dialect == SQL_CASSANDRA)
		return 0;
	if (next == '\'' && (c == 'e' || c == 'b' || c == 'x' || c == 'n'))
		return lexer->at + 1;
	if (c == 'u' && next == '&' && lexer->dialect != SQL_MYSQL &&
	    (third == '\'' || third == '"'))
		return lexer->at + 2;
	return 0;
}

/* CQL writes durations without quotes: P1Y2M, PT5H, P0001-03-09T01:00:00. */
static bool is_duration(const struct sql_lexer *lexer, struct view word, size_t end)
{
	char last = word.bytes[word.size - 1] | 0x20;
	size_t digit = 1;

	if (lexer->dialect != SQL_CASSANDRA || (word.bytes[0] | 0x20) != 'p' || word.size < 2)
		return false;
	digit += (word.bytes[1] | 0x20) == 't';
	if (digit >= word.size || !sql_literal_is_digit(word.bytes[digit]))
		return false;
	return strchr("ymwdhs", last) || byte_at(lexer, end) == '-' || end == lexer->text.size;
}

static enum sql_token_kind cut_word(struct sql_lexer *lexer, size_t *ret_end)
{
	size_t end = lexer->at, quote = prefixed_quote(lexer);
	struct view word;

	if (quote)
		return cut_quoted(lexer, quote, ret_end);
	while (end < lexer->text.size && continues_word(lexer, lexer->text.bytes[end]))
		end++;
	*ret_end = end;
	word = view_of(lexer->text.bytes + lexer->at, end - lexer->at);
	return is_duration(lexer, word, end) ? SQL_TOKEN_LITERAL : SQL_TOKEN_WORD;
}

/* A sign belongs to a number unless something that can be added to stands right before it. */
static bool is_operator_here(const struct sql_lexer *lexer)
{
	return lexer->last_kind == SQL_TOKEN_WORD || lexer->last_kind == SQL_TOKEN_QUOTED ||
	       lexer->last_kind == SQL_TOKEN_PLACEHOLDER ||
	       (lexer->last_kind == SQL_TOKEN_MARK &&
		(lexer->last_byte == ')' || lexer->last_byte == ']'));
}

static enum sql_token_kind cut_mark(struct sql_lexer *lexer, size_t *ret_end)
{
	char c = byte_at(lexer, lexer->at);
	size_t end = 0;

	*ret_end = lexer->at + 1;
	if (c == '?' || (c == '$' && sql_literal_is_digit(byte_at(lexer, lexer->at + 1)))) {
		while (sql_literal_is_digit(byte_at(lexer, *ret_end)))
			++*ret_end;
		return SQL_TOKEN_PLACEHOLDER;
	}
	if (c == '$' && lexer->dialect != SQL_MYSQL)
		end = sql_literal_dollar(lexer->text, lexer->at, lexer->is_cut);
	else if (sql_literal_is_digit(c) || !is_operator_here(lexer))
		end = sql_literal_number(lexer->text, lexer->at);
	if (!end)
		return SQL_TOKEN_MARK;
	*ret_end = end;
	return SQL_TOKEN_LITERAL;
}

static enum sql_token_kind cut_token(struct sql_lexer *lexer, size_t *ret_end)
{
	char c = byte_at(lexer, lexer->at);

	if (is_blank(c)) {
		*ret_end = skip_blanks(lexer);
		return SQL_TOKEN_BLANK;
	}
	*ret_end = comment_end(lexer);
	if (*ret_end)
		return SQL_TOKEN_COMMENT;
	if (c == '\'' || c == '"' || (c == '`' && lexer->dialect != SQL_POSTGRESQL))
		return cut_quoted(lexer, lexer->at, ret_end);
	if (lexer->dialect == SQL_CASSANDRA || lexer->dialect == SQL_GENERIC) {
		*ret_end = sql_literal_uuid(lexer->text, lexer->at,
					    lexer->is_cut && lexer->dialect == SQL_CASSANDRA);
		if (*ret_end)
			return SQL_TOKEN_LITERAL;
	}
	lexer->is_escaped = false;
	if (starts_word(lexer, c))
		return cut_word(lexer, ret_end);
	return cut_mark(lexer, ret_end);
}

/* Whoever takes MySQL's executable comment for a plain one sees its end in this token. */
static bool is_doubtful(const struct sql_token *token)
{
	if (token->kind == SQL_TOKEN_COMMENT && view_starts_with(token->text, VIEW_LITERAL("/*")))
		return true;
	return view_find(token->text, VIEW_LITERAL("*/")) >= 0;
}

bool sql_token_next(struct sql_lexer *lexer, struct sql_token *ret)
{
	bool was_executable = lexer->is_executable;
	size_t end;

	*ret = (struct sql_token){.kind = SQL_TOKEN_END};
	if (lexer->at >= lexer->text.size)
		return false;
	ret->kind = cut_token(lexer, &end);
	ret->text = view_of(lexer->text.bytes + lexer->at, end - lexer->at);
	if (was_executable && lexer->is_executable && is_doubtful(ret)) {
		ret->kind = SQL_TOKEN_LITERAL;
		end = lexer->text.size;
		ret->text = view_skip(lexer->text, lexer->at);
	}
	lexer->at = end;
	lexer->last_kind = ret->kind;
	lexer->last_byte = lexer->text.bytes[end - 1];
	return true;
}
