/* One frame's header (RFC 6455, section 5.2), as hostile as any bytes from a network. */
#ifndef PROTOCOLS_WEBSOCKET_FRAME_H
#define PROTOCOLS_WEBSOCKET_FRAME_H

#include <stdbool.h>
#include <stdint.h>
#include "protocols/protocol.h"

enum websocket_opcode {
	WEBSOCKET_CONTINUATION = 0,
	WEBSOCKET_TEXT = 1,
	WEBSOCKET_BINARY = 2,
	WEBSOCKET_CLOSE = 8,
	WEBSOCKET_PING = 9,
	WEBSOCKET_PONG = 10,
};

struct websocket_frame {
	enum websocket_opcode opcode;
	bool is_last;       /* of its message */
	bool is_compressed; /* RFC 7692: said by the first frame of a message */
	bool is_masked;
	unsigned char mask[4];
	size_t header_size;
	uint64_t payload_size;
};

/* side: who sent it; a client's frames are masked, a server's are not. */
enum parse_result websocket_frame_parse(enum message_kind side, struct view bytes,
					struct websocket_frame *ret);

static inline bool websocket_frame_is_control(const struct websocket_frame *frame)
{
	return frame->opcode >= WEBSOCKET_CLOSE;
}

/* The code of a close frame, whose payload follows its header in bytes; 1005 when it has none. */
uint16_t websocket_frame_close_code(const struct websocket_frame *frame, struct view bytes);

#endif
