/* What proves the CQL binary protocol. NEED_MORE while a proof is possible. */
#ifndef PROTOCOLS_CASSANDRA_CASSANDRA_DETECT_H
#define PROTOCOLS_CASSANDRA_CASSANDRA_DETECT_H

#include "protocols/protocol.h"

/* Is this the beginning of a frame? */
enum detect_result cassandra_detect_frame(struct view bytes);

/* Of a segment of version 5 that begins with a frame? */
enum detect_result cassandra_detect_segment(struct view bytes);

/* Of one or the other? */
enum detect_result cassandra_detect(struct view bytes);

#endif
