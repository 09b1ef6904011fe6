/*
 * Properties and header tables of AMQP 0.9.1 messages, with the field types that RabbitMQ and its
 * clients write (https://www.rabbitmq.com/amqp-0-9-1-errata.html). Values are stepped over by their
 * length; only texts of known names are looked at.
 */
#include "protocols/amqp/amqp_content.h"

#include "protocols/wire_cursor.h"

#define CONTENT_CLASS 60
#define MAX_FIELDS    256

/* Bytes of a field of this type, without those that say how many follow; -1: they say it. */
static int fixed_size(uint8_t type)
{
	switch (type) {
	case 'V':
		return 0;
	case 't':
	case 'b':
	case 'B':
		return 1;
	case 's':
	case 'u':
		return 2;
	case 'I':
	case 'i':
	case 'f':
		return 4;
	case 'D':
		return 5;
	case 'l':
	case 'L':
	case 'd':
	case 'T':
		return 8;
	default:
		return -1;
	}
}

static void keep(struct propagation *propagation, struct view name, struct view value)
{
	const struct {
		struct view name;
		struct view *place;
	} wanted[] = {
		{VIEW_LITERAL("traceparent"), &propagation->traceparent},
		{VIEW_LITERAL("tracestate"), &propagation->tracestate},
		{VIEW_LITERAL("sentry-trace"), &propagation->sentry_trace},
		{VIEW_LITERAL("baggage"), &propagation->baggage},
		{VIEW_LITERAL("b3"), &propagation->b3},
		{VIEW_LITERAL("x-b3-traceid"), &propagation->b3_trace_id},
		{VIEW_LITERAL("x-b3-spanid"), &propagation->b3_span_id},
		{VIEW_LITERAL("x-b3-sampled"), &propagation->b3_sampled},
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		if (!wanted[i].place->size && view_equals_ignoring_case(name, wanted[i].name))
			*wanted[i].place = value;
}

static void read_headers(struct view table, struct propagation *propagation)
{
	struct wire_cursor cursor = wire_cursor_over(table);

	for (int i = 0; i < MAX_FIELDS && cursor.rest.size; i++) {
		struct view name = wire_cursor_short_text(&cursor);
		uint8_t type = wire_cursor_u8(&cursor);
		int size = fixed_size(type);
		struct view value;

		if (size < 0 && !strchr("SxAF", type))
			return;
		value = wire_cursor_take(&cursor,
					 size < 0 ? wire_cursor_u32(&cursor) : (uint32_t)size);
		if (cursor.is_short)
			return;
		if (type == 'S' || type == 'x')
			keep(propagation, name, value);
	}
}

/* The properties in the order of their bits, from the highest. */
static void read_properties(struct wire_cursor *cursor, uint16_t flags,
			    struct amqp_content_header *ret)
{
	if (flags & 0x8000)
		(void)wire_cursor_short_text(cursor); /* content-type */
	if (flags & 0x4000)
		(void)wire_cursor_short_text(cursor); /* content-encoding */
	if (flags & 0x2000) {
		uint32_t size = wire_cursor_u32(cursor);

		/* Of a table that was cut the beginning is still right. */
		read_headers(view_take(cursor->rest, size), &ret->propagation);
		(void)wire_cursor_take(cursor, size);
	}
	if (flags & 0x1000)
		(void)wire_cursor_u8(cursor); /* delivery-mode */
	if (flags & 0x0800)
		(void)wire_cursor_u8(cursor); /* priority */
	if (flags & 0x0400)
		ret->correlation_id = wire_cursor_short_text(cursor);
	if (flags & 0x0200)
		(void)wire_cursor_short_text(cursor); /* reply-to */
	if (flags & 0x0100)
		(void)wire_cursor_short_text(cursor); /* expiration */
	if (flags & 0x0080)
		ret->message_id = wire_cursor_short_text(cursor);
}

bool amqp_content_read(struct view payload, struct amqp_content_header *ret)
{
	struct wire_cursor cursor = wire_cursor_over(payload);
	uint16_t class_id = wire_cursor_u16(&cursor);
	uint16_t weight = wire_cursor_u16(&cursor);
	uint16_t flags;

	memset(ret, 0, sizeof(*ret));
	ret->body_size = wire_cursor_u64(&cursor);
	flags = wire_cursor_u16(&cursor);
	if (cursor.is_short || class_id != CONTENT_CLASS || weight)
		return false;
	/* The lowest bit says that more flags follow: no property has one. */
	if (!(flags & 1))
		read_properties(&cursor, flags, ret);
	return true;
}
