/*
 * Messages of gRPC and gRPC-Web in the bodies of a stream: each has five bytes in front of it, a
 * flag and its length (gRPC over HTTP/2: Length-Prefixed-Message), and may lie across frames.
 */
#ifndef PROTOCOLS_HTTP2_GRPC_MESSAGES_H
#define PROTOCOLS_HTTP2_GRPC_MESSAGES_H

#include "base/view.h"

#define GRPC_STATUS_UNKNOWN (-1) /* not seen */

/* One direction of a stream, zeroed at its beginning. */
struct grpc_messages {
	uint32_t count;
	uint32_t left;       /* of the message begun; while its prefix is read: the length so far */
	uint8_t prefix_size; /* bytes of the prefix seen, 5 inside a message */
	bool is_trailer;     /* gRPC-Web: what was begun is the trailers */
	bool is_uncertain;   /* a prefix was not seen: count is of no use any more */
};

/*
 * The next bytes of a body: content is what of content_size was captured. False: more of it is
 * needed to go on (nothing is changed), which with is_final is never said. *ret_status is written
 * when gRPC-Web's trailers tell it.
 */
bool grpc_messages_take(struct grpc_messages *messages, struct view content, uint64_t content_size,
			bool is_final, int *ret_status);

#endif
