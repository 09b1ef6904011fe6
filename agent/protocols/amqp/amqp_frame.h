/*
 * AMQP 0.9.1 on the wire: the protocol header a client begins with, and frames: type, channel,
 * size, payload, the end octet 0xCE. Also the proofs: does a stream speak it, and where in it does
 * a frame begin.
 */
#ifndef PROTOCOLS_AMQP_FRAME_H
#define PROTOCOLS_AMQP_FRAME_H

#include "protocols/protocol.h"

#define AMQP_FRAME_HEAD_BYTES      7
#define AMQP_PROTOCOL_HEADER_BYTES 8

enum amqp_frame_type {
	AMQP_FRAME_METHOD = 1,
	AMQP_FRAME_HEADER = 2,
	AMQP_FRAME_BODY = 3,
	AMQP_FRAME_HEARTBEAT = 8,
};

struct amqp_frame {
	enum amqp_frame_type type;
	uint16_t channel;
	uint32_t size;       /* of the payload */
	struct view payload; /* what of it is there */
	bool is_cut;         /* it is not all, and no more will come */
	size_t consumed;     /* of the bytes */
	uint64_t skip;       /* behind them, unseen */
};

/* One frame. Bodies are skipped, methods and content headers are wanted whole. */
enum parse_result amqp_frame_read(struct view bytes, bool is_final, struct amqp_frame *ret);

/* "AMQP" 0 0 9 1: PARSE_NEED_MORE while it could be. */
enum parse_result amqp_frame_read_protocol_header(struct view bytes);

enum detect_result amqp_frame_detect(struct view bytes);
bool amqp_frame_resume(enum message_kind side, struct view bytes, size_t *ret_offset);

#endif
