/* The Huffman code of HPACK (RFC 7541 appendix B), for the tolerant reader. */
#ifndef PROTOCOLS_HTTP2_HPACK_HUFFMAN_H
#define PROTOCOLS_HTTP2_HPACK_HUFFMAN_H

#include "base/view.h"

/*
 * Decodes into the buffer; what does not fit is cut off. False: not a text of this code (RFC 7541
 * section 5.2: an end mark inside, or padding that is none).
 */
bool hpack_huffman_read(struct view coded, char *buffer, size_t size, size_t *ret_size);

#endif
