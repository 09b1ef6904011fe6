/* Segments, in which version 5 of the CQL binary protocol puts its frames. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_SEGMENT_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_SEGMENT_H

#include "protocols/protocol.h"

struct cassandra_segment {
	size_t header_size;
	size_t payload_size;    /* on the wire */
	size_t size;            /* header, payload and checksum */
	bool is_self_contained; /* whole frames; false: a part of one that is larger */
	bool is_compressed;     /* this one is */
};

/*
 * NEED_MORE: the header is not all there. INVALID: its checksum does not fit. has_compression: LZ4
 * was agreed on, and the header says two sizes.
 */
enum parse_result cassandra_segment_read(struct view bytes, bool has_compression,
					 struct cassandra_segment *ret);

#endif
