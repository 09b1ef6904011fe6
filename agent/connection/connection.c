/*
 * One connection. Until its bytes prove a protocol they are only looked at; from then on the two
 * streams parse and the queue pairs. What no protocol claims is followed by turns alone: a client's
 * send and the answer to it are one call.
 */
#include "connection/connection.h"

#define MAX_DETECT_BYTES  16384
#define MAX_FOREIGN_TURNS 8
#define MAX_FAILURES      8 /* heads in a row that do not parse: not this protocol after all */

static struct connection *connection_of(struct byte_stream *stream)
{
	return stream->owner;
}

static struct connection_context *context_of(struct connection *connection)
{
	return connection_table_context(connection->table);
}

static void set_mode(struct connection *connection, enum capture_mode mode)
{
	struct connection_context *context = context_of(connection);

	if (context->sink.set_mode)
		context->sink.set_mode(context->sink.self, &connection->identity, mode);
}

static void give_up_protocol(struct connection *connection)
{
	connection->is_over = true;
	set_mode(connection, CAPTURE_IGNORE);
}

/* The queue's oldest exchange is finished. */
static void finish_oldest(struct connection *connection, uint64_t end_ns)
{
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending = connection->queue.oldest;

	pending->exchange.end_ns = end_ns;
	if (pending == connection->current_request)
		connection->current_request = NULL;
	context->sink.on_finish(context->sink.self, &pending->exchange);
	if (pending->ends_protocol)
		give_up_protocol(connection);
	exchange_queue_pop(&connection->queue, &context->pool);
}

static struct pending_exchange *open_exchange(struct connection *connection,
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
	connection->exchange_count++;
	return pending;
}

static bool take_request(struct connection *connection, struct byte_stream *stream,
			 struct message *message)
{
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending =
		open_exchange(connection, connection->request_direction, stream->message_position);

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
	context->sink.on_response(context->sink.self, &pending->exchange, message);
	return true;
}

static bool on_head(struct byte_stream *stream, struct message *message)
{
	struct connection *connection = connection_of(stream);

	return stream->kind == MESSAGE_REQUEST ? take_request(connection, stream, message)
					       : take_response(connection, stream, message);
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
		finish_oldest(connection, last_ns);
	}
}

/* A request writes into scratch, copied once its exchange exists; a response reads its request's.
 */
static unsigned char *pair_state(struct byte_stream *stream)
{
	static __thread unsigned char scratch[PROTOCOL_PAIR_STATE_BYTES];
	struct pending_exchange *oldest = connection_of(stream)->queue.oldest;

	if (stream->kind == MESSAGE_RESPONSE && oldest)
		return oldest->pair_state;
	return scratch;
}

static const struct byte_stream_sink stream_sink = {
	.on_head = on_head,
	.on_body = on_body,
	.on_end = on_end,
	.pair_state = pair_state,
};

void connection_init(struct connection *connection, struct connection_table *table,
		     const struct connection_open_record *open)
{
	struct connection_identity *identity = &connection->identity;

	*connection = (struct connection){.table = table, .last_ns = open->header.time_ns};
	identity->id = open->connection;
	identity->socket = open->socket;
	identity->peer_socket = open->peer_socket;
	identity->netns = open->netns;
	identity->tgid = open->tgid;
	identity->family = open->family;
	identity->role = open->role;
	identity->is_from_start = open->is_from_start;
	memcpy(identity->local_address, open->local_address, sizeof(identity->local_address));
	memcpy(identity->peer_address, open->peer_address, sizeof(identity->peer_address));
	identity->local_port = open->local_port;
	identity->peer_port = open->peer_port;
	identity->path_size = open->path_size;
	memcpy(identity->path, open->path, open->path_size);
	for (int direction = 0; direction < 2; direction++)
		byte_stream_init(&connection->streams[direction], &stream_sink, connection,
				 context_of(connection)->drops);
}

/* The response size of a call is a difference of positions: what was received since it began to be
 * answered. */
static void count_response(struct connection *connection, uint64_t received)
{
	uint64_t began = connection->streams[DIRECTION_RECEIVE].message_position;

	connection->queue.oldest->exchange.response_bytes = received > began ? received - began : 0;
}

