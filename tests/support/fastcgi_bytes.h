/* FastCGI streams, written record by record. */
#ifndef SUPPORT_FASTCGI_BYTES_H
#define SUPPORT_FASTCGI_BYTES_H

#include "cmocka_test.h"

#include "protocols/fastcgi_record.h"

struct fastcgi_bytes {
	size_t used;
	char bytes[8192];
};

static inline void fastcgi_bytes_put(struct fastcgi_bytes *b, struct view bytes)
{
	assert_true(b->used + bytes.size <= sizeof(b->bytes));
	memcpy(b->bytes + b->used, bytes.bytes, bytes.size);
	b->used += bytes.size;
}

static inline void fastcgi_bytes_record(struct fastcgi_bytes *b, enum fastcgi_type type,
					struct view content, uint8_t padding)
{
	char header[FASTCGI_HEADER_BYTES] = {
		1, (char)type, 0, 1, (char)(content.size >> 8), (char)content.size, (char)padding,
		0};

	fastcgi_bytes_put(b, view_of(header, sizeof(header)));
	if (content.size)
		fastcgi_bytes_put(b, content);
	for (uint8_t i = 0; i < padding; i++)
		fastcgi_bytes_put(b, VIEW_LITERAL("\xaa"));
}

static inline void fastcgi_bytes_begin(struct fastcgi_bytes *b)
{
	fastcgi_bytes_record(b, FASTCGI_BEGIN_REQUEST, view_of("\0\1\0\0\0\0\0\0", 8), 0);
}

static inline void fastcgi_bytes_end(struct fastcgi_bytes *b)
{
	fastcgi_bytes_record(b, FASTCGI_END_REQUEST, view_of("\0\0\0\0\0\0\0\0", 8), 0);
}

/* Pairs as "NAME=value", NULL-ended; sizes of four bytes where they must be, or for all. */
static inline void fastcgi_bytes_pairs(struct fastcgi_bytes *b, const char *const *pairs,
				       bool is_long)
{
	for (; *pairs; pairs++) {
		size_t name = (size_t)(strchr(*pairs, '=') - *pairs);
		size_t sizes[2] = {name, strlen(*pairs) - name - 1};

		for (int i = 0; i < 2; i++) {
			char size[4] = {(char)(0x80 | sizes[i] >> 24), (char)(sizes[i] >> 16),
					(char)(sizes[i] >> 8), (char)sizes[i]};
			bool is_four = is_long || sizes[i] >= 128;

			fastcgi_bytes_put(b, is_four ? view_of(size, 4) : view_of(size + 3, 1));
		}
		fastcgi_bytes_put(b, view_of(*pairs, name));
		fastcgi_bytes_put(b, view_of_text(*pairs + name + 1));
	}
}

/* BEGIN, the pairs in one record with padding, the empty record. */
static inline void fastcgi_bytes_request(struct fastcgi_bytes *b, const char *const *pairs)
{
	struct fastcgi_bytes content = {.used = 0};

	fastcgi_bytes_begin(b);
	fastcgi_bytes_pairs(&content, pairs, false);
	fastcgi_bytes_record(b, FASTCGI_PARAMS, view_of(content.bytes, content.used), 3);
	fastcgi_bytes_record(b, FASTCGI_PARAMS, (struct view){0}, 0);
}

static inline struct view fastcgi_bytes_view(const struct fastcgi_bytes *b)
{
	return view_of(b->bytes, b->used);
}

#endif
