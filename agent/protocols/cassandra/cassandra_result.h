/* What a frame of the server answers. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_RESULT_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_RESULT_H

#include "protocols/cassandra/cassandra_fields.h"

/* body: what is there of it, not compressed. */
void cassandra_result_read(const struct cassandra_header *header, struct view body,
			   struct cassandra_fields *ret);

#endif
