/*
 * Requests of the CQL binary protocol (section 4.1 of its specification): the statement or the id
 * of a prepared one, consistency, page size, how many statements a batch has. Values are walked
 * over by their lengths; of credentials (AUTH_RESPONSE) nothing is read.
 */
#include "protocols/cassandra/cassandra_request.h"

#include "protocols/cassandra/cassandra_body.h"

#define LAST_CONSISTENCY 0x0a

/* Flags of what follows a statement. */
#define HAS_VALUES    0x01u
#define HAS_PAGE_SIZE 0x04u
#define HAS_NAMES     0x40u

static void skip_values(struct cassandra_body *body, bool has_names)
{
	uint32_t count = cassandra_body_number(body, 2);

	for (uint32_t i = 0; i < count && !body->is_short; i++) {
		if (has_names)
			cassandra_body_text(body, 2);
		cassandra_body_text(body, 4);
	}
}

static void read_consistency(struct cassandra_body *body, struct cassandra_fields *ret)
{
	uint32_t consistency = cassandra_body_number(body, 2);

	if (!body->is_short && consistency <= LAST_CONSISTENCY)
		ret->consistency = (int32_t)consistency;
}

static void read_parameters(struct cassandra_body *body, uint8_t version,
			    struct cassandra_fields *ret)
{
	uint32_t flags, page_size;

	read_consistency(body, ret);
	flags = cassandra_body_number(body, version >= 5 ? 4 : 1);
	if (flags & HAS_VALUES)
		skip_values(body, flags & HAS_NAMES);
	if (!(flags & HAS_PAGE_SIZE))
		return;
	page_size = cassandra_body_number(body, 4);
	if (!body->is_short && page_size <= INT32_MAX)
		ret->page_size = (int32_t)page_size;
}

static void read_statement(struct cassandra_body *body, struct cassandra_fields *ret)
{
	ret->statement = cassandra_body_text(body, 4);
	ret->is_statement_cut = body->is_short;
}

static void read_id(struct cassandra_body *body, struct cassandra_fields *ret)
{
	struct view id = cassandra_body_text(body, 2);

	if (!body->is_short)
		ret->id = id;
}

/* What all statements of a batch have in common stays in ret; false: these two differ. */
static bool read_batched(struct cassandra_body *body, bool is_first, struct cassandra_fields *ret)
{
	struct cassandra_fields one = {.batch_size = 0};

	if (cassandra_body_number(body, 1) == 0)
		read_statement(body, &one);
	else
		read_id(body, &one);
	skip_values(body, false);
	if (is_first) {
		ret->statement = one.statement;
		ret->id = one.id;
	}
	return !body->is_short && view_equals(ret->statement, one.statement) &&
	       view_equals(ret->id, one.id);
}

static void read_batch(struct cassandra_body *body, struct cassandra_fields *ret)
{
	bool is_uniform = true;
	uint32_t count;

	cassandra_body_skip(body, 1); /* logged, unlogged or a counter's */
	count = cassandra_body_number(body, 2);
	if (body->is_short)
		return;
	ret->batch_size = count;
	for (uint32_t i = 0; i < count && !body->is_short; i++)
		is_uniform &= read_batched(body, i == 0, ret);
	if (!is_uniform || body->is_short) {
		ret->statement = (struct view){0};
		ret->id = (struct view){0};
	}
	read_consistency(body, ret);
}

void cassandra_request_read(const struct cassandra_header *header, struct view bytes,
			    struct cassandra_fields *ret)
{
	struct cassandra_body body = {.rest = cassandra_frame_skip_preamble(header, bytes)};

	cassandra_fields_init(ret, header->opcode);
	switch (header->opcode) {
	case CASSANDRA_QUERY:
		read_statement(&body, ret);
		read_parameters(&body, header->version, ret);
		break;
	case CASSANDRA_PREPARE:
		read_statement(&body, ret);
		break;
	case CASSANDRA_EXECUTE:
		read_id(&body, ret);
		if (header->version >= 5)
			cassandra_body_text(&body, 2); /* the id of the result's metadata */
		read_parameters(&body, header->version, ret);
		break;
	case CASSANDRA_BATCH:
		read_batch(&body, ret);
		break;
	default:
		break;
	}
}

const char *cassandra_request_compression(struct view bytes)
{
	struct cassandra_body body = {.rest = bytes};
	uint32_t count = cassandra_body_number(&body, 2);

	for (uint32_t i = 0; i < count && !body.is_short; i++) {
		struct view name = cassandra_body_text(&body, 2);
		struct view value = cassandra_body_text(&body, 2);

		if (!view_equals(name, VIEW_LITERAL("COMPRESSION")))
			continue;
		if (view_equals_ignoring_case(value, VIEW_LITERAL("lz4")))
			return "lz4";
		return view_equals_ignoring_case(value, VIEW_LITERAL("snappy")) ? "snappy" : NULL;
	}
	return NULL;
}
