/*
 * A small table, searched one by one: connections prepare few statements and every id is compared
 * in one glance. What it takes is charged to the budget that all sessions share.
 */
#include "protocols/cassandra/cassandra_statements.h"

#include <stddef.h>
#include <stdlib.h>
#include "protocols/sql/sql_text.h"

static size_t size_of(const struct cassandra_statement *statement)
{
	return sizeof(*statement) + statement->text_size + statement->summary_size;
}

static void drop(struct cassandra_statements *statements, uint32_t index)
{
	struct cassandra_statement *statement = statements->items[index];

	statements->budget->used_bytes -= size_of(statement);
	statements->items[index] = statements->items[--statements->count];
	free(statement);
}

void cassandra_statements_done(struct cassandra_statements *statements)
{
	while (statements->count)
		drop(statements, statements->count - 1);
}

static uint32_t find_oldest(const struct cassandra_statements *statements)
{
	uint32_t oldest = 0;

	for (uint32_t i = 1; i < statements->count; i++)
		if (statements->items[i]->last_use < statements->items[oldest]->last_use)
			oldest = i;
	return oldest;
}

uint32_t cassandra_statements_request(struct cassandra_statements *statements, struct view text,
				      struct view summary)
{
	struct session_budget *budget = statements->budget;
	size_t size = sizeof(struct cassandra_statement) + text.size + summary.size;
	struct cassandra_statement *statement;

	if (text.size > UINT16_MAX || summary.size > UINT16_MAX)
		return 0;
	if (statements->count == MAX_CASSANDRA_STATEMENTS)
		drop(statements, find_oldest(statements));
	if (budget->max_bytes < budget->used_bytes || size > budget->max_bytes - budget->used_bytes)
		return 0;
	statement = calloc(1, size);
	if (!statement)
		return 0;
	budget->used_bytes += size;
	statement->text_size = (uint16_t)text.size;
	statement->summary_size = (uint16_t)summary.size;
	if (text.size)
		memcpy(statement->bytes, text.bytes, text.size);
	if (summary.size)
		memcpy(statement->bytes + text.size, summary.bytes, summary.size);
	if (++statements->last_ticket == 0)
		statements->last_ticket = 1;
	statement->ticket = statements->last_ticket;
	statement->last_use = ++statements->uses;
	statements->items[statements->count++] = statement;
	return statement->ticket;
}

static uint32_t find_id(const struct cassandra_statements *statements, struct view id)
{
	for (uint32_t i = 0; i < statements->count; i++) {
		const struct cassandra_statement *statement = statements->items[i];

		if (id.size && view_equals(view_of(statement->id, statement->id_size), id))
			return i;
	}
	return UINT32_MAX;
}

static struct view text_of(const struct cassandra_statement *statement)
{
	return view_of(statement->bytes, statement->text_size);
}

static struct view summary_of(const struct cassandra_statement *statement)
{
	return view_of(statement->bytes + statement->text_size, statement->summary_size);
}

/* The two sizes, then text and summary. */
struct shared_statement {
	uint16_t text_size, summary_size;
	char bytes[MAX_SQL_TEXT_BYTES + MAX_SQL_SUMMARY_BYTES];
};

static void share(const struct cassandra_statements *statements,
		  const struct cassandra_statement *statement)
{
	struct view both =
		view_of(statement->bytes, (size_t)statement->text_size + statement->summary_size);
	struct shared_statement shared = {statement->text_size, statement->summary_size, ""};

	if (both.size > sizeof(shared.bytes))
		return;
	memcpy(shared.bytes, both.bytes, both.size);
	shared_names_learn(&statements->names, view_of(statement->id, statement->id_size),
			   view_of(&shared, offsetof(struct shared_statement, bytes) + both.size));
}

static bool find_shared(const struct cassandra_statements *statements, struct view id,
			struct view *ret_text, struct view *ret_summary)
{
	struct view bytes = shared_names_find(&statements->names, id);
	struct shared_statement sizes;

	if (!bytes.size)
		return false;
	memcpy(&sizes, bytes.bytes, offsetof(struct shared_statement, bytes));
	bytes = view_skip(bytes, offsetof(struct shared_statement, bytes));
	*ret_text = view_take(bytes, sizes.text_size);
	*ret_summary = view_skip(bytes, sizes.text_size);
	return true;
}

void cassandra_statements_confirm(struct cassandra_statements *statements, uint32_t ticket,
				  struct view id)
{
	bool is_usable = id.size && id.size <= MAX_STATEMENT_ID_BYTES;
	uint32_t same = find_id(statements, id);

	if (ticket == 0)
		return;
	/* Prepared again: what it was before is forgotten. */
	if (same != UINT32_MAX)
		drop(statements, same);
	for (uint32_t i = 0; i < statements->count; i++) {
		struct cassandra_statement *statement = statements->items[i];

		if (statement->ticket != ticket || statement->id_size)
			continue;
		if (!is_usable) {
			drop(statements, i);
			return;
		}
		memcpy(statement->id, id.bytes, id.size);
		statement->id_size = (uint8_t)id.size;
		share(statements, statement);
		return;
	}
}

bool cassandra_statements_find(struct cassandra_statements *statements, struct view id,
			       struct view *ret_text, struct view *ret_summary)
{
	uint32_t index = find_id(statements, id);

	if (index == UINT32_MAX)
		return find_shared(statements, id, ret_text, ret_summary);
	statements->items[index]->last_use = ++statements->uses;
	*ret_text = text_of(statements->items[index]);
	*ret_summary = summary_of(statements->items[index]);
	return true;
}
