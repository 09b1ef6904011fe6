/*
 * What units do to exchanges. Keys that come from the wire find their exchange whatever was lost.
 * Where keys are counted, order is all there is: after a loss nothing is followed until the client
 * takes its turn, and what begins there is marked until one turn has been answered exactly: a
 * client that sends without waiting could still be owed an older answer. A wrong pair is worse than
 * none.
 */
#include "connection/conversation_pairing.h"

#include <stdlib.h>
#include "base/cleanup.h"
#include "connection/exchange_pairing.h"

static struct connection *connection_of(struct byte_stream *stream)
{
	return stream->owner;
}

static struct connection_context *context_of(struct connection *connection)
{
	return connection_table_context(connection->table);
}

static const struct conversation *conversation_of(const struct connection *connection)
{
	return connection->protocol->conversation;
}

static enum stream_direction direction_of(const struct connection *connection,
					  const struct byte_stream *stream)
{
	return stream == &connection->streams[DIRECTION_SEND] ? DIRECTION_SEND : DIRECTION_RECEIVE;
}

static struct pending_exchange *find(struct connection *connection, uint64_t key)
{
	struct pending_exchange *pending = connection->queue.oldest;

	while (pending && (pending->key != key || pending->is_ending))
		pending = pending->next;
	return pending;
}

static void finish(struct connection *connection, struct pending_exchange *pending, uint64_t end_ns)
{
	struct connection_context *context = context_of(connection);

	pending->exchange.end_ns = end_ns;
	context->sink.on_finish(context->sink.self, &pending->exchange);
	exchange_queue_remove(&connection->queue, &context->pool, pending);
}

/* Whose exchange it is that begins with what moves in `stream`. */
static struct byte_stream *caller_of(struct connection *connection, struct byte_stream *stream)
{
	return conversation_of(connection)->is_session
		       ? &connection->streams[connection->request_direction]
		       : stream;
}

static void open_by(struct connection *connection, struct byte_stream *caller, uint64_t key,
		    struct message *message)
{
	struct connection_context *context = context_of(connection);
	struct byte_stream *stream = connection->reading;
	struct pending_exchange *pending = exchange_pairing_open(
		connection, direction_of(connection, caller),
		caller == stream ? stream->message_position : caller->next_position);

	if (!pending)
		return;
	if (message->is_truncated)
		drops_count(context->drops, DROP_MESSAGE_TRUNCATED);
	message->kind = MESSAGE_REQUEST;
	pending->key = key;
	pending->opened_by = caller->kind;
	pending->exchange.start_ns = caller == stream ? stream->message_first_ns : caller->last_ns;
	pending->exchange.request_end_ns = caller->last_ns;
	pending->exchange.is_lossy = message->is_truncated || connection->doubt;
	context->sink.on_request(context->sink.self, &pending->exchange, message);
}

static void open_exchange(void *self, uint64_t key, struct message *message)
{
	struct connection *connection = self;

	open_by(connection, caller_of(connection, connection->reading), key, message);
}

static void open_asked(void *self, uint64_t key, struct message *message)
{
	struct connection *connection = self;

	open_by(connection, &connection->streams[connection->request_direction], key, message);
}

static unsigned char *state_of_exchange(void *self, uint64_t key)
{
	struct pending_exchange *pending = find(self, key);

	return pending ? pending->pair_state : NULL;
}

static void add_to_exchange(void *self, uint64_t key, uint64_t payload_bytes)
{
	struct connection *connection = self;
	struct pending_exchange *pending = find(connection, key);
	struct exchange *exchange = pending ? &pending->exchange : NULL;

	if (!exchange)
		return;
	if (connection->reading->kind == pending->opened_by) {
		exchange->request_body_bytes += payload_bytes;
		exchange->has_request_body_bytes = !pending->has_gap[connection->reading->kind];
		exchange->request_end_ns = connection->reading->last_ns;
	} else {
		exchange->response_body_bytes += payload_bytes;
		exchange->has_response_body_bytes = !pending->has_gap[connection->reading->kind];
	}
}

static void show_to_exchange(void *self, uint64_t key, struct view bytes)
{
	struct connection *connection = self;
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending = find(connection, key);
	bool is_request = pending && connection->reading->kind == pending->opened_by;

	if (pending && context->sink.on_body)
		context->sink.on_body(context->sink.self, &pending->exchange,
				      is_request ? MESSAGE_REQUEST : MESSAGE_RESPONSE, bytes);
}

