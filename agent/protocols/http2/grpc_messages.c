/*
 * Goes from prefix to prefix and skips what lies between. Of a message no byte is looked at, but
 * for the trailers of gRPC-Web, where the status of a call stands.
 */
#include "protocols/http2/grpc_messages.h"

#include "protocols/http2/grpc_status.h"

#define PREFIX_BYTES      5
#define TRAILER_FLAG      0x80
#define MAX_TRAILER_BYTES 8192 /* longer ones are not waited for */

/* "grpc-status:0" on a line of its own. */
static void read_trailers(struct view text, int *ret_status)
{
	struct view line;

	while (view_next_token(&text, '\n', &line)) {
		ssize_t colon = view_find_byte(line, ':');

		if (colon < 0 || !view_equals_ignoring_case(view_take(line, (size_t)colon),
							    VIEW_LITERAL("grpc-status")))
			continue;
		line = view_skip(line, (size_t)colon + 1);
		if (view_ends_with(line, VIEW_LITERAL("\r")))
			line.size--;
		*ret_status = grpc_status_read(view_trim(line));
	}
}

static void add_prefix_byte(struct grpc_messages *messages, unsigned char byte)
{
	if (messages->prefix_size == 0) {
		messages->left = 0;
		messages->is_trailer = byte & TRAILER_FLAG;
	} else {
		messages->left = messages->left << 8 | byte;
	}
	if (++messages->prefix_size == PREFIX_BYTES && !messages->is_trailer)
		messages->count++;
}

bool grpc_messages_take(struct grpc_messages *messages, struct view content, uint64_t content_size,
			bool is_final, int *ret_status)
{
	struct grpc_messages next = *messages;
	uint64_t at = 0;

	if (messages->is_uncertain)
		return true;
	while (at < content_size) {
		uint64_t step = content_size - at;

		if (next.prefix_size < PREFIX_BYTES) {
			if (at >= content.size) {
				messages->is_uncertain |= is_final;
				return is_final;
			}
			add_prefix_byte(&next, (unsigned char)content.bytes[at++]);
			if (next.prefix_size == PREFIX_BYTES && next.left == 0)
				next.prefix_size = 0;
			continue;
		}
		if (step > next.left)
			step = next.left;
		if (next.is_trailer && step <= MAX_TRAILER_BYTES) {
			if (at + step > content.size && !is_final)
				return false;
			read_trailers(view_take(view_skip(content, (size_t)at), (size_t)step),
				      ret_status);
		}
		at += step;
		next.left -= (uint32_t)step;
		if (next.left == 0)
			next.prefix_size = 0;
	}
	*messages = next;
	return true;
}
