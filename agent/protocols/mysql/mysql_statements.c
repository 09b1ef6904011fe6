/*
 * A short list, searched from its end: a connection has few statements, and the one prepared last
 * is the one executed most often. Every byte is charged to the budget of all sessions.
 */
#include "protocols/mysql/mysql_statements.h"

#include <assert.h>
#include <stdlib.h>

#define LIST_BYTES (MAX_MYSQL_STATEMENTS * sizeof(struct mysql_statement *))

static void *charge(struct session_budget *budget, size_t size)
{
	void *memory;

	if (!budget || size > budget->max_bytes || budget->used_bytes > budget->max_bytes - size)
		return NULL;
	memory = calloc(1, size);
	if (memory)
		budget->used_bytes += size;
	return memory;
}

static size_t size_of(const struct mysql_statement *statement)
{
	return sizeof(*statement) + statement->text_size + statement->summary_size;
}

static void drop_at(struct mysql_statements *statements, size_t at)
{
	struct mysql_statement *statement = statements->items[at];

	statements->budget->used_bytes -= size_of(statement);
	free(statement);
	statements->count--;
	memmove(&statements->items[at], &statements->items[at + 1],
		(statements->count - at) * sizeof(struct mysql_statement *));
}

void mysql_statements_init(struct mysql_statements *statements, struct session_budget *budget)
{
	*statements = (struct mysql_statements){.budget = budget};
}

void mysql_statements_done(struct mysql_statements *statements)
{
	mysql_statements_drop_all(statements);
	if (!statements->items)
		return;
	statements->budget->used_bytes -= LIST_BYTES;
	free(statements->items);
	statements->items = NULL;
}

void mysql_statements_drop_all(struct mysql_statements *statements)
{
	while (statements->count)
		drop_at(statements, statements->count - 1u);
	statements->last_requested = 0;
}

static void drop_oldest(struct mysql_statements *statements)
{
	size_t oldest = 0;

	for (size_t i = 1; i < statements->count; i++) {
		if (statements->items[i]->last_use < statements->items[oldest]->last_use)
			oldest = i;
	}
	drop_at(statements, oldest);
}

/* Index, or -1. */
static ssize_t find_ticket(const struct mysql_statements *statements, uint16_t ticket)
{
	for (ssize_t i = statements->count - 1; i >= 0; i--) {
		if (statements->items[i]->ticket == ticket)
			return i;
	}
	return -1;
}

static ssize_t find_id(const struct mysql_statements *statements, uint32_t id)
{
	if (id == MYSQL_LAST_STATEMENT)
		return statements->last_requested
			       ? find_ticket(statements, statements->last_requested)
			       : -1;
	for (ssize_t i = statements->count - 1; i >= 0; i--) {
		if (statements->items[i]->is_confirmed && statements->items[i]->id == id)
			return i;
	}
	return -1;
}

/* After 65535 they begin anew: whoever still has the number is not the one meant. */
static uint16_t next_ticket(struct mysql_statements *statements)
{
	ssize_t at;

	if (++statements->last_ticket == 0)
		statements->last_ticket = 1;
	at = find_ticket(statements, statements->last_ticket);
	if (at >= 0)
		drop_at(statements, (size_t)at);
	return statements->last_ticket;
}

uint16_t mysql_statements_request(struct mysql_statements *statements, struct view text,
				  struct view summary)
{
	struct mysql_statement *statement;

	assert(text.size <= UINT16_MAX && summary.size <= UINT16_MAX);
	statements->last_requested = 0;
	if (!statements->items)
		statements->items = charge(statements->budget, LIST_BYTES);
	if (!statements->items)
		return 0;
	if (statements->count == MAX_MYSQL_STATEMENTS)
		drop_oldest(statements);
	statement = charge(statements->budget, sizeof(*statement) + text.size + summary.size);
	if (!statement)
		return 0;
	statement->ticket = next_ticket(statements);
	statement->last_use = ++statements->uses;
	statement->text_size = (uint16_t)text.size;
	statement->summary_size = (uint16_t)summary.size;
	if (text.size)
		memcpy(statement->bytes, text.bytes, text.size);
	if (summary.size)
		memcpy(statement->bytes + text.size, summary.bytes, summary.size);
	statements->items[statements->count++] = statement;
	statements->last_requested = statement->ticket;
	return statement->ticket;
}

void mysql_statements_confirm(struct mysql_statements *statements, uint16_t ticket, uint32_t id)
{
	ssize_t at = find_id(statements, id);

	if (at >= 0 && statements->items[at]->is_confirmed)
		drop_at(statements, (size_t)at);
	at = ticket ? find_ticket(statements, ticket) : -1;
	if (at < 0)
		return;
	statements->items[at]->id = id;
	statements->items[at]->is_confirmed = true;
}

void mysql_statements_refuse(struct mysql_statements *statements, uint16_t ticket)
{
	ssize_t at = ticket ? find_ticket(statements, ticket) : -1;

	if (at >= 0)
		drop_at(statements, (size_t)at);
}

const struct mysql_statement *mysql_statements_find(struct mysql_statements *statements,
						    uint32_t id)
{
	ssize_t at = find_id(statements, id);

	if (at < 0)
		return NULL;
	statements->items[at]->last_use = ++statements->uses;
	return statements->items[at];
}

void mysql_statements_drop(struct mysql_statements *statements, uint32_t id)
{
	ssize_t at = find_id(statements, id);

	if (at >= 0)
		drop_at(statements, (size_t)at);
}