static void answer_exchange(void *self, uint64_t key, struct message *message)
{
	struct connection *connection = self;
	struct connection_context *context = context_of(connection);
	struct byte_stream *stream = connection->reading;
	struct pending_exchange *pending = find(connection, key);
	const struct last_move *move = &connection->moves[direction_of(connection, stream)];

	if (!pending)
		return;
	if (!pending->exchange.response_start_ns) {
		pending->exchange.response_start_ns = stream->message_first_ns;
		pending->exchange.response_context = move->context;
		pending->exchange.response_tid = move->tid;
	}
	if (!message)
		return;
	message->kind = MESSAGE_RESPONSE;
	pending->exchange.is_lossy |= message->is_truncated;
	context->sink.on_response(context->sink.self, &pending->exchange, message);
}

/* It ends with the unit, whose last byte may be still to come. */
static void end_exchange(void *self, uint64_t key)
{
	struct connection *connection = self;
	struct pending_exchange *pending = find(connection, key);

	if (!pending) {
		drops_count(context_of(connection)->drops, DROP_EXCHANGE_UNMATCHED);
		return;
	}
	pending->is_ending = true;
	pending->ended_by = connection->reading->kind;
	connection->has_ending = true;
}

static void become(void *self, const struct protocol *next)
{
	struct connection *connection = self;
	const struct conversation *conversation = conversation_of(connection);

	if (!next && conversation->hand_over) {
		connection->identity.tls.before = connection->protocol;
		connection->identity.tls.word = conversation->hand_over(connection->session);
	}
	connection->is_becoming = true;
	connection->next_protocol = next;
}

static struct exchange_sink sink_of(struct connection *connection)
{
	return (struct exchange_sink){.self = connection,
				      .open = open_exchange,
				      .open_asked = open_asked,
				      .state = state_of_exchange,
				      .add = add_to_exchange,
				      .show = show_to_exchange,
				      .answer = answer_exchange,
				      .end = end_exchange,
				      .become = become};
}

static enum parse_result read_unit(struct byte_stream *stream, struct unit *unit)
{
	struct connection *connection = connection_of(stream);
	struct exchange_sink sink = sink_of(connection);

	connection->reading = stream;
	return conversation_of(connection)->read(connection->session, unit, &sink);
}

static void finish_ending(struct connection *connection, enum message_kind side, uint64_t end_ns)
{
	struct pending_exchange *pending = connection->queue.oldest, *next;

	connection->has_ending = false;
	for (; pending; pending = next) {
		next = pending->next;
		if (pending->is_ending && pending->ended_by == side)
			finish(connection, pending, end_ns);
		else
			connection->has_ending |= pending->is_ending;
	}
}

static void on_unit_end(struct byte_stream *stream)
{
	struct connection *connection = connection_of(stream);

	if (connection->has_ending)
		finish_ending(connection, stream->kind, stream->last_ns);
	if (connection->is_becoming)
		connection_become(connection, connection->next_protocol);
}

/* An answer to what was asked meanwhile has no owner. */
static void lose_order(struct connection *connection)
{
	connection->is_order_lost = true;
	conversation_stream_lose(&connection->streams[!connection->request_direction]);
}

/* What waits may have been answered, what was asked may not be known, and how much that side said
 * is not. */
static void mark_lossy(struct connection *connection, enum message_kind side)
{
	struct pending_exchange *pending;

	for (pending = connection->queue.oldest; pending; pending = pending->next) {
		pending->exchange.is_lossy = true;
		pending->has_gap[side] = true;
		if (side == pending->opened_by)
			pending->exchange.has_request_body_bytes = false;
		else
			pending->exchange.has_response_body_bytes = false;
	}
}

static void on_lost(struct byte_stream *stream)
{
	struct connection *connection = connection_of(stream);

	mark_lossy(connection, stream->kind);
	if (connection->has_ending)
		finish_ending(connection, stream->kind, stream->last_ns);
	connection->is_becoming = false;
	conversation_of(connection)->lose(connection->session, stream->kind);
	if (!conversation_of(connection)->is_keyed && stream->kind == MESSAGE_REQUEST)
		lose_order(connection);
}

