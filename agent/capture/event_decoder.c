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
	    segment->mode > CAPTURE_TURNS || segment->position > UINT64_MAX - segment->length)
		return -EINVAL;
	event->segment = segment;
	event->bytes = view_of(segment->bytes, segment->captured);
	return 0;
}

static int decode_datagram(struct view record, struct event *event)
{
	const struct datagram_record *datagram = (const void *)record.bytes;

	if (record.size < sizeof(*datagram) ||
	    datagram->captured > record.size - sizeof(*datagram) ||
	    datagram->captured > datagram->length || datagram->direction > DIRECTION_SEND ||
	    (datagram->family != FAMILY_IPV4 && datagram->family != FAMILY_IPV6))
		return -EINVAL;
	event->datagram = datagram;
	event->bytes = view_of(datagram->bytes, datagram->captured);
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

static int decode_crash_thread(struct view record, struct event *event)
{
	const struct crash_thread_record *thread = (const void *)record.bytes;

	if (record.size < sizeof(*thread) || thread->pages_copied > MAX_STACK_PAGES ||
	    thread->message_size > ABORT_MESSAGE_BYTES || thread->kind < CRASH_THREAD_FATAL ||
	    thread->kind > CRASH_THREAD_SIBLING || thread->context_kind > CONTEXT_GOROUTINE)
		return -EINVAL;
	event->crash_thread = thread;
	return 0;
}

static int decode_stack_page(struct view record, struct event *event)
{
	const struct stack_page_record *page = (const void *)record.bytes;

	if (record.size < sizeof(*page) || page->address % STACK_PAGE_BYTES)
		return -EINVAL;
	event->stack_page = page;
	return 0;
}

static int decode_trail(struct view record, struct event *event)
{
	const struct crash_trail_record *trail = (const void *)record.bytes;

	if (record.size < sizeof(*trail))
		return -EINVAL;
	for (int i = 0; i < TRAIL_PIECES; i++)
		if (trail->trail.pieces[i].captured > STDERR_PIECE_BYTES)
			return -EINVAL;
	event->trail = trail;
	return 0;
}

static int decode_image(struct view record, struct event *event)
{
	const struct image_record *image = (const void *)record.bytes;

	if (record.size < sizeof(*image) || image->action < IMAGE_MAPPED ||
	    image->action > IMAGE_FORK || image->build_id_size > MAX_BUILD_ID_BYTES ||
	    image->path_size > record.size - sizeof(*image) || image->start > image->end)
		return -EINVAL;
	event->image = image;
	event->bytes = view_of((const char *)image->path, image->path_size);
	return 0;
}

/* A program without a path is never told of. */
static int decode_beginning(struct view record, struct event *event)
{
	const struct process_began_record *began = (const void *)record.bytes;

	if (record.size < sizeof(*began) || began->path_offset > record.size - sizeof(*began) ||
	    began->path_size > record.size - sizeof(*began) - began->path_offset)
		return -EINVAL;
	event->began = began;
	event->bytes = view_of((const char *)began->path + began->path_offset, began->path_size);
	if (!began->parent_tgid && (!view_starts_with(event->bytes, VIEW_LITERAL("/")) ||
				    view_find_byte(event->bytes, '\0') >= 0))
		return -EINVAL;
	return 0;
}

static int decode_output(struct view record, struct event *event)
{
	const struct output_record *output = (const void *)record.bytes;

	if (record.size < sizeof(*output) || output->captured > record.size - sizeof(*output) ||
	    output->size > MAX_OUTPUT_WRITE_BYTES || output->captured > output->size ||
	    output->offset > output->size - output->captured ||
	    output->context_kind > CONTEXT_GOROUTINE)
		return -EINVAL;
	event->output = output;
	event->bytes = view_of((const char *)output->bytes, output->captured);
	return 0;
}

static int decode_throw(struct view record, struct event *event)
{
	const struct cpp_throw_record *thrown = (const void *)record.bytes;

	if (record.size < sizeof(*thrown) || thrown->pages_copied > MAX_THROW_PAGES ||
	    thrown->name_size >= THROW_NAME_BYTES || thrown->text_size >= THROW_TEXT_BYTES ||
	    thrown->stack_address % STACK_PAGE_BYTES)
		return -EINVAL;
	event->thrown = thrown;
	return 0;
}

/* Raw words whose meaning only their decoder knows. */
static int decode_raw(struct view record, struct event *event)
{
	event->raw = (const void *)record.bytes;
	event->bytes = record;
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
	case RECORD_SIGNAL_SENT:
		return sizeof(struct signal_sent_record);
	case RECORD_PROCESS_DEATH:
		return sizeof(struct process_death_record);
	case RECORD_RUNTIME_MARK:
		return sizeof(struct runtime_mark_record);
	case RECORD_TURN:
		return sizeof(struct turn_record);
	default:
		return SIZE_MAX;
	}
}

static int decode_kind(struct view record, struct event *event)
{
	switch (event->kind) {
	case RECORD_SEGMENT:
		return decode_segment(record, event);
	case RECORD_DATAGRAM:
		return decode_datagram(record, event);
	case RECORD_CONNECTION_OPEN:
		return decode_open(record, event);
	case RECORD_CRASH_THREAD:
		return decode_crash_thread(record, event);
	case RECORD_STACK_PAGE:
		return decode_stack_page(record, event);
	case RECORD_CRASH_TRAIL:
		return decode_trail(record, event);
	case RECORD_IMAGE:
		return decode_image(record, event);
	case RECORD_PROCESS_BEGAN:
		return decode_beginning(record, event);
	case RECORD_OUTPUT:
		return decode_output(record, event);
	case RECORD_PYTHON_EXCEPTION:
	case RECORD_GO_PANIC:
	case RECORD_PROFILE_POINT:
	case RECORD_PROFILE_UNWOUND:
	case RECORD_PROFILE_IMAGE:
	case RECORD_PROFILE_FRAME:
	case RECORD_PROFILE_STACK:
	case RECORD_PROFILE_LOSS:
		return decode_raw(record, event);
	case RECORD_CPP_THROW:
		return decode_throw(record, event);
	default:
		if (record.size < fixed_size(event->kind))
			return -EINVAL;
		event->end = (const void *)record.bytes;
		return 0;
	}
}

int event_decoder_decode(struct view record, struct event *ret)
{
	const struct record_header *header = (const void *)record.bytes;
	struct event event = {0};
	int err;

	if (record.size < sizeof(*header) || header->size < sizeof(*header) ||
	    header->size > record.size)
		return -EINVAL;
	record.size = header->size;
	event.kind = header->kind;
	event.time_ns = header->time_ns;
	err = decode_kind(record, &event);
	if (err < 0)
		return err;
	if (event.kind == RECORD_PROCESS_DESCRIPTION)
		event.bytes = view_skip(record, sizeof(*header));
	*ret = event;
	return 0;
}
