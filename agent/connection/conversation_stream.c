/*
 * One direction of a conversation. Units are read in place where they are whole and gathered where
 * they are not; what a unit says may be skipped is skipped by position, so that bytes the kernel
 * never sent up lose nothing there. A gap anywhere else loses the place, and the protocol says
 * where it is found again.
 */
#include "connection/conversation_stream.h"

void conversation_stream_begin(struct byte_stream *stream, const struct protocol *protocol,
			       enum message_kind side)
{
	stream->protocol = protocol;
	stream->kind = side;
	stream->state = STREAM_HEAD;
	stream->body_left = 0;
	stream->is_lossy = false;
}

void conversation_stream_lose(struct byte_stream *stream)
{
	byte_buffer_clear(&stream->head);
	stream->state = STREAM_LOST;
	stream->body_left = 0;
}

void conversation_stream_restart(struct byte_stream *stream, uint64_t position)
{
	byte_buffer_clear(&stream->head);
	stream->state = STREAM_HEAD;
	stream->body_left = 0;
	stream->has_position = true;
	stream->next_position = position;
}

static void lose_place(struct byte_stream *stream, const struct conversation_stream_sink *sink,
		       enum drop_reason reason)
{
	drops_count(stream->drops, reason);
	conversation_stream_lose(stream);
	sink->on_lost(stream);
}

static void end_unit(struct byte_stream *stream, const struct conversation_stream_sink *sink)
{
	stream->state = STREAM_HEAD;
	sink->on_unit_end(stream);
}

/* Bytes of the present unit that need not be seen. Returns how many there are of these. */
static uint64_t skip_some(struct byte_stream *stream, const struct conversation_stream_sink *sink,
			  uint64_t size)
{
	uint64_t part = size < stream->body_left ? size : stream->body_left;

	stream->body_left -= part;
	if (!stream->body_left)
		end_unit(stream, sink);
	return part;
}

/*
 * One unit at the start of bytes. Returns the bytes used; 0: more are needed, or the place was
 * lost, or the connection speaks something else now.
 */
static size_t read_unit(struct byte_stream *stream, const struct conversation_stream_sink *sink,
			struct view bytes, bool is_final)
{
	struct unit unit = {.side = stream->kind, .bytes = bytes, .is_final = is_final};
	enum parse_result result = sink->read(stream, &unit);

	if (result == PARSE_NEED_MORE && !is_final)
		return 0;
	if (result != PARSE_DONE || unit.consumed == 0 || unit.consumed > bytes.size) {
		stream->failures++;
		lose_place(stream, sink, is_final ? DROP_STREAM_GAP : DROP_STREAM_UNPARSABLE);
		return 0;
	}
	stream->failures = 0;
	stream->body_left = unit.skip;
	stream->state = STREAM_BODY_LENGTH;
	if (!unit.skip)
		end_unit(stream, sink);
	return unit.consumed;
}

/* Where the bytes at hand lie: from `position` on, the first `gathered` of them since first_ns[0],
 * the others since first_ns[1]. */
struct stretch {
	struct view bytes;
	uint64_t position;
	uint64_t gathered_end; /* position */
	uint64_t first_ns[2];
};

static void note_place(struct byte_stream *stream, const struct stretch *stretch)
{
	stream->message_position = stretch->position;
	stream->message_first_ns = stretch->first_ns[stretch->position >= stretch->gathered_end];
}

static void step(struct stretch *stretch, size_t size)
{
	stretch->bytes = view_skip(stretch->bytes, size);
	stretch->position += size;
}

/* All units of the stretch. What is left of it is the beginning of a unit. */
static void read_units(struct byte_stream *stream, const struct conversation_stream_sink *sink,
		       struct stretch *stretch)
{
	while (stretch->bytes.size) {
		size_t used = 0;

		if (stream->state == STREAM_BODY_LENGTH) {
			used = (size_t)skip_some(stream, sink, stretch->bytes.size);
		} else if (stream->state == STREAM_HEAD) {
			note_place(stream, stretch);
			used = read_unit(stream, sink, stretch->bytes, false);
		}
		if (!used)
			return;
		step(stretch, used);
	}
}

static void take_bytes(struct byte_stream *stream, const struct conversation_stream_sink *sink,
		       struct view bytes, uint64_t first_ns)
{
	struct byte_buffer *head = &stream->head;
	bool is_gathered = head->size > 0;
	struct stretch stretch = {.bytes = bytes,
				  .position = stream->next_position - head->size,
				  .gathered_end = stream->next_position,
				  .first_ns = {stream->message_first_ns, first_ns}};

