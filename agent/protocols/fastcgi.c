/*
 * The row of FastCGI 1.0, as web servers speak it with PHP-FPM and others: one request at a time
 * per connection. Records are framed in fastcgi_record.c, requests read in fastcgi_params.c, heads
 * of responses in fastcgi_output.c, bodies in fastcgi_body.c; attributes are HTTP's
 * (fastcgi_describe.c). Ends of bodies are records of their own, so every write is looked at.
 */
#include "protocols/fastcgi.h"

#include "protocols/fastcgi_body.h"
#include "protocols/fastcgi_describe.h"
#include "protocols/fastcgi_output.h"
#include "protocols/fastcgi_params.h"

static enum parse_result parse(enum message_kind kind, struct view bytes, bool is_final,
			       unsigned char pair_state[PROTOCOL_PAIR_STATE_BYTES],
			       struct message *ret_message, size_t *ret_consumed)
{
	if (kind == MESSAGE_RESPONSE)
		return fastcgi_output_parse(bytes, is_final, ret_message, ret_consumed);
	memset(pair_state, 0, PROTOCOL_PAIR_STATE_BYTES);
	return fastcgi_params_parse(bytes, is_final, ret_message, ret_consumed);
}

const struct protocol protocol_fastcgi = {
	.name = "fastcgi",
	.mode = CAPTURE_STREAM,
	.is_http = true,
	.detect = fastcgi_record_detect,
	.parse = parse,
	.parse_body = fastcgi_body_parse,
	.body_state_size = sizeof(struct fastcgi_body_state),
	.ends_body = fastcgi_body_ends,
	.describe_request = fastcgi_describe_request,
	.describe_response = fastcgi_describe_response,
};
