/* Records of FastCGI 1.0: eight bytes that say what follows. */
#ifndef PROTOCOLS_FASTCGI_RECORD_H
#define PROTOCOLS_FASTCGI_RECORD_H

#include "protocols/protocol.h"

#define FASTCGI_HEADER_BYTES 8

enum fastcgi_type {
	FASTCGI_BEGIN_REQUEST = 1,
	FASTCGI_ABORT_REQUEST = 2,
	FASTCGI_END_REQUEST = 3,
	FASTCGI_PARAMS = 4,
	FASTCGI_STDIN = 5,
	FASTCGI_STDOUT = 6,
	FASTCGI_STDERR = 7,
	FASTCGI_DATA = 8,
	FASTCGI_GET_VALUES = 9,
	FASTCGI_GET_VALUES_RESULT = 10,
	FASTCGI_UNKNOWN_TYPE = 11,
};

struct fastcgi_record {
	enum fastcgi_type type;
	uint16_t id;
	uint16_t content_size;
	uint8_t padding_size;
	struct view content; /* as much of it as is there */
	size_t size;         /* with header and padding, whether it is there or not */
};

/* NEED_MORE: the header is not there. INVALID: it is none. The content may be cut short. */
enum parse_result fastcgi_record_read(struct view bytes, struct fastcgi_record *ret);

/* BEGIN_REQUEST, whole; STDOUT (perhaps after STDERR) that begins with a CGI header. */
enum detect_result fastcgi_record_detect(struct view bytes);

#endif
