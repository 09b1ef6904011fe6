/* The protocol's part of struct message. Views are empty and numbers -1 where nothing is known. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_FIELDS_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_FIELDS_H

#include "protocols/cassandra/cassandra_frame.h"

struct cassandra_fields {
	enum cassandra_opcode opcode;
	/* As on the wire; never described. */
	struct view statement; /* of a query, of what is prepared, of a batch that repeats one */
	struct view id;        /* of a prepared statement that is executed, or that a batch repeats;
				  in a result, of the one that was prepared */
	bool is_statement_cut;
	/* As it may leave the process. */
	struct view text;
	struct view summary;
	struct view keyspace;   /* of the session; in a result, the one it changed to */
	const char *compressor; /* NULL: the body is not compressed */
	int64_t batch_size;
	int64_t returned_rows;
	int32_t page_size;
	int32_t consistency;
	uint32_t error_code;
	bool is_error;
};

static inline struct cassandra_fields *cassandra_fields_of(struct message *message)
{
	return (struct cassandra_fields *)message->fields;
}

static inline void cassandra_fields_init(struct cassandra_fields *fields,
					 enum cassandra_opcode opcode)
{
	*fields = (struct cassandra_fields){.opcode = opcode,
					    .batch_size = -1,
					    .returned_rows = -1,
					    .page_size = -1,
					    .consistency = -1};
}

#endif
