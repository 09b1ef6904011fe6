/*
 * Sanitised text: the tokens put together again without comments, a ? for every literal, and one ?
 * for an IN list that is all literals. The rules and the order of work are those of the semantic
 * conventions ("Sanitization of db.query.text").
 */
#include "protocols/sql/sql_text.h"

#include "protocols/sql/sql_summary.h"
#include "protocols/sql/sql_token.h"

struct writer {
	struct sql_text *text;
	bool is_full;
	bool owes_blank; /* a comment stood between what is written and what comes */
};

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void put(struct writer *writer, struct view piece)
{
	struct sql_text *text = writer->text;
	size_t room = sizeof(text->text) - text->text_size;

	if (writer->is_full)
		return;
	if (piece.size > room) {
		writer->is_full = true;
		while (room && (piece.bytes[room] & 0xc0) == 0x80)
			room--;
		piece = view_take(piece, room);
	}
	memcpy(text->text + text->text_size, piece.bytes, piece.size);
	text->text_size += piece.size;
}

/* Where a comment alone kept two words apart, a blank does. */
static void settle_blank(struct writer *writer, const struct sql_token *token)
{
	const struct sql_text *text = writer->text;

	if (writer->owes_blank && token->kind != SQL_TOKEN_BLANK && text->text_size &&
	    !is_blank(text->text[text->text_size - 1]))
		put(writer, VIEW_LITERAL(" "));
	writer->owes_blank = false;
}

static void put_token(struct writer *writer, const struct sql_token *token)
{
	if (token->kind == SQL_TOKEN_COMMENT) {
		writer->owes_blank = true;
		return;
	}
	if (token->kind == SQL_TOKEN_BLANK && !writer->text->text_size)
		return;
	settle_blank(writer, token);
	if (token->kind == SQL_TOKEN_LITERAL)
		put(writer, VIEW_LITERAL("?"));
	else if (token->kind == SQL_TOKEN_PLACEHOLDER && token->text.bytes[0] == '?')
		put(writer, VIEW_LITERAL("?"));
	else
		put(writer, token->text);
}

/* Does a list of nothing but literals follow the parenthesis? Then the lexer stands behind it. */
static bool skip_literals(struct sql_lexer *lexer)
{
	struct sql_lexer ahead = *lexer;
	struct sql_token token;
	bool has_literal = false;

	while (sql_token_next(&ahead, &token)) {
		char mark = token.text.bytes[0];

		if (token.kind == SQL_TOKEN_LITERAL) {
			has_literal = true;
		} else if (token.kind == SQL_TOKEN_MARK && mark == ')') {
			if (has_literal)
				*lexer = ahead;
			return has_literal;
		} else if (!(token.kind == SQL_TOKEN_MARK && mark == ',') &&
			   !(token.kind == SQL_TOKEN_PLACEHOLDER && mark == '?') &&
			   token.kind != SQL_TOKEN_BLANK && token.kind != SQL_TOKEN_COMMENT) {
			return false;
		}
	}
	return false;
}

void sql_text_sanitise(enum sql_dialect dialect, struct view query, bool is_cut,
		       struct sql_text *ret)
{
	struct writer writer = {.text = ret};
	struct sql_summary summary;
	struct sql_lexer lexer;
	struct sql_token token;
	bool is_after_in = false;

	ret->text_size = 0;
	sql_summary_start(&summary, ret);
	sql_token_start(&lexer, dialect, query, is_cut);
	while (sql_token_next(&lexer, &token)) {
		/* What the cut went through is not the name it looks like. */
		if (!is_cut || lexer.at < query.size || token.kind == SQL_TOKEN_BLANK)
			sql_summary_add(&summary, &token);
		put_token(&writer, &token);
		if (is_after_in && token.kind == SQL_TOKEN_MARK && token.text.bytes[0] == '(' &&
		    skip_literals(&lexer)) {
			put(&writer, VIEW_LITERAL("?)"));
			sql_summary_add(&summary, &(struct sql_token){.kind = SQL_TOKEN_MARK,
								      .text = VIEW_LITERAL(")")});
		}
		if (token.kind != SQL_TOKEN_BLANK && token.kind != SQL_TOKEN_COMMENT)
			is_after_in = token.kind == SQL_TOKEN_WORD &&
				      view_equals_ignoring_case(token.text, VIEW_LITERAL("in"));
	}
	sql_summary_finish(&summary, is_cut);
	while (ret->text_size && is_blank(ret->text[ret->text_size - 1]))
		ret->text_size--;
}
