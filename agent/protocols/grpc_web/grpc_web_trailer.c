/*
 * Looks for a frame with the trailer flag (gRPC-Web protocol: 0x80, four bytes of length, then
 * lines of "name:value" as HTTP/1 has them), whose length and lines prove it. In the text form
 * every run of base64 is decoded by itself: framing of chunks stands between them, and senders may
 * encode the trailers apart.
 */
#include "protocols/grpc_web/grpc_web_trailer.h"

#include "protocols/http2/grpc_status.h"

#define PREFIX_BYTES      5
#define MAX_TRAILER_BYTES 1024
#define MAX_TEXT_BYTES    4096

static bool is_name_part(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '-' || c == '_' || c == '.';
}

/* Every line has a name, and one is the status. */
static int read_lines(struct view text)
{
	int status = -1;
	struct view line;

	while (text.size && view_next_token(&text, '\n', &line)) {
		ssize_t colon = view_find_byte(line, ':');
		struct view name = view_take(line, colon < 0 ? 0 : (size_t)colon), value;

		if (view_ends_with(line, VIEW_LITERAL("\r")))
			line.size--;
		if (!line.size && !text.size)
			break;
		for (size_t i = 0; i < name.size; i++)
			if (!is_name_part(name.bytes[i]))
				return -1;
		if (!name.size)
			return -1;
		value = view_trim(view_skip(line, (size_t)colon + 1));
		if (view_equals_ignoring_case(name, VIEW_LITERAL("grpc-status")))
			status = grpc_status_read(value);
	}
	return status;
}

static int find_frame(struct view bytes)
{
	for (size_t i = 0; i + PREFIX_BYTES < bytes.size; i++) {
		const unsigned char *at = (const unsigned char *)bytes.bytes + i;
		struct view rest = view_skip(bytes, i + PREFIX_BYTES);
		size_t length = (size_t)at[3] << 8 | at[4];
		int status;

		if (at[0] != 0x80 || at[1] || at[2] || !length || length > rest.size ||
		    length > MAX_TRAILER_BYTES)
			continue;
		status = read_lines(view_take(rest, length));
		if (status >= 0)
			return status;
	}
	return -1;
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One run; "=" ends a group of four, and another may follow it. Returns the bytes of text used. */
static size_t decode_run(struct view text, char *buffer, size_t *ret_size)
{
	unsigned int bits = 0, count = 0;
	size_t at = 0, used = 0;

	for (; at < text.size && used + 3 <= MAX_TEXT_BYTES; at++) {
		int digit = digit_of(text.bytes[at]);

		if (text.bytes[at] == '=') {
			count = 0;
			continue;
		}
		if (digit < 0)
			break;
		bits = bits << 6 | (unsigned int)digit;
		if (++count % 4 != 1)
			buffer[used++] = (char)(bits >> (count % 4 == 2   ? 4
							 : count % 4 == 3 ? 2
									  : 0));
	}
	*ret_size = used;
	return at;
}

int grpc_web_trailer_status(struct view bytes, bool is_text)
{
	char buffer[MAX_TEXT_BYTES];
	int status = is_text ? -1 : find_frame(bytes);

	while (is_text && status < 0 && bytes.size) {
		size_t size, used = decode_run(bytes, buffer, &size);

		status = find_frame(view_of(buffer, size));
		bytes = view_skip(bytes, used + (used < bytes.size));
	}
	return status;
}
