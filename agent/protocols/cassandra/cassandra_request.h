/* What a frame of the client asks. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_REQUEST_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_REQUEST_H

#include "protocols/cassandra/cassandra_fields.h"

/* body: what is there of it, not compressed. Sets opcode and all that the body says. */
void cassandra_request_read(const struct cassandra_header *header, struct view body,
			    struct cassandra_fields *ret);

/* The compression that a STARTUP asks for: "lz4", "snappy", or NULL; static. */
const char *cassandra_request_compression(struct view body);

#endif
