/*
 * The table of AMQP's methods and a reader of their arguments. A shape is one letter per argument:
 * s a short that is skipped, l a long that is skipped, c a reply code, e an exchange, r a routing
 * key, q a queue, t a consumer tag, d a delivery tag, x a text that is skipped, b the bits.
 */
#include "protocols/amqp/amqp_method.h"

#include "protocols/wire_cursor.h"

#define BY_CLIENT AMQP_SENT_BY_CLIENT
#define BY_SERVER AMQP_SENT_BY_SERVER
#define BY_BOTH   AMQP_SENT_BY_BOTH

static const struct amqp_method_kind kinds[] = {
	{AMQP_CONNECTION_START, "connection.start", BY_SERVER, 0, "", 0},
	{AMQP_ID(10, 11), "connection.start-ok", BY_CLIENT, 0, "", 0},
	{AMQP_ID(10, 20), "connection.secure", BY_SERVER, 0, "", 0},
	{AMQP_ID(10, 21), "connection.secure-ok", BY_CLIENT, 0, "", 0},
	{AMQP_ID(10, 30), "connection.tune", BY_SERVER, 0, "", 0},
	{AMQP_ID(10, 31), "connection.tune-ok", BY_CLIENT, 0, "", 0},
	{AMQP_ID(10, 40), "connection.open", BY_CLIENT, 0, "", 0},
	{AMQP_ID(10, 41), "connection.open-ok", BY_SERVER, 0, "", 0},
	{AMQP_CONNECTION_CLOSE, "connection.close", BY_BOTH, 0, "c", 0},
	{AMQP_CONNECTION_CLOSE_OK, "connection.close-ok", BY_BOTH, 0, "", 0},
	{AMQP_ID(10, 60), "connection.blocked", BY_SERVER, 0, "", 0},
	{AMQP_ID(10, 61), "connection.unblocked", BY_SERVER, 0, "", 0},
	{AMQP_ID(10, 70), "connection.update-secret", BY_CLIENT, 0, "", 0},
	{AMQP_ID(10, 71), "connection.update-secret-ok", BY_SERVER, 0, "", 0},
	{AMQP_CHANNEL_OPEN, "channel.open", BY_CLIENT, 0, "", 0},
	{AMQP_ID(20, 11), "channel.open-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(20, 20), "channel.flow", BY_BOTH, 0, "b", 0},
	{AMQP_ID(20, 21), "channel.flow-ok", BY_BOTH, 0, "b", 0},
	{AMQP_CHANNEL_CLOSE, "channel.close", BY_BOTH, 0, "c", 0},
	{AMQP_CHANNEL_CLOSE_OK, "channel.close-ok", BY_BOTH, 0, "", 0},
	{AMQP_ID(30, 10), "access.request", BY_CLIENT, 0, "", 0},
	{AMQP_ID(30, 11), "access.request-ok", BY_SERVER, 0, "s", 0},
	{AMQP_ID(40, 10), "exchange.declare", BY_CLIENT, AMQP_ID(40, 11), "sexb", 0x10},
	{AMQP_ID(40, 11), "exchange.declare-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(40, 20), "exchange.delete", BY_CLIENT, AMQP_ID(40, 21), "seb", 0x02},
	{AMQP_ID(40, 21), "exchange.delete-ok", BY_SERVER, 0, "", 0},
	{AMQP_EXCHANGE_BIND, "exchange.bind", BY_CLIENT, AMQP_ID(40, 31), "sexxb", 0x01},
	{AMQP_ID(40, 31), "exchange.bind-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(40, 40), "exchange.unbind", BY_CLIENT, AMQP_ID(40, 51), "sexxb", 0x01},
	{AMQP_ID(40, 51), "exchange.unbind-ok", BY_SERVER, 0, "", 0},
	{AMQP_QUEUE_DECLARE, "queue.declare", BY_CLIENT, AMQP_QUEUE_DECLARE_OK, "sqb", 0x10},
	{AMQP_QUEUE_DECLARE_OK, "queue.declare-ok", BY_SERVER, 0, "qll", 0},
	{AMQP_ID(50, 20), "queue.bind", BY_CLIENT, AMQP_ID(50, 21), "sqxxb", 0x01},
	{AMQP_ID(50, 21), "queue.bind-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(50, 30), "queue.purge", BY_CLIENT, AMQP_ID(50, 31), "sqb", 0x01},
	{AMQP_ID(50, 31), "queue.purge-ok", BY_SERVER, 0, "l", 0},
	{AMQP_ID(50, 40), "queue.delete", BY_CLIENT, AMQP_ID(50, 41), "sqb", 0x04},
	{AMQP_ID(50, 41), "queue.delete-ok", BY_SERVER, 0, "l", 0},
	{AMQP_ID(50, 50), "queue.unbind", BY_CLIENT, AMQP_ID(50, 51), "sqxx", 0},
	{AMQP_ID(50, 51), "queue.unbind-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(60, 10), "basic.qos", BY_CLIENT, AMQP_ID(60, 11), "lsb", 0},
	{AMQP_ID(60, 11), "basic.qos-ok", BY_SERVER, 0, "", 0},
	{AMQP_BASIC_CONSUME, "basic.consume", BY_CLIENT, AMQP_BASIC_CONSUME_OK, "sqtb", 0x08},
	{AMQP_BASIC_CONSUME_OK, "basic.consume-ok", BY_SERVER, 0, "t", 0},
	/* RabbitMQ tells its clients so when a queue is gone. */
	{AMQP_BASIC_CANCEL, "basic.cancel", BY_BOTH, AMQP_BASIC_CANCEL_OK, "tb", 0x01},
	{AMQP_BASIC_CANCEL_OK, "basic.cancel-ok", BY_BOTH, 0, "t", 0},
	{AMQP_BASIC_PUBLISH, "basic.publish", BY_CLIENT, 0, "serb", 0},
	{AMQP_BASIC_RETURN, "basic.return", BY_SERVER, 0, "cxer", 0},
	{AMQP_BASIC_DELIVER, "basic.deliver", BY_SERVER, 0, "tdber", 0},
	{AMQP_BASIC_GET, "basic.get", BY_CLIENT, AMQP_BASIC_GET_OK, "sqb", 0},
	{AMQP_BASIC_GET_OK, "basic.get-ok", BY_SERVER, 0, "dberl", 0},
	{AMQP_BASIC_GET_EMPTY, "basic.get-empty", BY_SERVER, 0, "x", 0},
	{AMQP_BASIC_ACK, "basic.ack", BY_BOTH, 0, "db", 0},
	{AMQP_BASIC_REJECT, "basic.reject", BY_CLIENT, 0, "db", 0},
	{AMQP_ID(60, 100), "basic.recover-async", BY_CLIENT, 0, "b", 0},
	{AMQP_ID(60, 110), "basic.recover", BY_CLIENT, AMQP_ID(60, 111), "b", 0},
	{AMQP_ID(60, 111), "basic.recover-ok", BY_SERVER, 0, "", 0},
	{AMQP_BASIC_NACK, "basic.nack", BY_BOTH, 0, "db", 0},
	{AMQP_CONFIRM_SELECT, "confirm.select", BY_CLIENT, AMQP_ID(85, 11), "b", 0x01},
	{AMQP_ID(85, 11), "confirm.select-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(90, 10), "tx.select", BY_CLIENT, AMQP_ID(90, 11), "", 0},
	{AMQP_ID(90, 11), "tx.select-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(90, 20), "tx.commit", BY_CLIENT, AMQP_ID(90, 21), "", 0},
	{AMQP_ID(90, 21), "tx.commit-ok", BY_SERVER, 0, "", 0},
	{AMQP_ID(90, 30), "tx.rollback", BY_CLIENT, AMQP_ID(90, 31), "", 0},
	{AMQP_ID(90, 31), "tx.rollback-ok", BY_SERVER, 0, "", 0},
};

const struct amqp_method_kind *amqp_method_find(uint32_t id)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (kinds[i].id == id)
			return &kinds[i];
	return NULL;
}

static void read_argument(struct wire_cursor *cursor, char letter, struct amqp_method *method)
{
	switch (letter) {
	case 's':
		(void)wire_cursor_u16(cursor);
		break;
	case 'l':
		(void)wire_cursor_u32(cursor);
		break;
	case 'c':
		method->reply_code = wire_cursor_u16(cursor);
		break;
	case 'd':
		method->delivery_tag = wire_cursor_u64(cursor);
		break;
	case 'b':
		method->bits = wire_cursor_u8(cursor);
		break;
	case 'e':
		method->exchange = wire_cursor_short_text(cursor);
		break;
	case 'r':
		method->routing_key = wire_cursor_short_text(cursor);
		break;
	case 'q':
		method->queue = wire_cursor_short_text(cursor);
		break;
	case 't':
		method->consumer_tag = wire_cursor_short_text(cursor);
		break;
	default:
		(void)wire_cursor_short_text(cursor);
	}
}

bool amqp_method_read(struct view payload, bool is_cut, struct amqp_method *ret)
{
	struct wire_cursor cursor = wire_cursor_over(payload);

	memset(ret, 0, sizeof(*ret));
	ret->kind = amqp_method_find(wire_cursor_u32(&cursor));
	if (!ret->kind)
		return false;
	for (const char *letter = ret->kind->shape; *letter; letter++)
		read_argument(&cursor, *letter, ret);
	ret->is_no_wait = ret->bits & ret->kind->no_wait;
	return is_cut || !cursor.is_short;
}

bool amqp_method_is_mandatory(const struct amqp_method *method)
{
	return method->bits & 0x01;
}

bool amqp_method_is_multiple(const struct amqp_method *method)
{
	return method->kind->id != AMQP_BASIC_REJECT && method->bits & 0x01;
}

bool amqp_method_is_without_ack(const struct amqp_method *method)
{
	return method->bits & 0x02;
}

const char *amqp_method_reply_name(uint16_t reply_code)
{
	static const struct {
		uint16_t code;
		const char *name;
	} names[] = {
		{311, "CONTENT_TOO_LARGE"}, {312, "NO_ROUTE"},         {313, "NO_CONSUMERS"},
		{320, "CONNECTION_FORCED"}, {402, "INVALID_PATH"},     {403, "ACCESS_REFUSED"},
		{404, "NOT_FOUND"},         {405, "RESOURCE_LOCKED"},  {406, "PRECONDITION_FAILED"},
		{501, "FRAME_ERROR"},       {502, "SYNTAX_ERROR"},     {503, "COMMAND_INVALID"},
		{504, "CHANNEL_ERROR"},     {505, "UNEXPECTED_FRAME"}, {506, "RESOURCE_ERROR"},
		{530, "NOT_ALLOWED"},       {540, "NOT_IMPLEMENTED"},  {541, "INTERNAL_ERROR"},
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].code == reply_code)
			return names[i].name;
	return NULL;
}
