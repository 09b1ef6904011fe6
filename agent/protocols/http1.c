/*
 * The row of HTTP/1: which function answers which question of the connection room. Start lines are
 * read in http1_start_line.c, heads in http1_head.c, chunked bodies in http1_body.c; attributes are
 * made in http1_describe.c. Nothing here keeps state: what must be kept lies with the caller.
 */
#include "protocols/http1.h"

#include "protocols/http1_body.h"
#include "protocols/http1_describe.h"
#include "protocols/http1_head.h"
#include "protocols/http1_start_line.h"
#include "protocols/http_refinements.h"

const struct protocol protocol_http1 = {
	.name = "http",
	.mode = CAPTURE_HEADS,
	.is_http = true,
	.detect = http1_start_line_detect,
	.parse = http1_head_parse,
	.parse_body = http1_body_parse,
	.body_state_size = sizeof(struct http1_body_state),
	.ends_body = http1_body_ends,
	.describe_request = http1_describe_request,
	.describe_response = http1_describe_response,
	.describe_body = http_refinements_take_body,
};
