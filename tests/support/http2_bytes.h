/* HTTP/2 frames put together for tests; field values are literals that no table takes in. */
#ifndef SUPPORT_HTTP2_BYTES_H
#define SUPPORT_HTTP2_BYTES_H

#include "cmocka_test.h"

#include "protocols/http2/http2_frame.h"

struct http2_bytes {
	size_t used;
	char bytes[131072];
};

static inline struct view http2_bytes_view(const struct http2_bytes *b)
{
	return view_of(b->bytes, b->used);
}

static inline void http2_bytes_add(struct http2_bytes *b, const void *bytes, size_t size)
{
	assert_in_range(b->used + size, 0, sizeof(b->bytes));
	memcpy(b->bytes + b->used, bytes, size);
	b->used += size;
}

static inline void http2_bytes_header(struct http2_bytes *b, uint32_t length, unsigned type,
				      unsigned flags, uint32_t stream)
{
	unsigned char header[HTTP2_FRAME_HEADER_BYTES] = {
		(unsigned char)(length >> 16), (unsigned char)(length >> 8),
		(unsigned char)length,         (unsigned char)type,
		(unsigned char)flags,          (unsigned char)(stream >> 24),
		(unsigned char)(stream >> 16), (unsigned char)(stream >> 8),
		(unsigned char)stream};

	http2_bytes_add(b, header, sizeof(header));
}

static inline void http2_bytes_frame(struct http2_bytes *b, unsigned type, unsigned flags,
				     uint32_t stream, struct view payload)
{
	http2_bytes_header(b, (uint32_t)payload.size, type, flags, stream);
	http2_bytes_add(b, payload.bytes, payload.size);
}

/* first: 0x40 the table takes it in, 0x00 it does not. Names and values up to 126 bytes. */
static inline void http2_bytes_field(struct http2_bytes *b, unsigned char first, const char *name,
				     const char *value)
{
	unsigned char length = (unsigned char)strlen(name);

	http2_bytes_add(b, &first, 1);
	http2_bytes_add(b, &length, 1);
	http2_bytes_add(b, name, length);
	length = (unsigned char)strlen(value);
	http2_bytes_add(b, &length, 1);
	http2_bytes_add(b, value, length);
}

/* fields: name, value, …, NULL. */
static inline void http2_bytes_headers(struct http2_bytes *b, unsigned flags, uint32_t stream,
				       const char *const *fields)
{
	static struct http2_bytes block;

	block.used = 0;
	for (; *fields; fields += 2)
		http2_bytes_field(&block, 0, fields[0], fields[1]);
	http2_bytes_frame(b, HTTP2_HEADERS, flags, stream, http2_bytes_view(&block));
}

/* A gRPC message of that many bytes. */
static inline void http2_bytes_message(struct http2_bytes *b, uint32_t size)
{
	unsigned char prefix[5] = {0, (unsigned char)(size >> 24), (unsigned char)(size >> 16),
				   (unsigned char)(size >> 8), (unsigned char)size};

	http2_bytes_add(b, prefix, sizeof(prefix));
	assert_in_range(b->used + size, 0, sizeof(b->bytes));
	memset(b->bytes + b->used, 'm', size);
	b->used += size;
}

static inline void http2_bytes_preface(struct http2_bytes *b)
{
	http2_bytes_add(b, http2_frame_preface, HTTP2_PREFACE_BYTES);
	http2_bytes_frame(b, HTTP2_SETTINGS, 0, 0, VIEW_LITERAL("\0\3\0\0\0\x64"));
}

#endif
