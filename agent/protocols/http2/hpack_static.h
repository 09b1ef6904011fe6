/* The static table of HPACK (RFC 7541 appendix A), as far as anybody here wants to know it. */
#ifndef PROTOCOLS_HTTP2_HPACK_STATIC_H
#define PROTOCOLS_HTTP2_HPACK_STATIC_H

#include "protocols/http2/http2_head.h"

#define HPACK_STATIC_COUNT 61

/* index: 1 to HPACK_STATIC_COUNT. */
enum http2_field hpack_static_field(uint32_t index);
struct view hpack_static_value(uint32_t index);

#endif