void connection_done(struct connection *connection, uint64_t now_ns)
{
	while (connection->queue.oldest) {
		struct exchange *exchange = &connection->queue.oldest->exchange;
		uint64_t last_ns = connection->streams[DIRECTION_SEND].last_ns;

		if (connection->streams[DIRECTION_RECEIVE].last_ns > last_ns)
			last_ns = connection->streams[DIRECTION_RECEIVE].last_ns;
		/* An answered call over an unknown protocol is complete as it is. */
		exchange->is_aborted = exchange->protocol || !exchange->response_start_ns;
		if (!exchange->is_aborted)
			count_response(connection,
				       connection->streams[DIRECTION_RECEIVE].next_position);
		finish_oldest(connection,
			      exchange->is_aborted && now_ns > last_ns ? now_ns : last_ns);
	}
	byte_stream_done(&connection->streams[0]);
	byte_stream_done(&connection->streams[1]);
}

/* Port numbers stand in for a connect() we did not see: the ephemeral side is the client. */
static bool is_client(const struct connection_identity *identity)
{
	if (identity->role != ROLE_UNKNOWN)
		return identity->role == ROLE_CLIENT;
	return identity->family != FAMILY_UNIX && identity->local_port >= 32768 &&
	       identity->peer_port < 32768;
}

static void begin_protocol(struct connection *connection, const struct protocol *protocol,
			   enum stream_direction request_direction)
{
	connection->protocol = protocol;
	connection->request_direction = request_direction;
	byte_stream_begin(&connection->streams[request_direction], protocol, MESSAGE_REQUEST);
	byte_stream_begin(&connection->streams[!request_direction], protocol, MESSAGE_RESPONSE);
}

/* Asks every protocol. False: no proof yet; the bytes are kept when more may prove it. */
static bool detect(struct connection *connection, const struct segment_record *segment,
		   struct view bytes)
{
	struct byte_stream *stream = &connection->streams[segment->direction];
	bool is_open = false;

	if (segment->flags & SEGMENT_IS_TURN)
		byte_buffer_clear(&stream->head);
	if (stream->head.size == 0) {
		stream->message_first_ns = segment->start_ns;
		stream->message_position = segment->position;
		stream->next_position = segment->position;
		stream->has_position = true;
	} else if (segment->position == stream->next_position) {
		byte_buffer_append(&stream->head, bytes);
		bytes = byte_buffer_view(&stream->head);
	}
	for (const struct protocol *const *row = protocol_registry; *row; row++) {
		enum detect_result result = (*row)->detect(bytes);

		if (result == DETECT_REQUEST || result == DETECT_RESPONSE) {
			/* What was gathered is parsed with this segment's bytes: take these off the
			 * end again. */
			if (stream->head.size)
				stream->head.size -= segment->captured;
			begin_protocol(connection, *row,
				       result == DETECT_REQUEST ? segment->direction
								: !segment->direction);
			if (segment->mode != (*row)->mode)
				set_mode(connection, (*row)->mode);
			return true;
		}
		is_open |= result == DETECT_NEED_MORE;
	}
	if (is_open && bytes.size < MAX_DETECT_BYTES && segment->captured == segment->length) {
		if (stream->head.size == 0)
			byte_buffer_append(&stream->head, bytes);
	} else {
		byte_buffer_clear(&stream->head);
		connection->is_unknown = true;
	}
	stream->next_position = segment->position + segment->length;
	return false;
}

static void begin_call(struct connection *connection, const struct segment_record *segment)
{
	struct connection_context *context = context_of(connection);
	struct pending_exchange *pending =
		open_exchange(connection, DIRECTION_SEND, segment->position);

	if (!pending)
		return;
	pending->exchange.start_ns = segment->start_ns;
	pending->exchange.request_end_ns = segment->start_ns;
	context->sink.on_request(context->sink.self, &pending->exchange, NULL);
}

static void finish_call(struct connection *connection, uint64_t received, uint64_t last_ns)
{
	count_response(connection, received);
	finish_oldest(connection, last_ns);
}

