/*
 * A whole conversation as one text: what both sides said, in the order they said it, goes through
 * the real connection room and the protocol's describe functions, and comes out as one line per
 * exchange, in the order they ended:
 *
 *   client "SELECT orders" db db.system.name=postgresql db.query.text=SELECT ? …
 *
 * then " ERROR", " aborted", " lossy" where they apply. conversation_law.h has the law.
 */
#ifndef SUPPORT_CONVERSATION_FIXTURE_H
#define SUPPORT_CONVERSATION_FIXTURE_H

#include "cmocka_test.h"

#include "capture/event_decoder.h"
#include "conversation_spans.h"
#include "drops_text.h"

/* size 0: bytes is text. */
struct saying {
	enum message_kind side; /* MESSAGE_REQUEST: the client says it */
	const char *bytes;
	size_t size;
};

#define CLIENT_SAYS(text)                                                                          \
	{                                                                                          \
		MESSAGE_REQUEST, text, sizeof(text) - 1                                            \
	}
#define SERVER_SAYS(text)                                                                          \
	{                                                                                          \
		MESSAGE_RESPONSE, text, sizeof(text) - 1                                           \
	}

static inline void conversation_set_mode(void *self, const struct connection_identity *connection,
					 enum capture_mode mode)
{
	struct conversation_fixture *f = self;

	(void)connection;
	f->modes++;
	f->mode = mode;
	f->builder.mode = mode;
}

static inline void conversation_take(void *self, struct view record)
{
	struct conversation_fixture *f = self;
	struct event event;

	assert_int_equal(event_decoder_decode(record, &event), 0);
	connection_table_take(f->table, &event);
}

/* is_server: the process whose connection this is serves. */
static inline void conversation_begin(struct conversation_fixture *f, bool is_server)
{
	struct connection_table_settings settings = {16, false, 1 << 20};
	struct connection_sink sink = {
		.self = f,
		.on_request = conversation_on_request,
		.on_response = conversation_on_response,
		.on_finish = conversation_on_finish,
		.set_mode = conversation_set_mode,
		.on_body = conversation_on_body,
	};

	memset(f, 0, offsetof(struct conversation_fixture, text));
	f->text[0] = '\0';
	f->used = 0;
	f->is_server = is_server;
	assert_int_equal(connection_table_new(&f->table, &settings, &sink, &f->drops), 0);
	record_builder_init(&f->builder, conversation_take, f);
	f->builder.mode = CAPTURE_UNDECIDED;
}

/* The connection is announced: from its first byte, or joined when bytes had moved before. */
static inline void conversation_open(struct conversation_fixture *f, bool is_from_start)
{
	struct record_builder *b = &f->builder;
	struct connection_open_record open =
		record_builder_open_record(b, f->is_server ? ROLE_SERVER : ROLE_CLIENT);

	open.flags = is_from_start ? CONNECTION_FROM_START : 0;
	record_builder_give(b, &open, sizeof(open));
}

static inline enum stream_direction conversation_direction(const struct conversation_fixture *f,
							   enum message_kind side)
{
	return (side == MESSAGE_REQUEST) == f->is_server ? DIRECTION_RECEIVE : DIRECTION_SEND;
}

/* One call of `size` bytes, captured up to the builder's cap. */
static inline void conversation_feed(struct conversation_fixture *f, enum message_kind side,
				     const char *bytes, size_t size)
{
	record_builder_segment(&f->builder, conversation_direction(f, side), bytes, (uint32_t)size,
			       (uint32_t)(size < BUILDER_CAP ? size : BUILDER_CAP), 0);
}

/* `size` bytes of which only the first `head` are seen. */
static inline void conversation_feed_cut(struct conversation_fixture *f, enum message_kind side,
					 const char *bytes, size_t size, size_t head)
{
	record_builder_segment(&f->builder, conversation_direction(f, side), bytes, (uint32_t)size,
			       (uint32_t)head, 0);
}

/* The record was lost; the bytes moved. */
static inline void conversation_feed_lost(struct conversation_fixture *f, enum message_kind side,
					  size_t size)
{
	record_builder_unseen(&f->builder, conversation_direction(f, side), (uint32_t)size);
}

static inline size_t conversation_size(const struct saying *saying)
{
	return saying->size ? saying->size : strlen(saying->bytes);
}

static inline void conversation_feed_all(struct conversation_fixture *f,
					 const struct saying *sayings, size_t count)
{
	for (size_t i = 0; i < count; i++)
		conversation_feed(f, sayings[i].side, sayings[i].bytes,
				  conversation_size(&sayings[i]));
}

/* Both ends close; what is open ends as aborted. */
static inline void conversation_end(struct conversation_fixture *f)
{
	if (f->table)
		connection_table_free(&f->table);
}

static inline const char *conversation_drops(struct conversation_fixture *f)
{
	return drops_text(&f->drops, ", ", f->drops_text, sizeof(f->drops_text));
}

#endif
