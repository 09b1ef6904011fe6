/*
 * Is this Redis? A command in its array form proves it by itself. A line as one types it does not
 * (NATS has PING too, memcached GET): there the answer decides.
 */
#include "protocols/redis/redis_session.h"

/* Errors and answers that nobody else gives in these words. */
static const char *const server_words[] = {
	"+PONG\r\n",
	"-NOAUTH Authentication required",
	"-WRONGTYPE Operation against a key",
	"-WRONGPASS invalid username-password",
	"-LOADING Redis is loading",
	"-DENIED Redis is running in protected mode",
	"-MISCONF Redis is configured",
	"-ERR unknown command ",
	"-ERR wrong number of arguments for ",
	"-ERR max number of clients reached",
};

/* Lines a client may begin with while nothing is proven: only what a health check sends. */
static const char *const open_lines[] = {"PING\r\n", "ping\r\n", "INFO\r\n", "info\r\n"};

static bool is_prefix(struct view text, const char *whole)
{
	size_t size = strlen(whole);

	return memcmp(text.bytes, whole, text.size < size ? text.size : size) == 0;
}

static enum detect_result detect_answer(struct view bytes)
{
	for (size_t i = 0; i < sizeof(server_words) / sizeof(server_words[0]); i++)
		if (is_prefix(bytes, server_words[i]))
			return bytes.size < strlen(server_words[i]) ? DETECT_NEED_MORE
								    : DETECT_RESPONSE;
	return DETECT_NO;
}

static enum detect_result detect_lines(struct view bytes)
{
	for (size_t i = 0; i < sizeof(open_lines) / sizeof(open_lines[0]); i++)
		if (is_prefix(bytes, open_lines[i]))
			return DETECT_NEED_MORE;
	return DETECT_NO;
}

enum detect_result redis_detect(struct view bytes)
{
	if (bytes.size == 0)
		return DETECT_NEED_MORE;
	switch (bytes.bytes[0]) {
	case '*':
		switch (redis_request_check(bytes)) {
		case PARSE_DONE:
			return DETECT_REQUEST;
		case PARSE_NEED_MORE:
			return DETECT_NEED_MORE;
		default:
			return DETECT_NO;
		}
	case '+':
	case '-':
		return detect_answer(bytes);
	default:
		return detect_lines(bytes);
	}
}