/* Counted keys: the client's side finds its place at a turn only (take_turn). */
static bool resume(struct byte_stream *stream, struct view bytes, size_t *ret_offset)
{
	struct connection *connection = connection_of(stream);
	const struct conversation *conversation = conversation_of(connection);

	if (!conversation->is_keyed &&
	    (stream->kind == MESSAGE_REQUEST ? !connection->is_turn : connection->is_order_lost))
		return false;
	if (conversation->resume(connection->session, stream->kind, bytes, ret_offset)) {
		if (*ret_offset)
			mark_lossy(connection, stream->kind);
		return true;
	}
	/* These bytes go by unread. */
	mark_lossy(connection, stream->kind);
	if (!connection->is_turn || stream->kind != MESSAGE_REQUEST)
		return false;
	stream->failures++;
	if (!conversation->is_keyed)
		lose_order(connection);
	return false;
}

static const struct conversation_stream_sink stream_sink = {
	.read = read_unit,
	.on_unit_end = on_unit_end,
	.on_lost = on_lost,
	.resume = resume,
};

/* Both sides begin anew where the client takes its turn: whatever was asked before has its answer,
 * or will never be told from others. Of a client that waits for each answer that is certain. */
static void begin_anew(struct connection *connection, struct byte_stream *request,
		       struct byte_stream *response)
{
	if (connection->is_order_lost || connection->queue.count > 1)
		connection->doubt = DOUBT_TRIAL;
	exchange_pairing_give_up(connection, response->last_ns, false);
	if (conversation_of(connection)->restart)
		conversation_of(connection)->restart(connection->session);
	conversation_stream_restart(response, response->next_position);
	if (connection->is_order_lost)
		conversation_stream_lose(request);
	connection->is_order_lost = false;
}

/* The client speaks after the server did. */
static void take_turn(struct connection *connection, struct byte_stream *request,
		      struct byte_stream *response)
{
	bool is_lost = connection->is_order_lost || request->state == STREAM_LOST ||
		       response->state == STREAM_LOST;

	if (conversation_of(connection)->is_keyed)
		return;
	if (is_lost || (connection->doubt == DOUBT_TRIAL && connection->queue.oldest))
		begin_anew(connection, request, response);
	else if (connection->doubt == DOUBT_NEW)
		connection->doubt = DOUBT_TRIAL;
	else
		connection->doubt = DOUBT_NONE;
}

bool conversation_pairing_begin(struct connection *connection, bool is_whole)
{
	const struct conversation *conversation = conversation_of(connection);
	struct connection_context *context = context_of(connection);
	struct session_budget *budget = &context->budget;
	const struct session_start start = {
		.is_from_start = is_whole,
		.names = {context->names, connection->protocol, connection->identity.tgid},
	};
	int err = 0;

	if (conversation->session_size > budget->max_bytes - budget->used_bytes ||
	    !(connection->session = calloc(1, conversation->session_size + 1))) {
		drops_count(context->drops, DROP_SESSION_MEMORY);
		return false;
	}
	budget->used_bytes += conversation->session_size;
	if (conversation->begin)
		err = conversation->begin(connection->session, budget, &start);
	if (err < 0) {
		budget->used_bytes -= conversation->session_size;
		free(TAKE_PTR(connection->session));
		drops_count(context->drops, DROP_SESSION_MEMORY);
		return false;
	}
	if (connection->identity.is_tls && conversation->take_over &&
	    connection->identity.tls.before == connection->protocol)
		conversation->take_over(connection->session, connection->identity.tls.word);
	connection->is_becoming = connection->has_ending = connection->is_order_lost = false;
	connection->doubt = is_whole || conversation->is_keyed ? DOUBT_NONE : DOUBT_NEW;
	return true;
}

void conversation_pairing_done(struct connection *connection)
{
	const struct conversation *conversation;

	if (!connection->session)
		return;
	conversation = conversation_of(connection);
	if (conversation->end)
		conversation->end(connection->session, &context_of(connection)->budget);
	context_of(connection)->budget.used_bytes -= conversation->session_size;
	free(TAKE_PTR(connection->session));
}

void conversation_pairing_take(struct connection *connection, enum stream_direction direction,
			       const struct stream_segment *part)
{
	struct byte_stream *stream = &connection->streams[direction];

	if (!connection->session)
		return;
	if (part->is_turn && stream->kind == MESSAGE_REQUEST)
		take_turn(connection, stream, &connection->streams[!direction]);
	conversation_stream_take(stream, &stream_sink, part);
}

void conversation_pairing_advance(struct connection *connection, enum stream_direction direction,
				  uint64_t position, uint64_t last_ns)
{
	conversation_stream_advance(&connection->streams[direction], &stream_sink, position,
				    last_ns);
}
