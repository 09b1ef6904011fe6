/*
 * The header blocks of one direction of a connection: by libnghttp2 as long as every block since
 * the first was seen, by the tolerant reader otherwise.
 */
#ifndef PROTOCOLS_HTTP2_HPACK_DECODER_H
#define PROTOCOLS_HTTP2_HPACK_DECODER_H

#include "protocols/http2/http2_head.h"

struct nghttp2_hd_inflater;
struct hpack_table;
struct session_budget;

struct hpack_decoder {
	struct nghttp2_hd_inflater *inflater; /* NULL: not every block was seen */
	void *memory;                         /* how the inflater allocates; lives as long as it */
	struct hpack_table *table;            /* of the tolerant reader; made when it is needed */
};

/* Zeroed, it is one of a connection joined midway. */
void hpack_decoder_init(struct hpack_decoder *decoder, struct session_budget *budget);
void hpack_decoder_done(struct hpack_decoder *decoder, struct session_budget *budget);

/* A block was not seen, or not all of it. */
void hpack_decoder_lose(struct hpack_decoder *decoder, struct session_budget *budget);

/* is_whole: the block ends with the bytes. What could be read stands in head; false when the bytes
 * are no header block. */
bool hpack_decoder_read(struct hpack_decoder *decoder, struct session_budget *budget,
			struct view block, bool is_whole, struct http2_head *head);

#endif
