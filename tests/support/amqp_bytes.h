/* Frames of AMQP 0.9.1 for tests, as a client and RabbitMQ would write them. */
#ifndef SUPPORT_AMQP_BYTES_H
#define SUPPORT_AMQP_BYTES_H

#include <stdint.h>
#include <string.h>
#include "base/view.h"

struct amqp_bytes {
	size_t used;
	char bytes[16384];
};

static inline void amqp_number(struct amqp_bytes *b, uint64_t value, int size)
{
	for (int i = size - 1; i >= 0; i--)
		b->bytes[b->used++] = (char)(value >> (8 * i));
}

static inline void amqp_raw(struct amqp_bytes *b, struct view v)
{
	memcpy(b->bytes + b->used, v.bytes, v.size);
	b->used += v.size;
}

static inline void amqp_short_text(struct amqp_bytes *b, const char *text)
{
	amqp_number(b, strlen(text), 1);
	amqp_raw(b, view_of_text(text));
}

static inline void amqp_frame(struct amqp_bytes *b, int type, int channel, struct view payload)
{
	amqp_number(b, (uint64_t)type, 1);
	amqp_number(b, (uint64_t)channel, 2);
	amqp_number(b, payload.size, 4);
	amqp_raw(b, payload);
	amqp_number(b, 0xCE, 1);
}

/*
 * A method frame; the arguments by a format: s a text, one number each for 1, 2, 4, 8 (bytes),
 * all of the type given in `texts` and `numbers` in order.
 */
static inline void amqp_method(struct amqp_bytes *b, int channel, uint32_t id, const char *format,
			       const char *const *texts, const uint64_t *numbers)
{
	struct amqp_bytes payload = {.used = 0};

	amqp_number(&payload, id, 4);
	for (; *format; format++) {
		if (*format == 's')
			amqp_short_text(&payload, *texts++);
		else
			amqp_number(&payload, *numbers++, *format - '0');
	}
	amqp_frame(b, 1, channel, view_of(payload.bytes, payload.used));
}

#define TEXTS(...)   ((const char *const[]){__VA_ARGS__})
#define NUMBERS(...) ((const uint64_t[]){__VA_ARGS__})

/* traceparent and message_id may be NULL. */
static inline void amqp_header(struct amqp_bytes *b, int channel, uint64_t body_size,
			       const char *traceparent, const char *message_id)
{
	struct amqp_bytes payload = {.used = 0}, table = {.used = 0};

	amqp_number(&payload, 60, 2);
	amqp_number(&payload, 0, 2);
	amqp_number(&payload, body_size, 8);
	amqp_number(&payload, 0x8000 | (traceparent ? 0x2000 : 0) | (message_id ? 0x80 : 0), 2);
	amqp_short_text(&payload, "text/plain");
	if (traceparent) {
		amqp_short_text(&table, "x-retries");
		amqp_number(&table, 'I', 1);
		amqp_number(&table, 3, 4);
		amqp_short_text(&table, "traceparent");
		amqp_number(&table, 'S', 1);
		amqp_number(&table, strlen(traceparent), 4);
		amqp_raw(&table, view_of_text(traceparent));
		amqp_number(&payload, table.used, 4);
		amqp_raw(&payload, view_of(table.bytes, table.used));
	}
	if (message_id)
		amqp_short_text(&payload, message_id);
	amqp_frame(b, 2, channel, view_of(payload.bytes, payload.used));
}

static inline void amqp_body(struct amqp_bytes *b, int channel, const char *text)
{
	amqp_frame(b, 3, channel, view_of_text(text));
}

static inline void amqp_publish(struct amqp_bytes *b, int channel, const char *exchange,
				const char *routing_key, const char *body)
{
	amqp_method(b, channel, 60 << 16 | 40, "2ss1", TEXTS(exchange, routing_key), NUMBERS(0, 1));
	amqp_header(b, channel, strlen(body), NULL, NULL);
	if (*body)
		amqp_body(b, channel, body);
}

static inline void amqp_deliver(struct amqp_bytes *b, int channel, const char *tag,
				uint64_t delivery_tag, const char *routing_key, const char *body)
{
	amqp_method(b, channel, 60 << 16 | 60, "s81ss", TEXTS(tag, "logs", routing_key),
		    NUMBERS(delivery_tag, 0));
	amqp_header(b, channel, strlen(body),
		    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "m-1");
	amqp_body(b, channel, body);
}

static inline void amqp_settle(struct amqp_bytes *b, int channel, int method, uint64_t tag,
			       int bits)
{
	amqp_method(b, channel, (uint32_t)(60 << 16 | method), "81", NULL,
		    NUMBERS(tag, (uint64_t)bits));
}

static inline struct view amqp_view(const struct amqp_bytes *b)
{
	return view_of(b->bytes, b->used);
}

#endif
