/*
 * The summary, by the rules of the semantic conventions ("Generating query summary"): operations
 * and their targets in order of appearance, case unchanged, no target that does not fit. No
 * grammar: a few states per level of parentheses, and words that end them. Names of common table
 * expressions are no targets, nor is what DDL says behind the object's name.
 */
#include "protocols/sql/sql_summary.h"

#include "protocols/sql/sql_words.h"

void sql_summary_start(struct sql_summary *summary, struct sql_text *ret)
{
	*summary = (struct sql_summary){.text = ret};
	ret->summary_size = ret->operation_size = 0;
}

static bool is_word(struct view word, const char *list)
{
	return sql_words_has(list, word);
}

static bool follows(const struct sql_summary *summary, char mark)
{
	return summary->last_kind == SQL_TOKEN_MARK && summary->last.bytes[0] == mark;
}

static void put(struct sql_summary *summary, struct view word)
{
	struct sql_text *text = summary->text;
	size_t size = text->summary_size;

	if (!word.size)
		return;
	if (size + !!size + word.size > sizeof(text->summary))
		summary->is_full = true;
	if (summary->is_full)
		return;
	if (size)
		text->summary[size++] = ' ';
	else
		text->operation_size = word.size;
	memcpy(text->summary + size, word.bytes, word.size);
	text->summary_size = size + word.size;
	if (size == 0 && word.size <= sizeof(text->operation))
		memcpy(text->operation, word.bytes, word.size);
	else if (size == 0)
		text->operation_size = 0;
}

static struct sql_level *level_of(struct sql_summary *summary)
{
	return &summary->levels[summary->depth < MAX_SQL_DEPTH ? summary->depth
							       : MAX_SQL_DEPTH - 1];
}

static void begin_statement(struct sql_summary *summary)
{
	summary->depth = 0;
	summary->levels[0] = (struct sql_level){0};
	summary->is_started = summary->is_over = summary->wants_target = false;
	summary->wants_object = summary->wants_cte = summary->is_cte = false;
	summary->takes_using = summary->is_after_union = summary->may_begin = false;
	summary->cte_count = 0;
}

static void want_target(struct sql_summary *summary, const char *skips, bool is_list)
{
	summary->wants_target = true;
	summary->skips = skips;
	level_of(summary)->is_list = is_list;
}

/* Quotes are left away where the name can be told without them. */
static struct view bare_name(struct view name)
{
	struct view inner = view_of(name.bytes + 1, name.size - 2);

