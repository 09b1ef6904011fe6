/*
 * HTTP/1 answers in order, so the oldest exchange that waits owns the next response. Order is only
 * worth something while nothing is missing: where a response may have been lost, all that wait are
 * given up, and where a request was, what follows it is not followed until nothing waits any more.
 * A wrong pair is worse than none.
 */
#include "connection/exchange_pairing.h"

static struct connection *connection_of(struct byte_stream *stream)
{
	return stream->owner;
}

static struct connection_context *context_of(struct connection *connection)
{
	return connection_table_context(connection->table);
}

/* The exchange whose message of this kind is under way, NULL when it is not followed. */
static struct pending_exchange *current_exchange(struct connection *connection,
						 enum message_kind kind)
{
	struct pending_exchange *oldest = connection->queue.oldest;

	if (kind == MESSAGE_REQUEST)
		return connection->current_request;
	return oldest && oldest->exchange.response_start_ns ? oldest : NULL;
}

/* What moved so far of messages that were still under way. */
static void note_unfinished(struct connection *connection, struct pending_exchange *pending)
{
	const struct byte_stream *request = &connection->streams[connection->request_direction];
	const struct byte_stream *response = &connection->streams[!connection->request_direction];
	struct exchange *exchange = &pending->exchange;

	if (!exchange->protocol || exchange->protocol->conversation)
		return;
	if (pending == connection->current_request) {
		exchange->request_bytes = request->next_position - request->message_position;
		exchange->request_end_ns = request->last_ns;
		exchange->has_request_body_bytes &= request->is_body_counted;
	}
	if (exchange->response_start_ns && !exchange->response_bytes) {
		exchange->response_bytes = response->next_position - response->message_position;
		exchange->has_response_body_bytes &= response->is_body_counted;
	}
}

/* What comes behind this message is read as `next`, once this segment's part of it is known. */
static void stop_before(struct connection *connection, const struct protocol *next)
{
	byte_stream_stop(&connection->streams[DIRECTION_SEND]);
	byte_stream_stop(&connection->streams[DIRECTION_RECEIVE]);
	connection->is_becoming = true;
	connection->next_protocol = next;
}

void exchange_pairing_finish_oldest(struct connection *connection, uint64_t end_ns)
{
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending = connection->queue.oldest;
	bool ends_protocol = pending->ends_protocol;
	const struct protocol *next = pending->next_protocol;

	pending->exchange.end_ns = end_ns;
	note_unfinished(connection, pending);
	if (pending == connection->current_request)
		connection->current_request = NULL;
	context->sink.on_finish(context->sink.self, &pending->exchange);
	exchange_queue_pop(&connection->queue, &context->pool);
	if (ends_protocol && next)
		stop_before(connection, next);
	else if (ends_protocol)
		connection_give_up(connection);
}

void exchange_pairing_give_up(struct connection *connection, uint64_t end_ns, bool is_aborted)
{
	while (connection->queue.oldest) {
		struct pending_exchange *pending = connection->queue.oldest;

		pending->exchange.is_aborted = is_aborted;
		pending->exchange.is_lossy |= !is_aborted;
		pending->ends_protocol = false;
		exchange_pairing_finish_oldest(connection, end_ns);
	}
}

struct pending_exchange *exchange_pairing_open(struct connection *connection,
					       enum stream_direction direction, uint64_t position)
{
	struct connection_context *context = context_of(connection);
	const struct last_move *move = &connection->moves[direction];
	struct pending_exchange *pending = exchange_queue_push(&connection->queue, &context->pool);
	struct exchange *exchange;

	if (!pending) {
		drops_count(context->drops, DROP_EXCHANGE_UNMATCHED);
		return NULL;
	}
	exchange = &pending->exchange;
	exchange->id = ++context->next_exchange_id;
	exchange->connection = &connection->identity;
	exchange->protocol = connection->protocol;
	exchange->is_server = direction == DIRECTION_RECEIVE;
	exchange->tgid = move->tgid;
	exchange->request_tid = move->tid;
	exchange->request_context = move->context;
	exchange->has_sequence = move->has_sequence;
	exchange->request_sequence = move->tcp_sequence + (uint32_t)(position - move->position);
	exchange->request_position = position;
	return pending;
}

/* A request that was lost leaves a response without its place in the order. */
static bool is_order_known(struct connection *connection)
{
	if (connection->is_order_lost && connection->is_turn && !connection->queue.oldest)
		connection->is_order_lost = false;
	return !connection->is_order_lost;
}

