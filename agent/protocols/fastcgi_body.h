/* Bodies of FastCGI: STDIN up to the empty record, STDOUT and STDERR up to END_REQUEST. */
#ifndef PROTOCOLS_FASTCGI_BODY_H
#define PROTOCOLS_FASTCGI_BODY_H

#include "protocols/fastcgi_record.h"

struct fastcgi_body_state {
	unsigned char header[FASTCGI_HEADER_BYTES];
	uint8_t header_size; /* bytes of it that are there */
	bool is_end;         /* END_REQUEST was read: end_left bytes of it follow */
	uint16_t end_left;
};

_Static_assert(sizeof(struct fastcgi_body_state) <= PROTOCOL_BODY_STATE_BYTES, "fits");

enum parse_result fastcgi_body_parse(void *body_state, struct view bytes, size_t *ret_consumed,
				     uint64_t *ret_skip, uint64_t *ret_payload);
bool fastcgi_body_ends(struct view tail);

#endif