	if (name.size < 3 || (name.bytes[0] != '"' && name.bytes[0] != '`'))
		return name;
	for (size_t i = 0; i < inner.size; i++) {
		char c = inner.bytes[i];

		if (!(c == '_' || c == '$' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		      (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80))
			return name;
	}
	return inner;
}

static void add_to_path(struct sql_summary *summary, struct view piece)
{
	if (piece.size > sizeof(summary->path) - summary->path_size) {
		summary->path_size = sizeof(summary->path); /* too long for any summary */
		return;
	}
	memcpy(summary->path + summary->path_size, piece.bytes, piece.size);
	summary->path_size += piece.size;
}

static bool is_cte_name(const struct sql_summary *summary, struct view name)
{
	for (unsigned int i = 0; i < summary->cte_count; i++)
		if (view_equals_ignoring_case(summary->cte_names[i], name))
			return true;
	return false;
}

static void end_path(struct sql_summary *summary)
{
	struct view path = view_of(summary->path, summary->path_size);

	if (!summary->is_in_path)
		return;
	summary->is_in_path = false;
	if (!is_cte_name(summary, path))
		put(summary, path);
}

/* A name where a target is wanted. */
static void take_target(struct sql_summary *summary, const struct sql_token *token)
{
	if (token->kind == SQL_TOKEN_WORD && is_word(token->text, summary->skips))
		return;
	summary->wants_target = false;
	if (token->kind == SQL_TOKEN_WORD && is_word(token->text, sql_words_not_names))
		return;
	summary->is_in_path = true;
	summary->path_size = 0;
	add_to_path(summary, bare_name(token->text));
}

#define TABLE_SKIPS  " ONLY LATERAL "
#define OBJECT_SKIPS " IF NOT EXISTS CONCURRENTLY ONLY "

/* What stands behind the operation that begins a statement. */
static void expect_after(struct sql_summary *summary, struct view word)
{
	level_of(summary)->is_query = is_word(word, " SELECT DELETE UPDATE ");
	summary->takes_using = is_word(word, " DELETE MERGE ");
	if (is_word(word, " CREATE ALTER DROP ")) {
		summary->wants_object = true;
		summary->is_drop = is_word(word, " DROP ");
		summary->object_words = 0;
	} else if (is_word(word, " UPDATE ")) {
		want_target(summary, " ONLY LOW_PRIORITY IGNORE ", true);
	} else if (is_word(word, " INSERT REPLACE MERGE ")) {
		want_target(summary,
			    " INTO IGNORE LOW_PRIORITY DELAYED HIGH_PRIORITY OVERWRITE OR REPLACE "
			    "ROLLBACK ABORT FAIL ",
			    false);
	} else if (is_word(word, " TRUNCATE LOCK ")) {
		want_target(summary, " TABLE TABLES ONLY ", true);
	} else if (is_word(word, " GRANT REVOKE ")) {
		summary->is_over = true; /* names operations and users */
	} else if (is_word(word, " COPY TABLE CALL EXEC EXECUTE ")) {
		want_target(summary, " BINARY ", false);
	}
}

static void begin_cte(struct sql_summary *summary)
{
	summary->is_cte = summary->wants_cte = true;
	summary->cte_depth = summary->depth;
}

static void take_operation(struct sql_summary *summary, struct view word)
{
	summary->is_started = true;
	if (is_word(word, " WITH ")) {
		begin_cte(summary);
		return;
	}
	put(summary, word);
	expect_after(summary, word);
}

static void take_object(struct sql_summary *summary, struct view word)
{
	if (is_word(word, sql_words_objects)) {
		put(summary, word);
		summary->wants_object = false;
		summary->is_body =
			is_word(word, sql_words_routines) &&
			!view_equals_ignoring_case(view_take(view_of(summary->text->operation,
								     summary->text->operation_size),
							     4),
						   VIEW_LITERAL("DROP"));
		want_target(summary, OBJECT_SKIPS, false);
		summary->is_over = true;
	} else if (++summary->object_words > 6) {
		summary->is_over = true;
	}
}

/* INSERT, UPDATE, DELETE and MERGE are also clauses (ON CONFLICT DO UPDATE): they are operations
 * only where a query may begin. */
static bool begins_query(const struct sql_summary *summary, struct view word)
{
	if (is_word(word, " SELECT "))
		return true;
	if (!is_word(word, " INSERT UPDATE DELETE MERGE "))
		return false;
	if (summary->last_kind == SQL_TOKEN_MARK)
		return follows(summary, ')') || (follows(summary, '(') && summary->may_begin);
	return summary->last_kind == SQL_TOKEN_WORD &&
	       is_word(summary->last,
		       " EXPLAIN ANALYZE VERBOSE AS BATCH UNLOGGED COUNTER DESCRIBE DESC FORMAT ");
}

static void take_query(struct sql_summary *summary, struct view word)
{
	bool is_select = is_word(word, " SELECT ");

	summary->wants_target = false;
	if (!summary->is_after_union || !is_select)
		put(summary, word);
	summary->is_after_union = false;
	if (summary->depth == summary->cte_depth)
		summary->is_cte = false;
	level_of(summary)->is_list = false;
	if (is_select)
		level_of(summary)->is_query = true;
	else
		expect_after(summary, word);
}

static bool is_from(const struct sql_summary *summary, struct view word)
{
	return is_word(word, " FROM ") &&
	       !(summary->last_kind == SQL_TOKEN_WORD && is_word(summary->last, " DISTINCT "));
}

static void take_word(struct sql_summary *summary, const struct sql_token *token)
{
	struct view word = token->text;
	struct sql_level *level = level_of(summary);

	/* orders.from :from @from */
	if (follows(summary, '.') || follows(summary, ':') || follows(summary, '@'))
		return;
	if (summary->wants_object) {
		take_object(summary, word);
	} else if (follows(summary, '(') && is_word(word, " WITH ")) {
		summary->wants_target = false;
		begin_cte(summary);
	} else if (begins_query(summary, word)) {
		take_query(summary, word);
	} else if (summary->wants_target) {
		take_target(summary, token);
	} else if (level->is_query && is_from(summary, word)) {
		want_target(summary, TABLE_SKIPS, true);
	} else if (level->is_list && is_word(word, " JOIN STRAIGHT_JOIN ")) {
		want_target(summary, TABLE_SKIPS, true);
	} else if (level->is_query && is_word(word, " INTO ")) {
		want_target(summary, " TEMP TEMPORARY UNLOGGED TABLE ", false);
	} else if (summary->takes_using && is_word(word, " USING ")) {
		level->is_query = true;
		want_target(summary, TABLE_SKIPS, true);
		summary->takes_using = false;
	} else if (is_word(word, " UNION INTERSECT EXCEPT MINUS ")) {
		summary->is_after_union = true;
		level->is_list = false;
	} else if (is_word(word, sql_words_list_ends)) {
		level->is_list = false;
	}
}

static void open_level(struct sql_summary *summary)
{
	struct sql_level inner = {0};

	/* FROM (a JOIN b ...): the same list, one level deeper. */
	if (summary->wants_target && level_of(summary)->is_list)
		inner = (struct sql_level){.is_query = false, .is_list = true};
	else
		summary->wants_target = false;
	summary->may_begin = summary->last_kind == SQL_TOKEN_WORD &&
			     is_word(summary->last, " AS MATERIALIZED COPY ");
	summary->depth++;
	*level_of(summary) = inner;
}

static void take_mark(struct sql_summary *summary, char mark)
{
	struct sql_level *level = level_of(summary);

	if (mark == '(') {
		open_level(summary);
	} else if (mark == ')') {
		summary->wants_target = false;
		summary->depth -= summary->depth > 0;
	} else if (mark == ',' && level->is_list) {
		want_target(summary, TABLE_SKIPS, true);
	} else if (mark == ',' && summary->is_cte && summary->depth == summary->cte_depth) {
		summary->wants_cte = true;
	} else {
		summary->wants_target = false;
	}
}

static void take_cte_name(struct sql_summary *summary, const struct sql_token *token)
{
	if (is_word(token->text, " RECURSIVE "))
		return;
	summary->wants_cte = false;
	if (summary->cte_count < MAX_SQL_CTE_NAMES)
		summary->cte_names[summary->cte_count++] = bare_name(token->text);
}

static void take_token(struct sql_summary *summary, const struct sql_token *token)
{
	bool is_name = token->kind == SQL_TOKEN_WORD || token->kind == SQL_TOKEN_QUOTED;

	if (!summary->is_started) {
		if (token->kind == SQL_TOKEN_WORD && is_word(token->text, sql_words_operations))
			take_operation(summary, token->text);
		else if (token->kind != SQL_TOKEN_MARK)
			summary->is_started = summary->is_over = true;
	} else if (summary->wants_cte && is_name) {
		take_cte_name(summary, token);
	} else if (summary->is_over && !summary->wants_target) {
		return;
	} else if (token->kind == SQL_TOKEN_WORD) {
		take_word(summary, token);
	} else if (token->kind == SQL_TOKEN_QUOTED && summary->wants_target) {
		take_target(summary, token);
	} else if (token->kind == SQL_TOKEN_MARK) {
		take_mark(summary, token->text.bytes[0]);
	} else {
		summary->wants_target = false;
	}
}

/* orders, public.orders, "public"."orders": true while the token belongs to the name. */
static bool continues_path(struct sql_summary *summary, const struct sql_token *token)
{
	bool is_point = token->kind == SQL_TOKEN_MARK && token->text.bytes[0] == '.';
	bool is_after_point = follows(summary, '.');

	if (!summary->is_in_path)
		return false;
	if (is_point || (is_after_point &&
			 (token->kind == SQL_TOKEN_WORD || token->kind == SQL_TOKEN_QUOTED))) {
		add_to_path(summary, is_point ? token->text : bare_name(token->text));
		return true;
	}
	end_path(summary);
	return false;
}

void sql_summary_add(struct sql_summary *summary, const struct sql_token *token)
{
	bool is_end = token->kind == SQL_TOKEN_MARK && token->text.bytes[0] == ';';

	if (token->kind == SQL_TOKEN_BLANK || token->kind == SQL_TOKEN_COMMENT) {
		if (!follows(summary, '.'))
			end_path(summary);
		return;
	}
	if (!continues_path(summary, token)) {
		if (is_end && !summary->is_body)
			begin_statement(summary);
		else
			take_token(summary, token);
	}
	summary->last_kind = token->kind;
	summary->last = token->text;
}

void sql_summary_finish(struct sql_summary *summary, bool is_cut)
{
	if (is_cut)
		summary->is_in_path = false;
	end_path(summary);
}
