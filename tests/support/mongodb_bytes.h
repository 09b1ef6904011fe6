/* Messages of the MongoDB wire protocol and BSON, written piece by piece. */
#ifndef SUPPORT_MONGODB_BYTES_H
#define SUPPORT_MONGODB_BYTES_H

#include "cmocka_test.h"

#include "protocols/mongodb/mongodb_message.h"

struct mongodb_bytes {
	size_t used;
	char bytes[16384];
};

static inline void mongodb_bytes_put(struct mongodb_bytes *b, const void *bytes, size_t size)
{
	assert_true(b->used + size <= sizeof(b->bytes));
	memcpy(b->bytes + b->used, bytes, size);
	b->used += size;
}

static inline void mongodb_bytes_int32_at(struct mongodb_bytes *b, size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		b->bytes[at + (size_t)i] = (char)(value >> 8 * i);
}

static inline void mongodb_bytes_int32(struct mongodb_bytes *b, uint32_t value)
{
	mongodb_bytes_put(b, "\0\0\0\0", 4);
	mongodb_bytes_int32_at(b, b->used - 4, value);
}

static inline void mongodb_bytes_text(struct mongodb_bytes *b, const char *text)
{
	mongodb_bytes_put(b, text, strlen(text) + 1);
}

/* Documents, arrays, sequences and messages begin with their length: open says where. */
static inline size_t mongodb_bytes_open(struct mongodb_bytes *b)
{
	mongodb_bytes_int32(b, 0);
	return b->used - 4;
}

static inline void mongodb_bytes_close(struct mongodb_bytes *b, size_t at)
{
	mongodb_bytes_int32_at(b, at, (uint32_t)(b->used - at));
}

static inline void mongodb_bytes_close_document(struct mongodb_bytes *b, size_t at)
{
	mongodb_bytes_put(b, "", 1);
	mongodb_bytes_close(b, at);
}

static inline void mongodb_bytes_key(struct mongodb_bytes *b, int type, const char *key)
{
	char byte = (char)type;

	mongodb_bytes_put(b, &byte, 1);
	mongodb_bytes_text(b, key);
}

static inline void mongodb_bytes_string(struct mongodb_bytes *b, const char *key, const char *text)
{
	mongodb_bytes_key(b, 2, key);
	mongodb_bytes_int32(b, (uint32_t)strlen(text) + 1);
	mongodb_bytes_text(b, text);
}

static inline void mongodb_bytes_number(struct mongodb_bytes *b, const char *key, int32_t value)
{
	mongodb_bytes_key(b, 0x10, key);
	mongodb_bytes_int32(b, (uint32_t)value);
}

/* {key: …} is open until mongodb_bytes_close_document. */
static inline size_t mongodb_bytes_open_in(struct mongodb_bytes *b, int type, const char *key)
{
	mongodb_bytes_key(b, type, key);
	return mongodb_bytes_open(b);
}

static inline size_t mongodb_bytes_header(struct mongodb_bytes *b, uint32_t id, uint32_t to,
					  int opcode)
{
	size_t at = mongodb_bytes_open(b);

	mongodb_bytes_int32(b, id);
	mongodb_bytes_int32(b, to);
	mongodb_bytes_int32(b, (uint32_t)opcode);
	return at;
}

/* The header, the flags, a section of kind 0 whose document is open: both are closed by
 * mongodb_bytes_close_msg. */
struct mongodb_msg {
	size_t message, document;
};

static inline struct mongodb_msg mongodb_bytes_open_msg(struct mongodb_bytes *b, uint32_t id,
							uint32_t to, uint32_t flags)
{
	struct mongodb_msg msg;

	msg.message = mongodb_bytes_header(b, id, to, MONGODB_MSG);
	mongodb_bytes_int32(b, flags);
	mongodb_bytes_put(b, "", 1);
	msg.document = mongodb_bytes_open(b);
	return msg;
}

static inline void mongodb_bytes_close_msg(struct mongodb_bytes *b, struct mongodb_msg msg)
{
	mongodb_bytes_close_document(b, msg.document);
	mongodb_bytes_close(b, msg.message);
}

/* {command: collection, filter: {card: "4111"}, $db: "shop"} */
static inline void mongodb_bytes_command(struct mongodb_bytes *b, uint32_t id, uint32_t flags,
					 const char *command, const char *collection)
{
	struct mongodb_msg msg = mongodb_bytes_open_msg(b, id, 0, flags);
	size_t filter;

	if (collection)
		mongodb_bytes_string(b, command, collection);
	else
		mongodb_bytes_number(b, command, 1);
	filter = mongodb_bytes_open_in(b, 3, "filter");
	mongodb_bytes_string(b, "card", "4111");
	mongodb_bytes_close_document(b, filter);
	mongodb_bytes_string(b, "$db", "shop");
	mongodb_bytes_close_msg(b, msg);
}

/* {n: n, ok: 1.0} */
static inline void mongodb_bytes_ok(struct mongodb_bytes *b, uint32_t id, uint32_t to,
				    uint32_t flags, int n)
{
	struct mongodb_msg msg = mongodb_bytes_open_msg(b, id, to, flags);

	mongodb_bytes_number(b, "n", n);
	mongodb_bytes_key(b, 1, "ok");
	mongodb_bytes_put(b, "\0\0\0\0\0\0\xf0\x3f", 8);
	mongodb_bytes_close_msg(b, msg);
}

/* {cursor: {firstBatch: [{}, …], id: 0, ns: "shop.orders"}, ok: 1} */
static inline void mongodb_bytes_rows(struct mongodb_bytes *b, uint32_t id, uint32_t to,
				      uint32_t flags, int count)
{
	struct mongodb_msg msg = mongodb_bytes_open_msg(b, id, to, flags);
	size_t cursor = mongodb_bytes_open_in(b, 3, "cursor");
	size_t batch = mongodb_bytes_open_in(b, 4, "firstBatch");

	for (int i = 0; i < count; i++) {
		char key[12];
		size_t row;

		snprintf(key, sizeof(key), "%d", i);
		row = mongodb_bytes_open_in(b, 3, key);
		mongodb_bytes_string(b, "card", "4111");
		mongodb_bytes_close_document(b, row);
	}
	mongodb_bytes_close_document(b, batch);
	mongodb_bytes_key(b, 0x12, "id");
	mongodb_bytes_put(b, "\0\0\0\0\0\0\0\0", 8);
	mongodb_bytes_string(b, "ns", "shop.orders");
	mongodb_bytes_close_document(b, cursor);
	mongodb_bytes_number(b, "ok", 1);
	mongodb_bytes_close_msg(b, msg);
}

/* {ok: 0, errmsg: …, code: code, codeName: name} */
static inline void mongodb_bytes_error(struct mongodb_bytes *b, uint32_t id, uint32_t to, int code,
				       const char *name)
{
	struct mongodb_msg msg = mongodb_bytes_open_msg(b, id, to, 0);

	mongodb_bytes_number(b, "ok", 0);
	mongodb_bytes_string(b, "errmsg", "card 4111 is known");
	if (code)
		mongodb_bytes_number(b, "code", code);
	if (name)
		mongodb_bytes_string(b, "codeName", name);
	mongodb_bytes_close_msg(b, msg);
}

static inline struct view mongodb_bytes_view(const struct mongodb_bytes *b)
{
	return view_of(b->bytes, b->used);
}

#endif
