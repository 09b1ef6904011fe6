/*
 * The frame of everything in FastCGI, and by which records a stream is known to speak it: sixteen
 * bytes of which eleven can have one value only, or what a responder's first output looks like.
 */
#include "protocols/fastcgi_record.h"

#define BEGIN_BYTES      16
#define MAX_HEADER_NAME  64
#define MAX_RECORDS_SEEN 16 /* of STDERR, before the first STDOUT */

enum parse_result fastcgi_record_read(struct view bytes, struct fastcgi_record *ret)
{
	const unsigned char *at = (const unsigned char *)bytes.bytes;
	struct fastcgi_record record;

	if ((bytes.size > 0 && at[0] != 1) ||
	    (bytes.size > 1 && (at[1] < FASTCGI_BEGIN_REQUEST || at[1] > FASTCGI_UNKNOWN_TYPE)))
		return PARSE_INVALID;
	if (bytes.size < FASTCGI_HEADER_BYTES)
		return PARSE_NEED_MORE;
	record = (struct fastcgi_record){
		.type = at[1],
		.id = (uint16_t)(at[2] << 8 | at[3]),
		.content_size = (uint16_t)(at[4] << 8 | at[5]),
		.padding_size = at[6],
	};
	record.content = view_take(view_skip(bytes, FASTCGI_HEADER_BYTES), record.content_size);
	record.size = FASTCGI_HEADER_BYTES + (size_t)record.content_size + record.padding_size;
	*ret = record;
	return PARSE_DONE;
}

/* Version, type, any id, eight bytes of content, any padding, zero; role 1 to 3, flag 0 or 1, five
 * times zero. */
static enum detect_result detect_begin(struct view bytes)
{
	static const struct {
		unsigned char least, most;
	} wanted[BEGIN_BYTES] = {
		{1, 1}, {1, 1}, {0, 255}, {0, 255}, {0, 0}, {8, 8}, {0, 255}, {0, 0},
		{0, 0}, {1, 3}, {0, 1},   {0, 0},   {0, 0}, {0, 0}, {0, 0},   {0, 0},
	};

	for (size_t i = 0; i < BEGIN_BYTES && i < bytes.size; i++) {
		unsigned char byte = (unsigned char)bytes.bytes[i];

		if (byte < wanted[i].least || byte > wanted[i].most)
			return DETECT_NO;
	}
	if (bytes.size >= 4 && bytes.bytes[2] == 0 && bytes.bytes[3] == 0)
		return DETECT_NO;
	return bytes.size < BEGIN_BYTES ? DETECT_NEED_MORE : DETECT_REQUEST;
}

/* "Content-type:" or another name and its colon. */
static enum detect_result detect_output(struct view content, bool is_whole)
{
	for (size_t i = 0; i < content.size && i <= MAX_HEADER_NAME; i++) {
		char c = content.bytes[i];

		if (c == ':')
			return i ? DETECT_RESPONSE : DETECT_NO;
		if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && c != '-')
			return DETECT_NO;
	}
	return is_whole || content.size > MAX_HEADER_NAME ? DETECT_NO : DETECT_NEED_MORE;
}

enum detect_result fastcgi_record_detect(struct view bytes)
{
	struct fastcgi_record record;

	if (bytes.size < 2 || bytes.bytes[1] == FASTCGI_BEGIN_REQUEST)
		return detect_begin(bytes);
	for (int i = 0; i < MAX_RECORDS_SEEN; i++) {
		enum parse_result result = fastcgi_record_read(bytes, &record);

		if (result != PARSE_DONE)
			return result == PARSE_INVALID ? DETECT_NO : DETECT_NEED_MORE;
		if (record.id == 0 || bytes.bytes[7] != 0 || record.content_size == 0)
			return DETECT_NO;
		if (record.type == FASTCGI_STDOUT)
			return detect_output(record.content,
					     record.content.size == record.content_size);
		if (record.type != FASTCGI_STDERR)
			return DETECT_NO;
		bytes = view_skip(bytes, record.size);
		if (!bytes.size)
			return DETECT_NEED_MORE;
	}
	return DETECT_NO;
}
