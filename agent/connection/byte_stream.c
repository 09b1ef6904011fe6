/*
 * One direction of a connection. Only heads are looked at; bodies are counted by position, so that
 * bytes the kernel never sent up cost nothing and lose nothing. A gap inside a counted body is no
 * loss; a gap where a head should be is, and the stream then waits for a segment that begins a
 * message.
 */
#include "connection/byte_stream.h"

void byte_stream_init(struct byte_stream *stream, const struct byte_stream_sink *sink, void *owner,
		      struct drops *drops)
{
	*stream = (struct byte_stream){.sink = sink, .owner = owner, .drops = drops};
	byte_buffer_init(&stream->head, MAX_HEAD_BYTES);
}

void byte_stream_done(struct byte_stream *stream)
{
	byte_buffer_done(&stream->head);
}

void byte_stream_begin(struct byte_stream *stream, const struct protocol *protocol,
		       enum message_kind kind)
{
	stream->protocol = protocol;
	stream->kind = kind;
	stream->state = STREAM_HEAD;
}

static void end_message(struct byte_stream *stream)
{
	stream->state = STREAM_HEAD;
	stream->sink->on_end(stream, stream->last_ns);
	stream->is_lossy = false;
	stream->message_position = stream->next_position;
}

static void lose_place(struct byte_stream *stream, enum drop_reason reason)
{
	drops_count(stream->drops, reason);
	byte_buffer_clear(&stream->head);
	stream->state = STREAM_LOST;
	stream->sink->on_lost(stream);
}

static void count_body(struct byte_stream *stream, uint64_t bytes)
{
	if (bytes)
		stream->sink->on_body(stream, bytes);
}

static void show_body(struct byte_stream *stream, struct view bytes)
{
	if (stream->sink->on_body_bytes && bytes.size)
		stream->sink->on_body_bytes(stream, bytes);
}

/* The head is parsed: what follows is its body. */
static void begin_body(struct byte_stream *stream, const struct message *message)
{
	stream->is_body_counted = true;
	switch (message->framing) {
	case BODY_NONE:
		end_message(stream);
		return;
	case BODY_LENGTH:
		stream->body_left = message->body_size;
		stream->state = STREAM_BODY_LENGTH;
		if (!message->body_size)
			end_message(stream);
		return;
	case BODY_CHUNKED:
		memset(stream->body_state, 0, sizeof(stream->body_state));
		stream->body_left = message->body_size;
		stream->state = STREAM_BODY_CHUNKED;
		count_body(stream, message->body_payload);
		return;
	case BODY_UNTIL_CLOSE:
		stream->state = message->is_truncated ? STREAM_BODY_LOST : STREAM_BODY_OPEN;
		stream->is_body_counted = !message->is_truncated;
		return;
	}
}

/* Parses one head at the start of bytes. Returns the bytes used; 0: more are needed, or the place
 * was lost. */
static size_t parse_head(struct byte_stream *stream, struct view bytes, bool is_final)
{
	struct message message;
	size_t consumed = 0;

	memset(&message, 0, offsetof(struct message, fields));
	switch (stream->protocol->parse(stream->kind, bytes, is_final,
					stream->sink->pair_state(stream), &message, &consumed)) {
	case PARSE_NEED_MORE:
		return 0;
	case PARSE_INVALID:
		stream->failures++;
		lose_place(stream, DROP_STREAM_UNPARSABLE);
		return 0;
	case PARSE_DONE:
		if (consumed == 0 || consumed > bytes.size) {
			lose_place(stream, DROP_STREAM_UNPARSABLE);
			return 0;
		}
		break;
	}
	stream->failures = 0;
	if (message.is_truncated) {
		drops_count(stream->drops, DROP_MESSAGE_TRUNCATED);
		stream->is_lossy = true;
	}
	if (!stream->sink->on_head(stream, &message))
		stream->is_lossy = true;
	if (message.is_interim) {
		stream->message_position = stream->next_position + consumed;
		return consumed;
	}
	/* What the end of the message is measured from. */
	stream->next_position += consumed;
	begin_body(stream, &message);
	stream->next_position -= consumed;
	if (stream->state == STREAM_HEAD)
		stream->message_position = stream->next_position + consumed;
	return consumed;
}

/* Head bytes: parsed in place where they are whole, gathered where they are not. Returns the bytes
 * used. */