/* A protocol nobody knows: turns tell calls apart. */
static void take_turn(struct connection *connection, const struct segment_record *segment)
{
	struct pending_exchange *pending = connection->queue.oldest;
	struct byte_stream *received = &connection->streams[DIRECTION_RECEIVE];
	struct connection_context *context = context_of(connection);

	if (!context->has_calls || !is_client(&connection->identity)) {
		/* A few turns more: joined midway, it may have been in the middle of a body. */
		if (++connection->foreign_turns > MAX_FOREIGN_TURNS)
			give_up_protocol(connection);
		else if (segment->mode == CAPTURE_UNDECIDED)
			set_mode(connection, CAPTURE_OFF);
		return;
	}
	if (segment->direction == DIRECTION_SEND) {
		if (pending)
			finish_call(connection, segment->other_position, segment->other_last_ns);
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
	if (segment->mode == CAPTURE_UNDECIDED)
		set_mode(connection, CAPTURE_OFF);
}

/* When the last byte of a segment moved, as bpf/lib/capture.bpf.h has it. */
static uint64_t handover_ns(const struct segment_record *segment)
{
	return segment->length > MAX_HANDOVER_BYTES ? segment->header.time_ns : segment->start_ns;
}

static void take_stream(struct connection *connection, const struct segment_record *segment,
			struct view bytes)
{
	struct byte_stream *stream = &connection->streams[segment->direction];
	struct byte_stream *other = &connection->streams[!segment->direction];
	struct stream_segment part = {
		.position = segment->position,
		.length = segment->length,
		.bytes = bytes,
		.first_ns = segment->start_ns,
		.last_ns = handover_ns(segment),
		.is_turn = segment->flags & SEGMENT_IS_TURN,
		.is_tail = segment->flags & SEGMENT_IS_TAIL,
	};

	if (!other->has_position) {
		other->has_position = true;
		other->next_position = segment->other_position;
	}
	byte_stream_advance(other, segment->other_position, segment->other_last_ns);
	if (part.is_turn)
		byte_stream_turn_over(other);
	byte_stream_take(stream, &part);
	if (stream->failures > MAX_FAILURES)
		give_up_protocol(connection);
}

static void note_move(struct connection *connection, const struct segment_record *segment)
{
	connection->moves[segment->direction] = (struct last_move){
		.context = segment->context,
		.position = segment->position,
		.tgid = segment->tgid,
		.tid = segment->tid,
		.tcp_sequence = segment->tcp_sequence,
		.has_sequence = segment->flags & SEGMENT_HAS_SEQUENCE,
	};
}

void connection_take(struct connection *connection, const struct segment_record *segment,
		     struct view bytes)
{
	connection->last_ns = segment->header.time_ns;
	connection->identity.tgid = segment->tgid;
	if (connection->is_over)
		return;
	note_move(connection, segment);
	if (!bytes.size && segment->mode == CAPTURE_OFF)
		connection->is_unknown = true;
	if (!connection->protocol && bytes.size && detect(connection, segment, bytes)) {
		/* Calls over what seemed unknown end where the protocol begins. */
		while (connection->queue.oldest)
			finish_oldest(connection, segment->start_ns);
	}
	if (connection->protocol)
		take_stream(connection, segment, bytes);
	else if (connection->is_unknown && (segment->flags & SEGMENT_IS_TURN))
		take_turn(connection, segment);
}

void connection_progress(struct connection *connection,
			 const struct connection_end_record *progress)
{
	if (connection->is_over)
		return;
	for (int direction = 0; direction < 2; direction++) {
		struct byte_stream *stream = &connection->streams[direction];

		if (connection->protocol)
			byte_stream_advance(stream, progress->position[direction],
					    progress->last_ns[direction]);
		else
			stream->last_ns = progress->last_ns[direction];
		if (progress->last_ns[direction] > connection->last_ns)
			connection->last_ns = progress->last_ns[direction];
	}
	if (!connection->protocol)
		connection->streams[DIRECTION_RECEIVE].next_position =
			progress->position[DIRECTION_RECEIVE];
}

void connection_end(struct connection *connection, const struct connection_end_record *end)
{
	connection_progress(connection, end);
	if (connection->is_over || !connection->protocol)
		return;
	if (end->reason != END_CLOSED)
		byte_stream_end(&connection->streams[DIRECTION_RECEIVE]);
	if (end->reason != END_OF_STREAM)
		byte_stream_end(&connection->streams[DIRECTION_SEND]);
}

bool connection_is_waiting(const struct connection *connection)
{
	return !connection->is_over && connection->queue.oldest &&
	       (connection->queue.oldest->exchange.response_start_ns ||
		connection->current_request);
}

void connection_end_idle_call(struct connection *connection, uint64_t now_ns)
{
	struct pending_exchange *pending = connection->queue.oldest;
	const struct byte_stream *received = &connection->streams[DIRECTION_RECEIVE];

	if (connection->protocol || !pending || !pending->exchange.response_start_ns)
		return;
	if (now_ns > connection->last_ns + CALL_IDLE_NS)
		finish_call(connection, received->next_position, received->last_ns);
}
