/*
 * The border between raw bytes (from the ring or from a recording file) and the rest of the agent.
 * Every length that a record states about itself is checked here, once.
 */
#include "capture/event_decoder.h"

#include <errno.h>

static int decode_segment(struct view record, struct event *event)
{
	const struct segment_record *segment = (const void *)record.bytes;

	if (record.size < sizeof(*segment) || segment->captured > record.size - sizeof(*segment) ||
	    segment->captured > segment->length || segment->direction > DIRECTION_SEND ||
	    segment->mode > CAPTURE_IGNORE || segment->position > UINT64_MAX - segment->length)
		return -EINVAL;
	event->segment = segment;
	event->bytes = view_of(segment->bytes, segment->captured);
	return 0;
}

static int decode_open(struct view record, struct event *event)
{
	const struct connection_open_record *open = (const void *)record.bytes;

	if (record.size < sizeof(*open) || open->path_size > MAX_UNIX_PATH ||
	    open->role > ROLE_SERVER)
		return -EINVAL;
	if (open->family != FAMILY_UNIX && open->family != FAMILY_IPV4 &&
	    open->family != FAMILY_IPV6)
		return -EINVAL;
	event->open = open;
	return 0;
}

static size_t fixed_size(enum record_kind kind)
{
	switch (kind) {
	case RECORD_CONNECTION_END:
	case RECORD_CONNECTION_PROGRESS:
		return sizeof(struct connection_end_record);
	case RECORD_PROCESS_FORK:
		return sizeof(struct process_fork_record);
	case RECORD_PROCESS_EXEC:
		return sizeof(struct process_exec_record);
	case RECORD_PROCESS_EXIT:
		return sizeof(struct process_exit_record);
	case RECORD_PROCESS_DESCRIPTION:
		return sizeof(struct record_header);
	default:
		return SIZE_MAX;
	}
}

int event_decoder_decode(struct view record, struct event *ret)
{
	const struct record_header *header = (const void *)record.bytes;
	struct event event = {0};
	int err = 0;

	if (record.size < sizeof(*header) || header->size < sizeof(*header) ||
	    header->size > record.size)
		return -EINVAL;
	record.size = header->size;
	event.kind = header->kind;
	event.time_ns = header->time_ns;
	if (event.kind == RECORD_SEGMENT)
		err = decode_segment(record, &event);
	else if (event.kind == RECORD_CONNECTION_OPEN)
		err = decode_open(record, &event);
	else if (record.size < fixed_size(event.kind))
		err = -EINVAL;
	else
		event.end = (const void *)record.bytes;
	if (err < 0)
		return err;
	if (event.kind == RECORD_PROCESS_DESCRIPTION)
		event.bytes = view_skip(record, sizeof(*header));
	*ret = event;
	return 0;
}
