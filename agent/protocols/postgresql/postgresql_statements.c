/*
 * Names and portals are small tables of hashes; the least recently used row gives way. A text lives
 * as long as a row points to it, as a portal outlives the name that it was bound from.
 */
#include "protocols/postgresql/postgresql_statements.h"

#include <stdlib.h>

uint64_t postgresql_statements_hash(struct view name)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a */

	for (size_t i = 0; i < name.size; i++)
		hash = (hash ^ (unsigned char)name.bytes[i]) * 1099511628211u;
	return hash;
}

static void let_go(struct postgresql_statements *statements, struct postgresql_name *row)
{
	struct postgresql_statement *statement = row->statement;

	row->statement = NULL;
	if (!statement || --statement->uses)
		return;
	statements->used_bytes -= statement->size;
	statements->budget->used_bytes -= statement->size;
	free(statement);
}

static struct postgresql_name *find(struct postgresql_name *rows, size_t count, uint64_t hash)
{
	for (size_t i = 0; i < count; i++)
		if (rows[i].statement && rows[i].hash == hash)
			return &rows[i];
	return NULL;
}

/* A free row, or the one not used for longest, made free. */
static struct postgresql_name *make_room(struct postgresql_statements *statements,
					 struct postgresql_name *rows, size_t count)
{
	struct postgresql_name *oldest = rows;

	for (size_t i = 0; i < count; i++) {
		if (!rows[i].statement)
			return &rows[i];
		if (rows[i].used_at < oldest->used_at)
			oldest = &rows[i];
	}
	let_go(statements, oldest);
	return oldest;
}

static void drop_oldest_name(struct postgresql_statements *statements)
{
	struct postgresql_name *oldest = NULL;

	for (size_t i = 0; i < MAX_STATEMENTS; i++) {
		struct postgresql_name *row = &statements->names[i];

		if (row->statement && (!oldest || row->used_at < oldest->used_at))
			oldest = row;
	}
	if (oldest)
		let_go(statements, oldest);
}

static struct postgresql_statement *copy_text(struct postgresql_statements *statements,
					      const struct sql_text *text)
{
	struct session_budget *budget = statements->budget;
	struct postgresql_statement *statement;
	size_t size = sizeof(*statement) + text->text_size + text->summary_size;

	for (int i = 0; i < MAX_STATEMENTS && statements->used_bytes + size > MAX_STATEMENT_BYTES;
	     i++)
		drop_oldest_name(statements);
	if (statements->used_bytes + size > MAX_STATEMENT_BYTES ||
	    size > budget->max_bytes - budget->used_bytes)
		return NULL;
	statement = malloc(size);
	if (!statement)
		return NULL;
	*statement = (struct postgresql_statement){
		.uses = 1,
		.size = (uint32_t)size,
		.text_size = (uint16_t)text->text_size,
		.summary_size = (uint16_t)text->summary_size,
	};
	memcpy(statement->bytes, text->text, text->text_size);
	memcpy(statement->bytes + text->text_size, text->summary, text->summary_size);
	statements->used_bytes += statement->size;
	budget->used_bytes += size;
	return statement;
}

void postgresql_statements_put(struct postgresql_statements *statements, uint64_t name,
			       const struct sql_text *text)
{
	struct postgresql_statement *statement;
	struct postgresql_name *row;

	postgresql_statements_drop(statements, name);
	statement = text ? copy_text(statements, text) : NULL;
	if (!statement)
		return;
	row = make_room(statements, statements->names, MAX_STATEMENTS);
	*row = (struct postgresql_name){name, statement, ++statements->clock};
}

void postgresql_statements_bind(struct postgresql_statements *statements, uint64_t portal,
				uint64_t name)
{
	struct postgresql_name *row = find(statements->names, MAX_STATEMENTS, name), *bound;

	postgresql_statements_drop_portal(statements, portal);
	if (!row)
		return;
	row->used_at = ++statements->clock;
	row->statement->uses++;
	bound = make_room(statements, statements->portals, MAX_PORTALS);
	*bound = (struct postgresql_name){portal, row->statement, statements->clock};
}

void postgresql_statements_drop(struct postgresql_statements *statements, uint64_t name)
{
	struct postgresql_name *row = find(statements->names, MAX_STATEMENTS, name);

	if (row)
		let_go(statements, row);
}

void postgresql_statements_drop_portal(struct postgresql_statements *statements, uint64_t portal)
{
	struct postgresql_name *row = find(statements->portals, MAX_PORTALS, portal);

	if (row)
		let_go(statements, row);
}

void postgresql_statements_drop_portals(struct postgresql_statements *statements)
{
	for (size_t i = 0; i < MAX_PORTALS; i++)
		let_go(statements, &statements->portals[i]);
}

void postgresql_statements_clear(struct postgresql_statements *statements)
{
	postgresql_statements_drop_portals(statements);
	for (size_t i = 0; i < MAX_STATEMENTS; i++)
		let_go(statements, &statements->names[i]);
}

const struct postgresql_statement *postgresql_statements_named(
	struct postgresql_statements *statements, uint64_t name)
{
	struct postgresql_name *row = find(statements->names, MAX_STATEMENTS, name);

	return row ? row->statement : NULL;
}

const struct postgresql_statement *postgresql_statements_of(
	struct postgresql_statements *statements, uint64_t portal)
{
	struct postgresql_name *row = find(statements->portals, MAX_PORTALS, portal);

	return row ? row->statement : NULL;
}
