/*
 * Responses of the CQL binary protocol (section 4.2 of its specification): the code of an error
 * (its message may quote values), how many rows came, the keyspace that is used from now on, the id
 * of a prepared statement. The number of rows stands behind the descriptions of the columns, which
 * are walked over; rows themselves are not looked at.
 */
#include "protocols/cassandra/cassandra_result.h"

#include "protocols/cassandra/cassandra_body.h"

enum result_kind {
	RESULT_VOID = 1,
	RESULT_ROWS = 2,
	RESULT_SET_KEYSPACE = 3,
	RESULT_PREPARED = 4,
	RESULT_SCHEMA_CHANGE = 5,
};

/* Flags of the metadata of rows. */
#define HAS_GLOBAL_TABLE 0x1u
#define HAS_MORE_PAGES   0x2u
#define HAS_NO_METADATA  0x4u
#define HAS_NEW_METADATA 0x8u

/* Types that hold types. */
#define TYPE_CUSTOM 0x00
#define TYPE_LIST   0x20
#define TYPE_MAP    0x21
#define TYPE_SET    0x22
#define TYPE_UDT    0x30
#define TYPE_TUPLE  0x31

#define MAX_TYPE_DEPTH 8 /* a type that is nested deeper makes the rows uncounted */

/* One type, depth first: fields_left says how many more each open type holds, and whether they are
 * named. */
struct type_walk {
	int depth;
	uint32_t left[MAX_TYPE_DEPTH];
	bool is_named[MAX_TYPE_DEPTH];
};

static bool push(struct type_walk *walk, uint32_t count, bool is_named)
{
	if (count == 0)
		return true;
	if (walk->depth == MAX_TYPE_DEPTH)
		return false;
	walk->left[walk->depth] = count;
	walk->is_named[walk->depth++] = is_named;
	return true;
}

/* The type that stands here, without those it holds. */
static bool open_type(struct cassandra_body *body, struct type_walk *walk)
{
	switch (cassandra_body_number(body, 2)) {
	case TYPE_CUSTOM:
		cassandra_body_text(body, 2);
		return true;
	case TYPE_LIST:
	case TYPE_SET:
		return push(walk, 1, false);
	case TYPE_MAP:
		return push(walk, 2, false);
	case TYPE_TUPLE:
		return push(walk, cassandra_body_number(body, 2), false);
	case TYPE_UDT:
		cassandra_body_text(body, 2); /* keyspace, name */
		cassandra_body_text(body, 2);
		return push(walk, cassandra_body_number(body, 2), true);
	default:
		return true;
	}
}

static void skip_type(struct cassandra_body *body)
{
	struct type_walk walk = {.depth = 0};

	if (!open_type(body, &walk))
		body->is_short = true;
	while (walk.depth && !body->is_short) {
		int top = walk.depth - 1;

		if (walk.left[top]-- == 0) {
			walk.depth--;
			continue;
		}
		if (walk.is_named[top])
			cassandra_body_text(body, 2);
		if (!open_type(body, &walk))
			body->is_short = true;
	}
}

static void skip_columns(struct cassandra_body *body, uint32_t flags, uint32_t columns)
{
	bool is_global = flags & HAS_GLOBAL_TABLE;

	if (is_global) {
		cassandra_body_text(body, 2);
		cassandra_body_text(body, 2);
	}
	for (uint32_t i = 0; i < columns && !body->is_short; i++) {
		if (!is_global) {
			cassandra_body_text(body, 2);
			cassandra_body_text(body, 2);
		}
		cassandra_body_text(body, 2);
		skip_type(body);
	}
}

static void read_rows(struct cassandra_body *body, struct cassandra_fields *ret)
{
	uint32_t flags = cassandra_body_number(body, 4);
	uint32_t columns = cassandra_body_number(body, 4);
	uint32_t rows;

	if (flags & HAS_MORE_PAGES)
		cassandra_body_text(body, 4);
	if (flags & HAS_NEW_METADATA)
		cassandra_body_text(body, 2);
	if (!(flags & HAS_NO_METADATA))
		skip_columns(body, flags, columns);
	rows = cassandra_body_number(body, 4);
	if (!body->is_short && rows <= INT32_MAX)
		ret->returned_rows = rows;
}

static void read_result(struct cassandra_body *body, struct cassandra_fields *ret)
{
	struct view text;

	switch (cassandra_body_number(body, 4)) {
	case RESULT_ROWS:
		read_rows(body, ret);
		break;
	case RESULT_SET_KEYSPACE:
		text = cassandra_body_text(body, 2);
		if (!body->is_short)
			ret->keyspace = text;
		break;
	case RESULT_PREPARED:
		text = cassandra_body_text(body, 2);
		if (!body->is_short)
			ret->id = text;
		break;
	default: /* nothing, or a change of the schema */
		break;
	}
}

void cassandra_result_read(const struct cassandra_header *header, struct view bytes,
			   struct cassandra_fields *ret)
{
	struct cassandra_body body = {.rest = cassandra_frame_skip_preamble(header, bytes)};

	cassandra_fields_init(ret, header->opcode);
	if (header->opcode == CASSANDRA_RESULT)
		read_result(&body, ret);
	if (header->opcode != CASSANDRA_ERROR)
		return;
	ret->is_error = true;
	ret->error_code = cassandra_body_number(&body, 4);
	/* 0 is a code too: without the body nothing is known of it. */
	if (body.is_short)
		ret->error_code = UINT32_MAX;
}
