/*
 * The rules that decide where a message ends. Two ends of a connection that read them differently
 * are how requests get smuggled; an observer that reads them differently loses its place. So the
 * order of RFC 9112 section 6.3 is kept to the letter, and a length in doubt makes the message
 * invalid.
 */
#include "protocols/http1_framing.h"

/* First byte of the pair state; zero when the request was not seen. */
enum pair_method { PAIR_UNKNOWN = 0, PAIR_OTHER = 1, PAIR_HEAD = 2, PAIR_CONNECT = 3 };

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct view trim(struct view v)
{
	while (v.size && is_space(v.bytes[0]))
		v = view_skip(v, 1);
	while (v.size && is_space(v.bytes[v.size - 1]))
		v.size--;
	return v;
}

void http1_framing_add_length(struct http1_framing *framing, struct view value)
{
	struct view token;
	uint64_t length;

	/* RFC 9110 section 8.6: the same value repeated, as lines or as a list, is one. */
	while (view_next_token(&value, ',', &token)) {
		if (view_parse_u64(trim(token), &length) < 0 ||
		    (framing->has_length && framing->length != length)) {
			framing->is_length_invalid = true;
			return;
		}
		framing->length = length;
		framing->has_length = true;
	}
}

void http1_framing_add_coding(struct http1_framing *framing, struct view value)
{
	struct view token;

	while (view_next_token(&value, ',', &token)) {
		token = trim(token);
		/* "identity" was a coding until RFC 7230 and still means none to who sends it. */
		if (token.size == 0 || view_equals_ignoring_case(token, VIEW_LITERAL("identity")))
			continue;
		framing->has_coding = true;
		framing->is_chunked = view_equals_ignoring_case(token, VIEW_LITERAL("chunked"));
	}
}

static bool apply_fields(const struct http1_framing *framing, struct message *message,
			 enum body_framing otherwise)
{
	if (framing->has_coding) {
		message->framing = framing->is_chunked ? BODY_CHUNKED : BODY_UNTIL_CLOSE;
		return true;
	}
	if (framing->is_length_invalid)
		return false;
	message->framing = otherwise;
	if (framing->has_length) {
		message->framing = framing->length ? BODY_LENGTH : BODY_NONE;
		message->body_size = framing->length;
	}
	return true;
}

bool http1_framing_of_request(const struct http1_framing *framing, struct message *message)
{
	return apply_fields(framing, message, BODY_NONE);
}

bool http1_framing_of_response(const struct http1_framing *framing, int status,
			       const unsigned char *pair_state, struct message *message)
{
	bool is_informational = status >= 100 && status <= 199;
	bool is_tunnel = pair_state[0] == PAIR_CONNECT && status >= 200 && status <= 299;

	message->is_interim = is_informational && status != 101;
	message->ends_protocol = is_tunnel || status == 101;
	if (is_informational || is_tunnel || status == 204 || status == 304 ||
	    pair_state[0] == PAIR_HEAD) {
		message->framing = BODY_NONE;
		return true;
	}
	return apply_fields(framing, message, BODY_UNTIL_CLOSE);
}

void http1_framing_note_request(const struct http1_start_line *line, unsigned char *pair_state)
{
	memset(pair_state, 0, PROTOCOL_PAIR_STATE_BYTES);
	if (view_equals(line->method, VIEW_LITERAL("HEAD")))
		pair_state[0] = PAIR_HEAD;
	else if (view_equals(line->method, VIEW_LITERAL("CONNECT")))
		pair_state[0] = PAIR_CONNECT;
	else
		pair_state[0] = PAIR_OTHER;
}
