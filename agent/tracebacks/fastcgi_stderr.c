/*
 * Records have eight bytes of header: version 1, type, request id, length of the content, length of
 * the padding. PHP-FPM puts a line of its log into a record of its own and that between records of
 * the response, in one write or several.
 */
#include "tracebacks/fastcgi_stderr.h"

#define HEADER_BYTES 8
#define LAST_TYPE    11
#define TYPE_STDERR  7

static bool take_header(struct fastcgi_stderr *state, struct view *bytes)
{
	while (state->header_size < HEADER_BYTES && bytes->size) {
		state->header[state->header_size++] = (unsigned char)bytes->bytes[0];
		*bytes = view_skip(*bytes, 1);
	}
	if (state->header_size < HEADER_BYTES)
		return false;
	if (state->header[0] != 1 || state->header[1] == 0 || state->header[1] > LAST_TYPE) {
		state->is_lost = true;
		return false;
	}
	state->content_left = (uint16_t)(state->header[4] << 8 | state->header[5]);
	state->padding_left = state->header[6];
	return true;
}

static struct view take_content(struct fastcgi_stderr *state, struct view *bytes)
{
	struct view piece = view_take(*bytes, state->content_left);

	state->content_left = (uint16_t)(state->content_left - piece.size);
	*bytes = view_skip(*bytes, piece.size);
	return piece;
}

static void skip_padding(struct fastcgi_stderr *state, struct view *bytes)
{
	size_t part = bytes->size < state->padding_left ? bytes->size : state->padding_left;

	state->padding_left = (uint8_t)(state->padding_left - part);
	*bytes = view_skip(*bytes, part);
}

bool fastcgi_stderr_next(struct fastcgi_stderr *state, struct view *bytes, struct view *ret_piece)
{
	while (bytes->size && !state->is_lost) {
		struct view piece;

		if (state->header_size < HEADER_BYTES && !take_header(state, bytes))
			break;
		piece = take_content(state, bytes);
		if (!state->content_left) {
			skip_padding(state, bytes);
			if (!state->padding_left)
				state->header_size = 0;
		}
		if (piece.size && state->header[1] == TYPE_STDERR) {
			*ret_piece = piece;
			return true;
		}
	}
	*bytes = (struct view){0};
	return false;
}