	stream->next_position += bytes.size;
	if (is_gathered) {
		byte_buffer_append(head, bytes);
		if (head->is_failed) {
			lose_place(stream, sink, DROP_STREAM_UNPARSABLE);
			return;
		}
		stretch.bytes = byte_buffer_view(head);
	}
	read_units(stream, sink, &stretch);
	if (stream->state != STREAM_HEAD || !stretch.bytes.size) {
		byte_buffer_clear(head);
		return;
	}
	note_place(stream, &stretch);
	if (is_gathered)
		byte_buffer_consume(head, head->size - stretch.bytes.size);
	else
		byte_buffer_append(head, stretch.bytes);
	if (head->is_failed)
		lose_place(stream, sink, DROP_STREAM_UNPARSABLE);
}

/* What is there of the unit is all there will be. */
static void cut_unit(struct byte_stream *stream, const struct conversation_stream_sink *sink)
{
	size_t gathered = stream->head.size, used;

	if (!gathered) {
		lose_place(stream, sink, DROP_STREAM_GAP);
		return;
	}
	stream->message_position = stream->next_position - gathered;
	used = read_unit(stream, sink, byte_buffer_view(&stream->head), true);
	byte_buffer_clear(&stream->head);
	if (!used)
		return;
	/* Bytes of the unit that were there and not wanted. */
	while (used < gathered && stream->state == STREAM_BODY_LENGTH)
		used += (size_t)skip_some(stream, sink, gathered - used);
	if (used < gathered || stream->state == STREAM_HEAD)
		lose_place(stream, sink, DROP_STREAM_GAP);
}

/* Bytes that moved and were not captured. */
static void take_gap(struct byte_stream *stream, const struct conversation_stream_sink *sink,
		     uint64_t size)
{
	if (!size)
		return;
	if (stream->state == STREAM_HEAD)
		cut_unit(stream, sink);
	if (stream->state == STREAM_BODY_LENGTH && skip_some(stream, sink, size) < size &&
	    stream->state == STREAM_HEAD)
		lose_place(stream, sink, DROP_STREAM_GAP);
	stream->next_position += size;
}

/* Bytes up to next_position are accounted for. False: nothing is left of the segment. */
static bool cut_known(const struct byte_stream *stream, struct stream_segment *segment)
{
	uint64_t known = stream->next_position - segment->position;

	if (segment->position >= stream->next_position)
		return true;
	if (known >= segment->length)
		return false;
	segment->bytes = view_skip(
		segment->bytes, known < segment->bytes.size ? (size_t)known : segment->bytes.size);
	segment->position += known;
	segment->length -= known;
	return true;
}

void conversation_stream_take(struct byte_stream *stream,
			      const struct conversation_stream_sink *sink,
			      const struct stream_segment *taken)
{
	struct stream_segment segment = *taken;
	uint64_t end = segment.position + segment.length;
	size_t offset;

	if (stream->state == STREAM_OVER)
		return;
	if (!stream->has_position) {
		stream->has_position = true;
		stream->next_position = segment.position;
	}
	if (!cut_known(stream, &segment))
		return;
	stream->last_ns = segment.last_ns;
	take_gap(stream, sink, segment.position - stream->next_position);
	stream->next_position = segment.position;
	if (stream->state == STREAM_LOST && segment.bytes.size &&
	    sink->resume(stream, segment.bytes, &offset) && offset < segment.bytes.size) {
		conversation_stream_restart(stream, segment.position + offset);
		segment.bytes = view_skip(segment.bytes, offset);
	}
	if (stream->state == STREAM_HEAD || stream->state == STREAM_BODY_LENGTH)
		take_bytes(stream, sink, segment.bytes, segment.first_ns);
	if (stream->state == STREAM_LOST || stream->state == STREAM_OVER)
		stream->next_position = end;
	if (end > stream->next_position)
		take_gap(stream, sink, end - stream->next_position);
}

void conversation_stream_advance(struct byte_stream *stream,
				 const struct conversation_stream_sink *sink, uint64_t position,
				 uint64_t last_ns)
{
	if (!stream->has_position || position <= stream->next_position ||
	    stream->state == STREAM_OVER)
		return;
	stream->last_ns = last_ns;
	take_gap(stream, sink, position - stream->next_position);
	stream->next_position = position;
}
