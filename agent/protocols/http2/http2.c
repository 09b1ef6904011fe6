/*
 * The row of HTTP/2 (RFC 9113): streams are the exchanges of a keyed conversation. Frames are read
 * in http2_session.c, header blocks in hpack_decoder.c (RFC 7541), messages of gRPC counted in
 * grpc_messages.c; attributes are made in http2_describe.c and grpc_describe.c. Frames of many
 * streams lie in one write, so every write is looked at.
 */
#include "protocols/http2/http2.h"

#include "protocols/conversation.h"
#include "protocols/http2/http2_describe.h"
#include "protocols/http2/http2_detect.h"
#include "protocols/http2/http2_session.h"
#include "protocols/http_refinements.h"

static const struct conversation conversation = {
	.is_keyed = true,
	.session_size = sizeof(struct http2_session),
	.begin = http2_session_begin,
	.end = http2_session_end,
	.read = http2_session_read,
	.lose = http2_session_lose,
	.resume = http2_session_resume,
};

const struct protocol protocol_http2 = {
	.name = "http",
	.mode = CAPTURE_STREAM,
	.is_http = true,
	.conversation = &conversation,
	.detect = http2_detect,
	.describe_request = http2_describe_request,
	.describe_response = http2_describe_response,
	.describe_body = http_refinements_take_body,
};