static size_t take_head(struct byte_stream *stream, struct view bytes, uint64_t first_ns)
{
	size_t before = stream->head.size, used;

	if (before == 0) {
		stream->message_first_ns = first_ns;
		stream->message_position = stream->next_position;
		stream->is_lossy = false;
		used = parse_head(stream, bytes, false);
		if (used || stream->state == STREAM_LOST)
			return used ? used : bytes.size;
		byte_buffer_append(&stream->head, bytes);
	} else {
		byte_buffer_append(&stream->head, bytes);
		stream->next_position -= before;
		used = parse_head(stream, byte_buffer_view(&stream->head), false);
		stream->next_position += before;
		if (used) {
			byte_buffer_clear(&stream->head);
			return used > before ? used - before : 0;
		}
	}
	if (stream->head.is_failed) {
		byte_buffer_clear(&stream->head);
		lose_place(stream, DROP_STREAM_UNPARSABLE);
	}
	return bytes.size;
}

static size_t take_chunked(struct byte_stream *stream, struct view bytes)
{
	uint64_t skip = 0, payload = 0;
	size_t consumed = 0;

	switch (stream->protocol->parse_body(stream->body_state, bytes, &consumed, &skip,
					     &payload)) {
	case PARSE_DONE:
		count_body(stream, payload);
		stream->next_position += consumed;
		end_message(stream);
		stream->next_position -= consumed;
		stream->message_position = stream->next_position + consumed;
		return consumed;
	case PARSE_NEED_MORE:
		count_body(stream, payload);
		stream->body_left = skip;
		return bytes.size;
	case PARSE_INVALID:
		break;
	}
	drops_count(stream->drops, DROP_STREAM_UNPARSABLE);
	stream->state = STREAM_BODY_LOST;
	stream->is_body_counted = false;
	return bytes.size;
}

static size_t take_some(struct byte_stream *stream, const struct stream_segment *segment,
			struct view bytes)
{
	size_t part = bytes.size;

	switch (stream->state) {
	case STREAM_HEAD:
		return take_head(stream, bytes, segment->first_ns);
	case STREAM_BODY_LENGTH:
		if (part > stream->body_left)
			part = stream->body_left;
		show_body(stream, view_take(bytes, part));
		count_body(stream, part);
		stream->body_left -= part;
		if (!stream->body_left) {
			stream->next_position += part;
			end_message(stream);
			stream->next_position -= part;
		}
		return part;
	case STREAM_BODY_CHUNKED:
		/* Data the parser asked to skip may have been captured after all. */
		if (part > stream->body_left)
			part = stream->body_left;
		stream->body_left -= part;
		if (part)
			return part;
		show_body(stream, bytes);
		return take_chunked(stream, bytes);
	case STREAM_BODY_LOST:
	case STREAM_BODY_OPEN:
		show_body(stream, bytes);
		if (stream->state == STREAM_BODY_OPEN)
			count_body(stream, part);
		return part;
	case STREAM_LOST:
		/* Whatever this is, it may hold what somebody waits for. */
		stream->sink->on_lost(stream);
		return part;
	case STREAM_OVER:
		return part;
	}
	return part;
}

static void take_bytes(struct byte_stream *stream, const struct stream_segment *segment,
		       struct view bytes)
{
	while (bytes.size) {
		size_t used = take_some(stream, segment, bytes);

		stream->next_position += used;
		bytes = view_skip(bytes, used);
	}
}

/* What is there of the head is all there will be. */
static void cut_head(struct byte_stream *stream)
{
	size_t gathered = stream->head.size;

	if (gathered) {
		stream->is_lossy = true;
		stream->next_position -= gathered;
		parse_head(stream, byte_buffer_view(&stream->head), true);
		stream->next_position += gathered;
		byte_buffer_clear(&stream->head);
	}
	if (stream->state == STREAM_HEAD)
		lose_place(stream, DROP_STREAM_GAP);
}

/* Part or all of a counted body, and what may lie behind it. */
static void skip_counted_body(struct byte_stream *stream, uint64_t size)
{
	uint64_t part = size < stream->body_left ? size : stream->body_left;

	count_body(stream, part);
	stream->body_left -= part;
	stream->next_position += part;
	if (stream->body_left)
		return;
	/* It ended before last_ns, which is of a byte behind it. */
	stream->is_lossy |= size > part;
	end_message(stream);
	if (size > part && stream->state == STREAM_HEAD)
		lose_place(stream, DROP_STREAM_GAP);
	stream->next_position += size - part;
}

/* Bytes that moved and were not captured. */
static void take_gap(struct byte_stream *stream, uint64_t size)
{
	if (!size)
		return;
	switch (stream->state) {
	case STREAM_HEAD:
		cut_head(stream);
		break;
	case STREAM_BODY_LENGTH:
		skip_counted_body(stream, size);
		return;
	case STREAM_BODY_CHUNKED:
		if (size <= stream->body_left) {
			stream->body_left -= size;
		} else {
			stream->state = STREAM_BODY_LOST;
			stream->is_body_counted = false;
		}
		break;
	case STREAM_BODY_OPEN:
		count_body(stream, size);
		break;
	case STREAM_LOST:
		stream->sink->on_lost(stream);
		break;
	case STREAM_BODY_LOST:
	case STREAM_OVER:
		break;
	}
	stream->next_position += size;
}

