/* A cursor over the body of a CQL frame, of which perhaps only the beginning was captured. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_BODY_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_BODY_H

#include <stdbool.h>
#include <stdint.h>
#include "base/view.h"

struct cassandra_body {
	struct view rest;
	bool is_short; /* something was asked for that is not there: zero or empty was given */
};

/* Big-endian, of 1 to 4 bytes. */
uint32_t cassandra_body_number(struct cassandra_body *body, unsigned int size);

/* [string] or [short bytes] with a size of 2 bytes, [long string] or [bytes] with one of 4 (which
 * may say that there is none). What is not all there is given as far as it is. */
struct view cassandra_body_text(struct cassandra_body *body, unsigned int size_bytes);

void cassandra_body_skip(struct cassandra_body *body, size_t size);

/* [string list] and [bytes map]. */
void cassandra_body_skip_strings(struct cassandra_body *body);
void cassandra_body_skip_payload(struct cassandra_body *body);

#endif
