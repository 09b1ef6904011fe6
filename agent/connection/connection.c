/*
 * One connection. Until its bytes prove a protocol they are only looked at; from then on the two
 * streams parse and the queue pairs. What no protocol claims is followed by turns alone: a client's
 * send and the answer to it are one call.
 */
#include "connection/connection.h"

#include "connection/conversation_pairing.h"
#include "connection/exchange_pairing.h"
#include "connection/tls_ciphertext.h"
#include "connection/unknown_call.h"

#define MAX_DETECT_BYTES 16384
#define MAX_OPEN_TURNS   4 /* whose bytes might be the beginning of something */
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
	conversation_pairing_done(connection);
}

void connection_become(struct connection *connection, const struct protocol *next)
{
	enum stream_direction request = connection->request_direction;

	while (connection->queue.oldest) {
		connection->queue.oldest->ends_protocol = false;
		exchange_pairing_finish_oldest(connection, last_moved_ns(connection));
	}
	conversation_pairing_done(connection);
	connection->is_becoming = connection->is_unknown = false;
	connection->foreign_turns = 0;
	byte_stream_stop(&connection->streams[DIRECTION_SEND]);
	byte_stream_stop(&connection->streams[DIRECTION_RECEIVE]);
	connection->protocol = next;
	connection_set_mode(connection, next ? next->mode : CAPTURE_UNDECIDED);
	if (!next)
		return;
	conversation_stream_begin(&connection->streams[request], next, MESSAGE_REQUEST);
	conversation_stream_begin(&connection->streams[!request], next, MESSAGE_RESPONSE);
	if (!conversation_pairing_begin(connection, true))
		connection_give_up(connection);
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
	identity->is_from_start = open->flags & CONNECTION_FROM_START;
	identity->is_tls = open->flags & CONNECTION_IS_TLS;
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
	conversation_pairing_done(connection);
	if (connection->has_spoken && !connection->is_given_over)
		drops_count(context_of(connection)->drops, DROP_TLS_UNSEEN);
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
		stream->gathered_at_turn = segment->flags & SEGMENT_IS_TURN;
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

/* What a side said from its first byte on, before the other side's bytes proved the protocol. */
static void take_gathered(struct connection *connection, enum stream_direction direction)
{
	struct byte_stream *stream = &connection->streams[direction];
	struct byte_buffer gathered = stream->head;
	struct stream_segment part = {
		.length = gathered.size,
		.bytes = byte_buffer_view(&gathered),
		.first_ns = stream->message_first_ns,
		.last_ns = stream->last_ns,
	};

	byte_buffer_init(&stream->head, gathered.max_bytes);
	stream->next_position = 0;
	conversation_pairing_take(connection, direction, &part);
	byte_buffer_done(&gathered);
}

/* Joined midway, the order of what is only counted is not known before the client's next turn. */
static void begin_conversation(struct connection *connection, const struct segment_record *segment)
{
	struct byte_stream *stream = &connection->streams[segment->direction];
	struct byte_stream *other = &connection->streams[!segment->direction];
	bool is_keyed = connection->protocol->conversation->is_keyed;
	bool is_request = segment->direction == connection->request_direction;
	bool is_whole = connection->identity.is_from_start && stream->message_position == 0 &&
			segment->other_position == other->head.size;

	conversation_stream_begin(stream, connection->protocol,
				  is_request ? MESSAGE_REQUEST : MESSAGE_RESPONSE);
	conversation_stream_begin(other, connection->protocol,
				  is_request ? MESSAGE_RESPONSE : MESSAGE_REQUEST);
	if (!is_whole)
		byte_buffer_clear(&other->head);
	if (!conversation_pairing_begin(connection, is_whole)) {
		connection_give_up(connection);
		return;
	}
	if (other->head.size)
		take_gathered(connection, !segment->direction);
	if (is_whole || (!is_keyed && is_request && stream->gathered_at_turn))
		return;
	conversation_stream_lose(other);
	if (!is_keyed) {
		conversation_stream_lose(stream);
		connection->is_order_lost = true;
	}
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
	/* Calls over what seemed unknown end where the protocol begins. */
	while (connection->queue.oldest)
		exchange_pairing_finish_oldest(connection, segment->start_ns);
	if (protocol->conversation) {
		begin_conversation(connection, segment);
	} else {
		byte_stream_begin(stream, protocol,
				  is_request ? MESSAGE_REQUEST : MESSAGE_RESPONSE);
		byte_stream_begin(other, protocol, is_request ? MESSAGE_RESPONSE : MESSAGE_REQUEST);
	}
	if (segment->mode != protocol->mode)
		connection_set_mode(connection, protocol->mode);
}

/* What the client said might have been the beginning of something, and its answer is none: that was
 * a call. */
static void become_unknown(struct connection *connection, const struct segment_record *segment)
{
	struct byte_stream *sent = &connection->streams[DIRECTION_SEND];

	if (!connection->is_unknown && segment->direction == DIRECTION_RECEIVE && sent->head.size &&
	    (segment->flags & SEGMENT_IS_TURN) && !unknown_call_is_early(connection))
		unknown_call_begin_late(connection);
	byte_buffer_clear(&sent->head);
	byte_buffer_clear(&connection->streams[DIRECTION_RECEIVE].head);
	connection->is_unknown = true;
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
	connection->open_turns += is_open && (segment->flags & SEGMENT_IS_TURN);
	if (is_open && gathered.size < MAX_DETECT_BYTES && segment->captured == segment->length &&
	    connection->open_turns <= MAX_OPEN_TURNS) {
		/* Who reads a size by itself reads what it is the size of by the next call. */
		if (segment->mode == CAPTURE_TURNS)
			connection_set_mode(connection, CAPTURE_UNDECIDED);
		return;
	}
	become_unknown(connection, segment);
}

/* When the last byte of a segment moved, as bpf/lib/capture.bpf.h has it. */
static uint64_t handover_ns(const struct segment_record *segment)
{
	return segment->length > MAX_HANDOVER_BYTES ? segment->header.time_ns : segment->start_ns;
}

static void take_units(struct connection *connection, const struct segment_record *segment,
		       const struct stream_segment *part)
{
	conversation_pairing_advance(connection, !segment->direction, segment->other_position,
				     segment->other_last_ns);
	conversation_pairing_take(connection, segment->direction, part);
}

/* HTTP/1 was left (101): what lies behind its last message is read as what it became. */
static void carry_on(struct connection *connection, const struct segment_record *segment,
		     struct stream_segment *part)
{
	struct byte_stream *stream = &connection->streams[segment->direction];
	uint64_t end = part->position + part->length, read = stream->message_position;

	connection_become(connection, connection->next_protocol);
	if (!connection->session || read < part->position || read >= end)
		return;
	stream->next_position = read;
	part->bytes = read - part->position < part->bytes.size
			      ? view_skip(part->bytes, (size_t)(read - part->position))
			      : (struct view){0};
	part->length = end - read;
	part->position = read;
	take_units(connection, segment, part);
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

	connection->is_turn = part.is_turn;
	if (connection->session) {
		take_units(connection, segment, &part);
		if (stream->failures > MAX_FAILURES)
			connection_give_up(connection);
		return;
	}
	byte_stream_advance(other, segment->other_position, segment->other_last_ns);
	if (part.is_turn)
		byte_stream_turn_over(other);
	byte_stream_take(stream, &part);
	if (part.is_turn && stream->kind == MESSAGE_REQUEST && !connection->queue.oldest)
		connection->is_order_lost = false;
	if (connection->is_becoming)
		carry_on(connection, segment, &part);
	else if (stream->failures > MAX_FAILURES)
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
	if (!connection->protocol && tls_ciphertext_take(connection, segment, bytes))
		return;
	if (!bytes.size && segment->mode == CAPTURE_OFF)
		connection->is_unknown = true;
	if (!connection->protocol && bytes.size && !(segment->flags & SEGMENT_IS_TAIL))
		detect(connection, segment, bytes);
	if (connection->protocol)
		take_stream(connection, segment, bytes);
	else if (connection->is_unknown && (segment->flags & SEGMENT_IS_TURN))
		unknown_call_take_turn(connection, segment);
}

/* Every call on such a connection has its record: only an end tells of bytes without one. */
static void progress_conversation(struct connection *connection,
				  const struct connection_end_record *progress, int direction)
{
	if (progress->reason != END_NOT_YET)
		conversation_pairing_advance(connection, (enum stream_direction)direction,
					     progress->position[direction],
					     progress->last_ns[direction]);
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
		else if (connection->session)
			progress_conversation(connection, progress, direction);
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
	if (connection->is_over || !connection->protocol || connection->session)
		return;
	if (end->reason != END_CLOSED)
		byte_stream_end(&connection->streams[DIRECTION_RECEIVE]);
	if (end->reason != END_OF_STREAM)
		byte_stream_end(&connection->streams[DIRECTION_SEND]);
}

bool connection_is_waiting(const struct connection *connection)
{
	return !connection->is_over && !connection->session && connection->queue.oldest &&
	       (connection->queue.oldest->exchange.response_start_ns ||
		connection->current_request);
}
