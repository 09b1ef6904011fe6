/*
 * Gathers header blocks. Most are one frame and are read where they lie; those in several frames
 * are copied together, for neither reader of HPACK takes pieces. Nothing may stand between the
 * frames of a block, so they are one unit of the conversation.
 */
#include "protocols/http2/http2_block.h"

#define MAX_FRAMES 64
/* What lies farther is neither waited for nor read. Gathered with one segment more it fits where
 * streams gather (64 KiB). */
#define MAX_WANTED_BYTES 49152

static void add(struct http2_block *block, struct view piece)
{
	if (piece.size > sizeof(block->text) - block->used_bytes) {
		piece = view_take(piece, sizeof(block->text) - block->used_bytes);
		block->is_whole = false;
	}
	if (piece.size)
		memcpy(block->text + block->used_bytes, piece.bytes, piece.size);
	block->used_bytes += piece.size;
}

/* The frames behind the first. */
static enum parse_result add_continuations(struct view bytes, bool is_final, uint32_t stream,
					   struct http2_block *block)
{
	struct http2_frame frame = {.flags = 0};

	for (int i = 0; i < MAX_FRAMES && !(frame.flags & HTTP2_FLAG_END_HEADERS); i++) {
		struct view rest = view_skip(bytes, (size_t)block->size);

		if (rest.size < HTTP2_FRAME_HEADER_BYTES) {
			block->is_whole = false;
			return is_final ? PARSE_DONE : PARSE_NEED_MORE;
		}
		http2_frame_read(rest, &frame);
		if (frame.type != HTTP2_CONTINUATION || frame.stream != stream ||
		    !http2_frame_is_possible(&frame))
			return PARSE_INVALID;
		rest = view_take(view_skip(rest, HTTP2_FRAME_HEADER_BYTES), frame.length);
		block->size += HTTP2_FRAME_HEADER_BYTES + (uint64_t)frame.length;
		if (rest.size < frame.length && !is_final)
			return PARSE_NEED_MORE;
		add(block, rest);
		if (rest.size < frame.length) {
			block->is_whole = false;
			return PARSE_DONE;
		}
	}
	block->is_whole = block->is_whole && (frame.flags & HTTP2_FLAG_END_HEADERS);
	return PARSE_DONE;
}

enum parse_result http2_block_read(struct view bytes, bool is_final, struct http2_block *ret)
{
	struct http2_frame frame;
	enum parse_result result;
	struct view payload;
	uint64_t size;

	if (bytes.size >= MAX_WANTED_BYTES) {
		bytes = view_take(bytes, MAX_WANTED_BYTES);
		is_final = true;
	}
	http2_frame_read(bytes, &frame);
	payload = view_take(view_skip(bytes, HTTP2_FRAME_HEADER_BYTES), frame.length);
	ret->size = HTTP2_FRAME_HEADER_BYTES + (uint64_t)frame.length;
	if (payload.size < frame.length && !is_final)
		return PARSE_NEED_MORE;
	ret->used_bytes = 0;
	ret->content = (struct view){0};
	ret->is_whole = false;
	if (payload.size == 0)
		return frame.length ? PARSE_DONE : PARSE_INVALID;
	if (!http2_frame_content(&frame, payload, &ret->content, &size))
		return PARSE_INVALID;
	ret->is_whole = ret->content.size == size;
	if ((frame.flags & HTTP2_FLAG_END_HEADERS) || payload.size < frame.length) {
		ret->is_whole = ret->is_whole && (frame.flags & HTTP2_FLAG_END_HEADERS);
		return PARSE_DONE;
	}
	add(ret, ret->content);
	result = add_continuations(bytes, is_final, frame.stream, ret);
	ret->content = view_of(ret->text, ret->used_bytes);
	return result;
}
