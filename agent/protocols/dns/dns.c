/*
 * DNS: one question and its answer, in datagrams or behind a length of two bytes in a stream, where
 * answers come in any order (RFC 7766, section 6.2.1.1). The id names the exchange. Of large
 * messages the beginning is read and the rest skipped.
 */
#include "protocols/dns/dns.h"

#include "protocols/conversation.h"
#include "protocols/dns/dns_describe.h"
#include "protocols/dns/dns_message.h"

#define LENGTH_BYTES 2
/* Enough for a question and a few answers: what is gathered of a message in pieces. */
#define MAX_READ_BYTES 1024
/* A header and the longest question. */
#define MAX_QUESTION_BYTES (DNS_HEADER_BYTES + MAX_DNS_NAME_WIRE_BYTES + 4)
/* The shortest question: the root, a type and a class. */
#define MIN_MESSAGE_BYTES (DNS_HEADER_BYTES + 5)

_Static_assert(sizeof(struct dns_message) <= MESSAGE_FIELDS_BYTES, "fits into a message");

static size_t read_length(struct view bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.bytes;

	return (size_t)at[0] << 8 | at[1];
}

/* What the first bytes of a header must have, as far as they are there: an opcode we know, one
 * question; a query has no answers and few additional records. */
static bool may_be_header(struct view bytes)
{
	static const unsigned char none[DNS_HEADER_BYTES] = {0, 0, 0, 0, 0, 1};
	unsigned char header[DNS_HEADER_BYTES];
	size_t size = bytes.size < sizeof(header) ? bytes.size : sizeof(header);
	unsigned opcode;

	memcpy(header, none, sizeof(header));
	memcpy(header, bytes.bytes, size);
	opcode = header[2] >> 3 & 15;
	if ((opcode && opcode != 4 && opcode != 5) || (header[3] & 0x40) || header[4] ||
	    header[5] != 1)
		return false;
	if ((header[2] & 0x80) || opcode)
		return true;
	return !(header[3] & 15) && !header[6] && !header[7] && !header[8] && header[9] <= 1 &&
	       !header[10] && header[11] <= 3;
}

static enum detect_result detect(struct view bytes)
{
	struct dns_message message;
	struct view rest;
	size_t length;

	if (bytes.size < LENGTH_BYTES)
		return DETECT_NEED_MORE;
	length = read_length(bytes);
	rest = view_take(view_skip(bytes, LENGTH_BYTES), length);
	if (length < MIN_MESSAGE_BYTES || !may_be_header(rest))
		return DETECT_NO;
	if (rest.size < length && rest.size < MAX_QUESTION_BYTES)
		return DETECT_NEED_MORE;
	if (!dns_message_parse(rest, &message))
		return DETECT_NO;
	if (rest.size < length)
		return DETECT_NEED_MORE;
	if (!dns_message_is_exact(&message))
		return DETECT_NO;
	return message.is_response ? DETECT_RESPONSE : DETECT_REQUEST;
}

static void set_fields(struct message *message, const struct dns_message *dns)
{
	memset(message, 0, offsetof(struct message, fields));
	message->kind = dns->is_response ? MESSAGE_RESPONSE : MESSAGE_REQUEST;
	memcpy(message->fields, dns, sizeof(*dns));
}

static bool parse_datagram(struct view bytes, struct message *ret_message,
			   struct datagram_label *ret_label)
{
	struct dns_message dns;

	if (!dns_message_parse(bytes, &dns))
		return false;
	dns.is_datagram = true;
	set_fields(ret_message, &dns);
	ret_label->key = dns.id;
	ret_label->subject = dns_message_subject(&dns);
	return true;
}

static void take_message(const struct dns_message *dns, const struct exchange_sink *sink)
{
	struct message message;

	set_fields(&message, dns);
	if (!dns->is_response) {
		/* An id that is used again: the question before was given up. */
		if (sink->state(sink->self, dns->id))
			sink->end(sink->self, dns->id);
		sink->open(sink->self, dns->id, &message);
	} else if (sink->state(sink->self, dns->id)) {
		/* Of a zone transfer, which has many answers, the first one counts. */
		sink->answer(sink->self, dns->id, &message);
		sink->end(sink->self, dns->id);
	}
}

static enum parse_result read(void *session, struct unit *unit, const struct exchange_sink *sink)
{
	struct view bytes = view_skip(unit->bytes, LENGTH_BYTES);
	struct dns_message dns;
	size_t length, wanted;

	(void)session;
	if (unit->bytes.size < LENGTH_BYTES)
		return unit->is_final ? PARSE_INVALID : PARSE_NEED_MORE;
	length = read_length(unit->bytes);
	wanted = length < MAX_READ_BYTES ? length : MAX_READ_BYTES;
	if (length < DNS_HEADER_BYTES)
		return PARSE_INVALID;
	if (bytes.size < wanted && !unit->is_final)
		return PARSE_NEED_MORE;
	bytes = view_take(bytes, wanted);
	if (!dns_message_parse(bytes, &dns) || dns.is_response != (unit->side == MESSAGE_RESPONSE))
		return PARSE_INVALID;
	take_message(&dns, sink);
	unit->consumed = LENGTH_BYTES + bytes.size;
	unit->skip = length - bytes.size;
	return PARSE_DONE;
}

static void lose(void *session, enum message_kind side)
{
	(void)session;
	(void)side;
}

/* Senders give a message to one call, or its length to one before. */
static bool resume(void *session, enum message_kind side, struct view bytes, size_t *ret_offset)
{
	enum detect_result wanted = side == MESSAGE_REQUEST ? DETECT_REQUEST : DETECT_RESPONSE;
	size_t length = bytes.size < LENGTH_BYTES ? 0 : read_length(bytes);

	(void)session;
	if (!length || detect(view_take(bytes, LENGTH_BYTES + length)) != wanted)
		return false;
	*ret_offset = 0;
	return true;
}

static const struct conversation conversation = {
	.is_keyed = true,
	.read = read,
	.lose = lose,
	.resume = resume,
};

const struct protocol protocol_dns = {
	.name = "dns",
	.mode = CAPTURE_STREAM,
	.conversation = &conversation,
	.detect = detect,
	.parse_datagram = parse_datagram,
	.describe_request = dns_describe_request,
	.describe_response = dns_describe_response,
};