static bool take_request(struct connection *connection, struct byte_stream *stream,
			 struct message *message)
{
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending = NULL;

	if (is_order_known(connection))
		pending = exchange_pairing_open(connection, connection->request_direction,
						stream->message_position);
	else
		drops_count(context->drops, DROP_EXCHANGE_UNMATCHED);
	connection->current_request = pending;
	if (!pending)
		return false;
	memcpy(pending->pair_state, stream->sink->pair_state(stream), sizeof(pending->pair_state));
	pending->exchange.start_ns = stream->message_first_ns;
	pending->exchange.request_end_ns = stream->last_ns;
	pending->exchange.has_request_body_bytes = true;
	pending->exchange.is_lossy = message->is_truncated;
	context->sink.on_request(context->sink.self, &pending->exchange, message);
	return true;
}

static bool take_response(struct connection *connection, struct byte_stream *stream,
			  struct message *message)
{
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending = connection->queue.oldest;
	const struct last_move *move = &connection->moves[!connection->request_direction];

	if (message->is_interim)
		return true;
	if (!pending) {
		drops_count(context->drops, DROP_EXCHANGE_UNMATCHED);
		return false;
	}
	pending->exchange.response_start_ns = stream->message_first_ns;
	pending->exchange.response_context = move->context;
	pending->exchange.response_tid = move->tid;
	pending->exchange.has_response_body_bytes = true;
	pending->exchange.is_lossy |= message->is_truncated;
	pending->ends_protocol = message->ends_protocol;
	pending->next_protocol = message->next;
	context->sink.on_response(context->sink.self, &pending->exchange, message);
	return true;
}

static bool on_head(struct byte_stream *stream, struct message *message)
{
	struct connection *connection = connection_of(stream);

	return stream->kind == MESSAGE_REQUEST ? take_request(connection, stream, message)
					       : take_response(connection, stream, message);
}

static void on_body(struct byte_stream *stream, uint64_t payload_bytes)
{
	struct pending_exchange *pending = current_exchange(connection_of(stream), stream->kind);

	if (!pending)
		return;
	if (stream->kind == MESSAGE_REQUEST)
		pending->exchange.request_body_bytes += payload_bytes;
	else
		pending->exchange.response_body_bytes += payload_bytes;
}

static void on_body_bytes(struct byte_stream *stream, struct view bytes)
{
	struct connection *connection = connection_of(stream);
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending = current_exchange(connection, stream->kind);

	if (pending && context->sink.on_body)
		context->sink.on_body(context->sink.self, &pending->exchange, stream->kind, bytes);
}

static void on_end(struct byte_stream *stream, uint64_t last_ns)
{
	struct connection *connection = connection_of(stream);
	struct pending_exchange *pending = current_exchange(connection, stream->kind);
	uint64_t size = stream->next_position - stream->message_position;

	if (!pending)
		return;
	pending->exchange.is_lossy |= stream->is_lossy;
	if (stream->kind == MESSAGE_REQUEST) {
		pending->exchange.request_end_ns = last_ns;
		pending->exchange.request_bytes = size;
		pending->exchange.has_request_body_bytes &= stream->is_body_counted;
		connection->current_request = NULL;
	} else {
		pending->exchange.response_bytes = size;
		pending->exchange.has_response_body_bytes &= stream->is_body_counted;
		exchange_pairing_finish_oldest(connection, last_ns);
	}
}

static void on_lost(struct byte_stream *stream)
{
	struct connection *connection = connection_of(stream);

	if (stream->kind == MESSAGE_RESPONSE)
		exchange_pairing_give_up(connection, stream->last_ns, false);
	else
		connection->is_order_lost = true;
}

/* A request writes into scratch, copied once its exchange exists; a response reads its request's,
 * or nothing where that was not seen. */
static unsigned char *pair_state(struct byte_stream *stream)
{
	static __thread _Alignas(8) unsigned char scratch[PROTOCOL_PAIR_STATE_BYTES];
	struct pending_exchange *oldest = connection_of(stream)->queue.oldest;

	if (stream->kind == MESSAGE_RESPONSE && oldest)
		return oldest->pair_state;
	if (stream->kind == MESSAGE_RESPONSE)
		memset(scratch, 0, sizeof(scratch));
	return scratch;
}

const struct byte_stream_sink exchange_pairing_sink = {
	.on_head = on_head,
	.on_body = on_body,
	.on_body_bytes = on_body_bytes,
	.on_end = on_end,
	.on_lost = on_lost,
	.pair_state = pair_state,
};
