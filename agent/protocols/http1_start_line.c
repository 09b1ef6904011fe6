/*
 * Request lines and status lines. The readers look at one byte after the other and say
 * PARSE_INVALID at the first that cannot belong, so a stream of another protocol is let go at once
 * and a start line may come in any number of pieces. Only a complete version or status is proof.
 */
#include "protocols/http1_start_line.h"

/* Old clients send an empty line after a POST body; more than a few are something else. */
#define MAX_BLANK_BYTES 8

const bool http1_start_line_tokens[256] = {
	['0' ... '9'] = true,  ['A' ... 'Z'] = true, ['a' ... 'z'] = true, ['!'] = true,
	['#' ... '\''] = true, ['*'] = true,         ['+'] = true,         ['-'] = true,
	['.'] = true,          ['^' ... '`'] = true, ['|'] = true,         ['~'] = true,
};

/* Bytes above ASCII are not allowed in a target, but browsers and scripts send them and servers
 * take them. */
static bool is_target(char c)
{
	unsigned char byte = (unsigned char)c;

	return byte > ' ' && byte != 0x7f;
}

size_t http1_start_line_skip_blank(struct view bytes)
{
	size_t at = 0;

	while (at < bytes.size && at < MAX_BLANK_BYTES &&
	       (bytes.bytes[at] == '\r' || bytes.bytes[at] == '\n'))
		at++;
	return at;
}

/* HTTP/1.x at *at. */
static enum parse_result read_version(struct view bytes, size_t *at, struct http1_start_line *ret)
{
	static const char prefix[] = "HTTP/1.";
	size_t left = bytes.size - *at;
	size_t length = left < sizeof(prefix) - 1 ? left : sizeof(prefix) - 1;
	char digit;

	if (memcmp(bytes.bytes + *at, prefix, length) != 0)
		return PARSE_INVALID;
	*at += length;
	if (*at == bytes.size)
		return PARSE_NEED_MORE;
	digit = bytes.bytes[*at];
	if (digit < '0' || digit > '9')
		return PARSE_INVALID;
	ret->minor_version = (uint8_t)(digit - '0');
	++*at;
	return PARSE_DONE;
}

static enum parse_result read_request_line(struct view bytes, struct http1_start_line *ret)
{
	enum parse_result result;
	size_t at = 0, start;

	while (at < bytes.size && http1_start_line_is_token(bytes.bytes[at]))
		at++;
	ret->method = view_take(bytes, at);
	if (at > MAX_HTTP1_METHOD_BYTES)
		return PARSE_INVALID;
	if (at == bytes.size)
		return PARSE_NEED_MORE;
	if (at == 0 || bytes.bytes[at] != ' ')
		return PARSE_INVALID;
	start = ++at;
	while (at < bytes.size && is_target(bytes.bytes[at]))
		at++;
	ret->target = view_of(bytes.bytes + start, at - start);
	if (ret->target.size > MAX_HTTP1_TARGET_BYTES)
		return PARSE_INVALID;
	if (at == bytes.size)
		return PARSE_NEED_MORE;
	if (at == start || bytes.bytes[at] != ' ')
		return PARSE_INVALID;
	at++;
	result = read_version(bytes, &at, ret);
	ret->size = at;
	return result;
}

static enum parse_result read_status_line(struct view bytes, struct http1_start_line *ret)
{
	size_t at = 0;
	int status = 0;
	enum parse_result result = read_version(bytes, &at, ret);

	if (result != PARSE_DONE)
		return result;
	if (at == bytes.size)
		return PARSE_NEED_MORE;
	if (bytes.bytes[at++] != ' ')
		return PARSE_INVALID;
	for (int i = 0; i < 3; i++, at++) {
		if (at == bytes.size)
			return PARSE_NEED_MORE;
		if (bytes.bytes[at] < (i == 0 ? '1' : '0') || bytes.bytes[at] > '9')
			return PARSE_INVALID;
		status = status * 10 + bytes.bytes[at] - '0';
	}
	ret->status = status;
	ret->size = at;
	return PARSE_DONE;
}

enum parse_result http1_start_line_read(enum message_kind kind, struct view bytes,
					struct http1_start_line *ret)
{
	*ret = (struct http1_start_line){.minor_version = HTTP1_VERSION_UNKNOWN};
	if (bytes.size == 0)
		return PARSE_NEED_MORE;
	return kind == MESSAGE_REQUEST ? read_request_line(bytes, ret)
				       : read_status_line(bytes, ret);
}

enum detect_result http1_start_line_detect(struct view bytes)
{
	enum parse_result as_request, as_response;
	struct http1_start_line line;

	bytes = view_skip(bytes, http1_start_line_skip_blank(bytes));
	if (bytes.size == 0)
		return DETECT_NEED_MORE;
	/* Methods may be any token, but those in use begin with a capital letter; most other text
	 * protocols do not. */
	if (bytes.bytes[0] < 'A' || bytes.bytes[0] > 'Z')
		return DETECT_NO;
	as_response = http1_start_line_read(MESSAGE_RESPONSE, bytes, &line);
	if (as_response == PARSE_DONE)
		return DETECT_RESPONSE;
	as_request = http1_start_line_read(MESSAGE_REQUEST, bytes, &line);
	if (as_request == PARSE_DONE)
		return DETECT_REQUEST;
	if (as_request == PARSE_NEED_MORE || as_response == PARSE_NEED_MORE)
		return DETECT_NEED_MORE;
	return DETECT_NO;
}
