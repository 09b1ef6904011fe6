/*
 * One connection. Until its bytes prove a protocol they are only looked at; from then on the two
 * streams parse and the queue pairs. What no protocol claims is followed by turns alone: a client's
 * send and the answer to it are one call.
 */
#include "connection/connection.h"

#include "connection/exchange_pairing.h"
#include "connection/unknown_call.h"

#define MAX_DETECT_BYTES 16384
#define MAX_FAILURES     8 /* heads in a row that do not parse: not this protocol after all */

static struct connection_context *context_of(struct connection *connection)
{
	return connection_table_context(connection->table);
}

void connection_set_mode(struct connection *connection, enum capture_mode mode)
{
	struct connection_context *context = context_of(connection);

	if (context->sink.set_mode)
		context->sink.set_mode(context->sink.self, &connection->identity, mode);
}

static uint64_t last_moved_ns(const struct connection *connection)
{
	uint64_t sent = connection->streams[DIRECTION_SEND].last_ns;
	uint64_t received = connection->streams[DIRECTION_RECEIVE].last_ns;

	return received > sent ? received : sent;
}

void connection_give_up(struct connection *connection)
{
	if (connection->is_over)
		return;
	connection->is_over = true;
	byte_stream_stop(&connection->streams[DIRECTION_SEND]);
	byte_stream_stop(&connection->streams[DIRECTION_RECEIVE]);
	connection_set_mode(connection, CAPTURE_IGNORE);
	exchange_pairing_give_up(connection, last_moved_ns(connection), false);
}

void connection_init(struct connection *connection, struct connection_table *table,
		     const struct connection_open_record *open)
{
	struct connection_identity *identity = &connection->identity;

	*connection = (struct connection){.table = table, .last_ns = open->header.time_ns};
	identity->id = open->connection;
	identity->socket = open->socket;
	identity->inode = open->inode;
	identity->peer_inode = open->peer_inode;
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
		byte_stream_init(&connection->streams[direction], &exchange_pairing_sink,
				 connection, context_of(connection)->drops);
}

void connection_done(struct connection *connection, uint64_t now_ns)
{
	const struct byte_stream *received = &connection->streams[DIRECTION_RECEIVE];
	const struct pending_exchange *oldest = connection->queue.oldest;
	uint64_t last_ns = last_moved_ns(connection);

	/* An answered call over an unknown protocol is complete as it is. */
	if (oldest && !oldest->exchange.protocol && oldest->exchange.response_start_ns)
		unknown_call_finish(connection, received->next_position, last_ns);
	exchange_pairing_give_up(connection, now_ns > last_ns ? now_ns : last_ns, true);
	byte_stream_done(&connection->streams[0]);
	byte_stream_done(&connection->streams[1]);
}

/* Bytes of a direction that may yet prove a protocol lie together; a jump begins anew. */
static struct view gather(struct byte_stream *stream, const struct segment_record *segment,
			  struct view bytes)
{
	if ((segment->flags & SEGMENT_IS_TURN) || segment->position != stream->next_position)
		byte_buffer_clear(&stream->head);
	if (stream->head.size == 0) {
		stream->message_first_ns = segment->start_ns;
		stream->message_position = segment->position;
	}
	byte_buffer_append(&stream->head, bytes);
	stream->has_position = true;
	stream->next_position = segment->position + segment->length;
	stream->last_ns = segment->start_ns;
	if (!stream->head.is_failed)
		return byte_buffer_view(&stream->head);
	byte_buffer_clear(&stream->head);
	return bytes;
}

static void begin_protocol(struct connection *connection, const struct protocol *protocol,
			   const struct segment_record *segment, bool is_request)
{
	struct byte_stream *stream = &connection->streams[segment->direction];
	struct byte_stream *other = &connection->streams[!segment->direction];

	connection->protocol = protocol;
	connection->request_direction = is_request ? segment->direction : !segment->direction;
	/* What was gathered is parsed with this segment's bytes: these are off its end again. */
	if (stream->head.size)
		stream->head.size -= segment->captured;
	stream->next_position = segment->position;
	if (other->next_position != segment->other_position)
		byte_buffer_clear(&other->head);
	other->has_position = true;
	other->next_position = segment->other_position;
	byte_stream_begin(stream, protocol, is_request ? MESSAGE_REQUEST : MESSAGE_RESPONSE);
	byte_stream_begin(other, protocol, is_request ? MESSAGE_RESPONSE : MESSAGE_REQUEST);
	if (segment->mode != protocol->mode)
		connection_set_mode(connection, protocol->mode);
	/* Calls over what seemed unknown end where the protocol begins. */
	while (connection->queue.oldest)
		exchange_pairing_finish_oldest(connection, segment->start_ns);
}

/* Asks every protocol; the bytes are kept when more may prove it. */
static void detect(struct connection *connection, const struct segment_record *segment,
		   struct view bytes)
{
	struct byte_stream *stream = &connection->streams[segment->direction];
	struct view gathered = gather(stream, segment, bytes);
	bool is_open = false;

	for (const struct protocol *const *row = protocol_registry; *row; row++) {
		enum detect_result result = (*row)->detect(gathered);

		if (result == DETECT_REQUEST || result == DETECT_RESPONSE) {
			begin_protocol(connection, *row, segment, result == DETECT_REQUEST);
			return;
		}
		is_open |= result == DETECT_NEED_MORE;
	}
	if (is_open && gathered.size < MAX_DETECT_BYTES && segment->captured == segment->length)
		return;
	byte_buffer_clear(&stream->head);
	connection->is_unknown = true;
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

	byte_stream_advance(other, segment->other_position, segment->other_last_ns);
	connection->is_turn = part.is_turn;
	if (part.is_turn)
		byte_stream_turn_over(other);
	byte_stream_take(stream, &part);
	if (part.is_turn && stream->kind == MESSAGE_REQUEST && !connection->queue.oldest)
		connection->is_order_lost = false;
	if (stream->failures > MAX_FAILURES)
		connection_give_up(connection);
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
	/* Handed on by a process that has ended to one that lives. */
	if (connection->identity.tgid != segment->tgid)
		connection->dies_ns = 0;
	connection->identity.tgid = segment->tgid;
	if (connection->is_over)
		return;
	note_move(connection, segment);
	if (!bytes.size && segment->mode == CAPTURE_OFF)
		connection->is_unknown = true;
	if (!connection->protocol && bytes.size && !(segment->flags & SEGMENT_IS_TAIL))
		detect(connection, segment, bytes);
	if (connection->protocol)
		take_stream(connection, segment, bytes);
	else if (connection->is_unknown && (segment->flags & SEGMENT_IS_TURN))
		unknown_call_take_turn(connection, segment);
}

void connection_progress(struct connection *connection,
			 const struct connection_end_record *progress)
{
	if (connection->is_over)
		return;
	for (int direction = 0; direction < 2; direction++) {
		struct byte_stream *stream = &connection->streams[direction];

		if (!connection->protocol)
			stream->last_ns = progress->last_ns[direction];
		else if (progress->reason == END_NOT_YET)
			byte_stream_progress(stream, progress->position[direction],
					     progress->last_ns[direction]);
		else
			byte_stream_advance(stream, progress->position[direction],
					    progress->last_ns[direction]);
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
