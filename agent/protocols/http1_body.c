/*
 * The decoder of chunked bodies: a small machine fed byte by byte through size lines and trailers,
 * which steps over chunk data without looking at it. Extensions are ignored, trailers only checked
 * for their form. Line ends may be bare LF, as in heads. Everything that could grow is capped.
 */
#include "protocols/http1_body.h"

#include "protocols/http1_start_line.h"

/* Beyond these somebody plays games or the place is lost. */
#define MAX_CHUNK_BYTES     (1ull << 50)
#define MAX_SIZE_LINE_BYTES 8192
#define MAX_TRAILER_BYTES   65536

enum phase {
	PHASE_SIZE_START = 0, /* the first digit must come */
	PHASE_SIZE,
	PHASE_SIZE_BLANK, /* blanks after the digits */
	PHASE_EXTENSION,
	PHASE_SIZE_LF, /* after CR */
	PHASE_DATA_END,
	PHASE_DATA_LF,
	PHASE_TRAILER_START,
	PHASE_TRAILER_NAME,
	PHASE_TRAILER_VALUE,
	PHASE_LAST_LF,
	PHASE_DONE,
	PHASE_FAILED,
};

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static enum phase end_size_line(struct http1_body_state *state)
{
	state->line_bytes = 0;
	state->is_last_chunk = state->size == 0;
	return state->is_last_chunk ? PHASE_TRAILER_START : PHASE_DATA_END;
}

static enum phase add_digit(struct http1_body_state *state, int digit)
{
	state->size = state->size * 16 + (unsigned int)digit;
	return state->size > MAX_CHUNK_BYTES ? PHASE_FAILED : PHASE_SIZE;
}

static enum phase step_size_line(struct http1_body_state *state, char c)
{
	enum phase phase = state->phase;
	int digit = phase <= PHASE_SIZE ? hex_digit(c) : -1;

	if (++state->line_bytes > MAX_SIZE_LINE_BYTES)
		return PHASE_FAILED;
	if (digit >= 0)
		return add_digit(state, digit);
	if (phase == PHASE_SIZE_START)
		return PHASE_FAILED;
	if (c == '\n')
		return end_size_line(state);
	if (phase == PHASE_SIZE_LF)
		return PHASE_FAILED;
	if (c == '\r')
		return PHASE_SIZE_LF;
	if (phase == PHASE_EXTENSION || c == ';')
		return PHASE_EXTENSION;
	return c == ' ' || c == '\t' ? PHASE_SIZE_BLANK : PHASE_FAILED;
}

static enum phase step_data_end(struct http1_body_state *state, char c)
{
	if (c == '\n') {
		state->size = 0;
		return PHASE_SIZE_START;
	}
	return c == '\r' && state->phase == PHASE_DATA_END ? PHASE_DATA_LF : PHASE_FAILED;
}

static enum phase step_trailer(struct http1_body_state *state, char c)
{
	enum phase phase = state->phase;

	if (++state->trailer_bytes > MAX_TRAILER_BYTES)
		return PHASE_FAILED;
	if (phase == PHASE_TRAILER_VALUE)
		return c == '\n' ? PHASE_TRAILER_START : PHASE_TRAILER_VALUE;
	if (c == '\n')
		return phase == PHASE_TRAILER_NAME ? PHASE_FAILED : PHASE_DONE;
	if (phase == PHASE_LAST_LF)
		return PHASE_FAILED;
	if (phase == PHASE_TRAILER_START && c == '\r')
		return PHASE_LAST_LF;
	if (phase == PHASE_TRAILER_START && (c == ' ' || c == '\t')) /* a folded trailer */
		return state->trailer_bytes > 1 ? PHASE_TRAILER_VALUE : PHASE_FAILED;
	if (http1_start_line_is_token(c))
		return PHASE_TRAILER_NAME;
	return phase == PHASE_TRAILER_NAME && c == ':' ? PHASE_TRAILER_VALUE : PHASE_FAILED;
}

static enum phase step(struct http1_body_state *state, char c)
{
	if (state->phase <= PHASE_SIZE_LF)
		return step_size_line(state, c);
	if (state->phase <= PHASE_DATA_LF)
		return step_data_end(state, c);
	if (state->phase <= PHASE_LAST_LF)
		return step_trailer(state, c);
	return PHASE_FAILED;
}

enum parse_result http1_body_parse(void *body_state, struct view bytes, size_t *ret_consumed,
				   uint64_t *ret_skip, uint64_t *ret_payload)
{
	struct http1_body_state *state = body_state;
	uint64_t payload = 0, skip = 0;
	size_t at = 0;

	while (at < bytes.size) {
		bool was_in_line = state->phase <= PHASE_SIZE_LF;
		uint64_t left;

		state->phase = (uint8_t)step(state, bytes.bytes[at++]);
		if (state->phase == PHASE_FAILED)
			return PARSE_INVALID;
		if (state->phase == PHASE_DONE)
			break;
		if (!was_in_line || state->phase != PHASE_DATA_END)
			continue;
		left = bytes.size - at;
		payload += state->size;
		skip = state->size > left ? state->size - left : 0;
		at += (size_t)(state->size - skip);
	}
	*ret_consumed = at;
	*ret_skip = skip;
	*ret_payload = payload;
	return state->phase == PHASE_DONE ? PARSE_DONE : PARSE_NEED_MORE;
}

/* Does a last chunk begin here, and are its trailers the rest of the tail? */
static bool is_last_chunk(struct view rest)
{
	struct http1_body_state state = {0};
	uint64_t skip, payload;
	size_t consumed;

	return rest.size && rest.bytes[0] == '0' &&
	       http1_body_parse(&state, rest, &consumed, &skip, &payload) == PARSE_DONE &&
	       consumed == rest.size;
}

bool http1_body_ends(struct view tail)
{
	if (!view_ends_with(tail, VIEW_LITERAL("\r\n\r\n")))
		return false;
	if (is_last_chunk(tail))
		return true;
	for (size_t i = 2; i < tail.size; i++)
		if (tail.bytes[i - 2] == '\r' && tail.bytes[i - 1] == '\n' &&
		    is_last_chunk(view_skip(tail, i)))
			return true;
	return false;
}