/* A segment that begins with a message: the chance to find the place again. */
static void resynchronise(struct byte_stream *stream, const struct stream_segment *segment)
{
	enum detect_result wanted =
		stream->kind == MESSAGE_REQUEST ? DETECT_REQUEST : DETECT_RESPONSE;
	enum detect_result found = segment->bytes.size && !segment->is_tail
					   ? stream->protocol->detect(segment->bytes)
					   : DETECT_NO;

	/* The turn in between that would have ended this body was not seen. */
	if (stream->state == STREAM_BODY_LOST && found == wanted && segment->is_turn)
		end_message(stream);
	else if (stream->state == STREAM_LOST &&
		 (found == wanted || (found == DETECT_NEED_MORE && segment->is_turn)))
		stream->state = STREAM_HEAD;
	else if (stream->state == STREAM_LOST && segment->is_turn && segment->bytes.size)
		stream->failures++;
}

/* Bytes up to next_position are accounted for: a count may have been ahead of its record. False:
 * nothing is left of the segment. */
static bool cut_known(const struct byte_stream *stream, struct stream_segment *segment)
{
	uint64_t known = stream->next_position - segment->position, hidden;

	if (segment->position >= stream->next_position ||
	    (stream->state == STREAM_LOST && segment->is_turn))
		return true;
	if (known >= segment->length)
		return false;
	hidden = segment->is_tail ? segment->length - segment->bytes.size : 0;
	if (known > hidden)
		segment->bytes = view_skip(segment->bytes, (size_t)(known - hidden));
	segment->position += known;
	segment->length -= known;
	return true;
}

void byte_stream_take(struct byte_stream *stream, const struct stream_segment *taken)
{
	struct stream_segment segment = *taken;
	uint64_t end = segment.position + segment.length;
	bool is_end_shown;

	if (!stream->has_position) {
		stream->has_position = true;
		stream->next_position = segment.position;
	}
	if (!cut_known(stream, &segment))
		return;
	if (segment.position > stream->next_position) {
		/* What moved unseen had moved by now. The record of the turn in between, which
		 * would have told when, was lost. */
		stream->last_ns = segment.first_ns;
		stream->is_lossy |= segment.is_turn;
		take_gap(stream, segment.position - stream->next_position);
	}
	stream->next_position = segment.position;
	resynchronise(stream, &segment);
	stream->last_ns = segment.last_ns;
	is_end_shown = segment.is_tail || segment.bytes.size == segment.length;
	if (segment.is_tail)
		take_gap(stream, segment.length - segment.bytes.size);
	if (stream->state == STREAM_BODY_LOST && is_end_shown && stream->protocol->ends_body &&
	    stream->protocol->ends_body(segment.bytes)) {
		show_body(stream, segment.bytes);
		stream->next_position = end;
		end_message(stream);
		return;
	}
	take_bytes(stream, &segment, segment.bytes);
	if (end > stream->next_position)
		take_gap(stream, end - stream->next_position);
	stream->next_position = end;
}

void byte_stream_advance(struct byte_stream *stream, uint64_t position, uint64_t last_ns)
{
	if (!stream->has_position || position <= stream->next_position)
		return;
	stream->last_ns = last_ns;
	take_gap(stream, position - stream->next_position);
	stream->next_position = position;
}

void byte_stream_progress(struct byte_stream *stream, uint64_t position, uint64_t last_ns)
{
	uint64_t size;

	if (!stream->has_position || position <= stream->next_position ||
	    (stream->state != STREAM_BODY_LENGTH && stream->state != STREAM_BODY_OPEN))
		return;
	size = position - stream->next_position;
	/* The table is at a later message: its record will tell when this one ended. */
	if (stream->state == STREAM_BODY_LENGTH && size > stream->body_left)
		return;
	stream->last_ns = last_ns;
	take_gap(stream, size);
}

void byte_stream_turn_over(struct byte_stream *stream)
{
	if (stream->state == STREAM_BODY_LOST)
		end_message(stream);
}

void byte_stream_end(struct byte_stream *stream)
{
	if (stream->state == STREAM_BODY_OPEN || stream->state == STREAM_BODY_LOST)
		end_message(stream);
}

void byte_stream_stop(struct byte_stream *stream)
{
	byte_buffer_clear(&stream->head);
	stream->state = STREAM_OVER;
}
