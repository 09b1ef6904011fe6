/*
 * A call begins where a client's turn does, is answered by the turn of the other side, and ends
 * with the client's next turn, or when nothing came for a while. Sizes are differences of
 * positions: no byte is looked at.
 */
#include "connection/unknown_call.h"

#include "connection/exchange_pairing.h"

#define CALL_IDLE_NS      (100 * 1000000ull) /* nothing came for so long: the answer is complete */
#define MAX_FOREIGN_TURNS 8
#define MAX_LATE_TURNS    16

/* Port numbers stand in for a connect() we did not see: the ephemeral side is the client. */
static bool is_client(const struct connection_identity *identity)
{
	if (identity->role != ROLE_UNKNOWN)
		return identity->role == ROLE_CLIENT;
	return identity->family != FAMILY_UNIX && identity->local_port >= 32768 &&
	       identity->peer_port < 32768;
}

bool unknown_call_is_told(const struct connection *connection)
{
	return connection_table_context(connection->table)->has_calls &&
	       is_client(&connection->identity);
}

bool unknown_call_is_early(const struct connection *connection)
{
	return !connection->identity.is_from_start && connection->late_turns < MAX_LATE_TURNS;
}

static void begin_call(struct connection *connection, const struct segment_record *segment)
{
	struct connection_context *context = connection_table_context(connection->table);
	struct pending_exchange *pending =
		exchange_pairing_open(connection, DIRECTION_SEND, segment->position);

	if (!pending)
		return;
	pending->exchange.start_ns = segment->start_ns;
	pending->exchange.request_end_ns = segment->start_ns;
	connection->streams[DIRECTION_RECEIVE].message_position = segment->other_position;
	context->sink.on_request(context->sink.self, &pending->exchange, NULL);
}

void unknown_call_begin_late(struct connection *connection)
{
	struct byte_stream *sent = &connection->streams[DIRECTION_SEND];
	struct connection_context *context = connection_table_context(connection->table);
	struct pending_exchange *pending;

	if (!unknown_call_is_told(connection) || connection->queue.oldest)
		return;
	pending = exchange_pairing_open(connection, DIRECTION_SEND, sent->message_position);
	if (!pending)
		return;
	pending->exchange.start_ns = sent->message_first_ns;
	pending->exchange.request_end_ns = sent->last_ns;
	context->sink.on_request(context->sink.self, &pending->exchange, NULL);
}

void unknown_call_finish(struct connection *connection, uint64_t received, uint64_t last_ns)
{
	struct exchange *exchange = &connection->queue.oldest->exchange;
	uint64_t began = connection->streams[DIRECTION_RECEIVE].message_position;

	exchange->response_bytes = received > began ? received - began : 0;
	exchange->is_lossy |= !exchange->response_start_ns;
	exchange_pairing_finish_oldest(connection, last_ns);
}

/* A protocol nobody knows: turns tell calls apart. */
void unknown_call_take_turn(struct connection *connection, const struct segment_record *segment)
{
	struct pending_exchange *pending = connection->queue.oldest;
	struct byte_stream *received = &connection->streams[DIRECTION_RECEIVE];
	struct connection_context *context = connection_table_context(connection->table);

	if (unknown_call_is_early(connection)) {
		enum capture_mode mode = connection->open_turns ? CAPTURE_UNDECIDED : CAPTURE_TURNS;

		connection->late_turns++;
		if (segment->mode != mode)
			connection_set_mode(connection, mode);
		return;
	}
	if (!unknown_call_is_told(connection)) {
		if (++connection->foreign_turns > MAX_FOREIGN_TURNS)
			connection_give_up(connection);
		else if (segment->mode != CAPTURE_OFF)
			connection_set_mode(connection, CAPTURE_OFF);
		return;
	}
	if (segment->direction == DIRECTION_SEND) {
		if (pending)
			unknown_call_finish(connection, segment->other_position,
					    segment->other_last_ns);
		begin_call(connection, segment);
	} else if (pending && !pending->exchange.response_start_ns) {
		pending->exchange.response_start_ns = segment->start_ns;
		pending->exchange.response_context = segment->context;
		pending->exchange.request_end_ns = segment->other_last_ns;
		pending->exchange.request_bytes =
			segment->other_position - pending->exchange.request_position;
		received->message_position = segment->position;
		context->sink.on_response(context->sink.self, &pending->exchange, NULL);
	}
	if (segment->mode != CAPTURE_OFF)
		connection_set_mode(connection, CAPTURE_OFF);
}

void unknown_call_end_idle(struct connection *connection, uint64_t now_ns)
{
	struct pending_exchange *pending = connection->queue.oldest;
	const struct byte_stream *received = &connection->streams[DIRECTION_RECEIVE];

	if (connection->protocol || !pending || !pending->exchange.response_start_ns)
		return;
	if (now_ns > connection->last_ns + CALL_IDLE_NS)
		unknown_call_finish(connection, received->next_position, received->last_ns);
}
