/*
 * The first turn's bytes prove it. The announcement of a plaintext follows its ciphertext's
 * record, so few wait between the two. Where none is announced, the client's turns are calls as of
 * a protocol nobody knows (unknown_call.h), told when they are answered: a plaintext would have
 * been announced by then. What a handshake, its tickets (RFC 8446, 4.6.1) and alerts look like from
 * outside is none.
 */
#include "connection/tls_ciphertext.h"

#include "connection/unknown_call.h"
#include "protocols/tls_record.h"

#define MAX_SEGMENTS      16 /* looked at for the two hellos */
#define MAX_HELLO_BYTES   8192
#define TLS_HEADER_BYTES  5
#define TLS_APPLICATION   23 /* RFC 8446, 5.1; handshake, alert and change_cipher_spec are less */
#define TLS_1_3           0x0304
#define ALERT_BYTES       24 /* of TLS 1.3, with the header; looks like application data */
#define OLD_ALERT_BYTES   31 /* of TLS 1.2, the longest that is common */
#define PLAINTEXT_KEY_BIT 1  /* bpf/lib/connection.bpf.h */

/* The two hellos are read; true when that is over. */
static bool read_hello(struct connection *connection, const struct segment_record *segment,
		       struct view bytes)
{
	struct byte_stream *stream = &connection->streams[segment->direction];
	struct tls_facts *facts = &connection->identity.tls;
	enum tls_hello hello;

	if (connection->hellos & (1u << segment->direction))
		return false;
	byte_buffer_append(&stream->head, bytes);
	hello = tls_record_read_hello(byte_buffer_view(&stream->head), facts);
	if (hello == TLS_HELLO_CUT && stream->head.size < MAX_HELLO_BYTES)
		return false;
	byte_buffer_clear(&stream->head);
	connection->hellos |= (uint8_t)(1u << segment->direction);
	return hello == TLS_HELLO_NONE || connection->hellos == 3;
}

/* The client's Finished of TLS 1.3, with a hash of 32 or 48 bytes. */
static bool is_finished(const struct connection *connection, size_t record_bytes)
{
	return connection->hellos == 3 && !connection->has_finished &&
	       (record_bytes == 53 || record_bytes == 69);
}

/* TLS 1.3 hides behind the type of application data what else it says. */
static bool is_disguised(const struct connection *connection, size_t record_bytes)
{
	return record_bytes == ALERT_BYTES - TLS_HEADER_BYTES ||
	       is_finished(connection, record_bytes);
}

/* More than messages of a handshake and alerts? Once it is known, no bytes come with a turn. */
static bool holds_request(struct connection *connection, struct view bytes, uint32_t length)
{
	bool is_old = connection->hellos == 3 && connection->identity.tls.version != TLS_1_3;
	size_t at = 0;

	if (bytes.size < TLS_HEADER_BYTES)
		return length > (is_old ? OLD_ALERT_BYTES : ALERT_BYTES);
	while (at + TLS_HEADER_BYTES <= bytes.size) {
		const unsigned char *header = (const unsigned char *)bytes.bytes + at;
		size_t record_bytes = (size_t)header[3] << 8 | header[4];

		if (header[0] == TLS_APPLICATION &&
		    (is_old || !is_disguised(connection, record_bytes)))
			return true;
		connection->has_finished |= header[0] == TLS_APPLICATION;
		at += TLS_HEADER_BYTES + record_bytes;
	}
	return at < length && bytes.size < length;
}

static void follow_calls(struct connection *connection, const struct segment_record *segment,
			 struct view bytes)
{
	struct byte_stream *sent = &connection->streams[DIRECTION_SEND];
	bool is_turn = segment->flags & SEGMENT_IS_TURN;

	if (segment->direction == DIRECTION_RECEIVE) {
		if (!is_turn || !connection->has_asked)
			return;
		connection->has_asked = false;
		unknown_call_begin_late(connection);
		unknown_call_take_turn(connection, segment);
		return;
	}
	if (is_turn && connection->queue.oldest)
		unknown_call_finish(connection, segment->other_position, segment->other_last_ns);
	if (is_turn)
		connection->has_asked = false;
	if (connection->has_asked || !holds_request(connection, bytes, segment->length))
		return;
	connection->has_asked = connection->has_spoken = true;
	sent->message_position = segment->position;
	sent->message_first_ns = segment->start_ns;
	sent->last_ns = segment->header.time_ns;
}

/* Nobody wants its calls. But was anything asked at all? Clients shake hands in advance, too. */
static void look_for_request(struct connection *connection, const struct segment_record *segment,
			     struct view bytes)
{
	enum stream_direction client =
		connection->identity.role == ROLE_CLIENT ? DIRECTION_SEND : DIRECTION_RECEIVE;

	if (segment->direction == client && holds_request(connection, bytes, segment->length))
		connection->has_spoken = true;
	if (connection->has_spoken || ++connection->foreign_turns > 2 * MAX_SEGMENTS)
		connection_give_up(connection);
}

bool tls_ciphertext_take(struct connection *connection, const struct segment_record *segment,
			 struct view bytes)
{
	if (!connection->identity.is_ciphertext) {
		if (connection->identity.is_tls || !(segment->flags & SEGMENT_IS_TURN) ||
		    (segment->flags & SEGMENT_IS_TAIL) || !tls_record_detect(bytes))
			return false;
		connection->identity.is_ciphertext = true;
		byte_buffer_clear(&connection->streams[DIRECTION_SEND].head);
		byte_buffer_clear(&connection->streams[DIRECTION_RECEIVE].head);
	}
	if (!connection->has_shaken_hands) {
		if (!read_hello(connection, segment, bytes) &&
		    ++connection->foreign_turns <= MAX_SEGMENTS)
			return true;
		connection->has_shaken_hands = true;
	}
	if (!connection->is_over && unknown_call_is_told(connection))
		follow_calls(connection, segment, bytes);
	else if (!connection->is_over)
		look_for_request(connection, segment, bytes);
	return true;
}

void tls_ciphertext_give_over(struct connection *connection, struct tls_handovers *handovers)
{
	struct tls_handover *handover = &handovers->ring[handovers->next++ % MAX_TLS_HANDOVERS];

	handover->socket = connection->identity.socket;
	handover->facts = connection->identity.tls;
	connection->identity.is_ciphertext = connection->is_given_over = true;
	connection_give_up(connection);
}

void tls_ciphertext_take_over(struct connection *connection, struct tls_handovers *handovers)
{
	uint64_t socket = connection->identity.socket & ~(uint64_t)PLAINTEXT_KEY_BIT;

	for (uint32_t i = 0; connection->identity.is_tls && i < MAX_TLS_HANDOVERS; i++) {
		struct tls_handover *handover = &handovers->ring[i];

		if (handover->socket != socket)
			continue;
		connection->identity.tls = handover->facts;
		handover->socket = 0;
	}
}
