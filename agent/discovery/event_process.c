/* One switch over all kinds. What a new kind of record is worth is decided here. */
#include "discovery/event_process.h"

#include "shared/go_panic_record.h"
#include "shared/python_exception_record.h"

static enum event_weight of_exception(const struct event *event, uint32_t *ret_tgid)
{
	const struct python_part *part = (const void *)event->bytes.bytes;
	const struct go_panic_record *panic = (const void *)event->bytes.bytes;

	if (event->kind == RECORD_PYTHON_EXCEPTION && event->bytes.size >= sizeof(*part))
		*ret_tgid = part->tgid;
	else if (event->kind == RECORD_GO_PANIC && event->bytes.size >= sizeof(*panic))
		*ret_tgid = panic->tgid;
	else
		return EVENT_OF_NOBODY; /* too short: its decoder refuses and counts it */
	return EVENT_IS_HEAVY;
}

static enum event_weight of_process(const struct event *event, uint32_t *ret_tgid)
{
	switch (event->kind) {
	case RECORD_CRASH_THREAD:
		*ret_tgid = event->crash_thread->tgid;
		return EVENT_IS_HEAVY;
	case RECORD_PROCESS_DEATH:
		*ret_tgid = event->death->tgid;
		return event->death->exit_code ? EVENT_IS_HEAVY : EVENT_IS_LIGHT;
	case RECORD_SIGNAL_SENT:
		*ret_tgid = event->signal_sent->target_tgid;
		return EVENT_IS_LIGHT;
	case RECORD_CRASH_TRAIL:
		*ret_tgid = event->trail->tgid;
		return EVENT_IS_LIGHT;
	case RECORD_PROCESS_EXIT:
		*ret_tgid = event->exit->tgid;
		return EVENT_IS_LIGHT;
	case RECORD_IMAGE:
		*ret_tgid = event->image->tgid;
		return EVENT_IS_LIGHT;
	default:
		return EVENT_OF_NOBODY;
	}
}

enum event_weight event_process_of(const struct event *event, uint32_t *ret_tgid)
{
	switch (event->kind) {
	case RECORD_SEGMENT:
		*ret_tgid = event->segment->tgid;
		return EVENT_IS_HEAVY;
	case RECORD_CONNECTION_OPEN:
		*ret_tgid = event->open->tgid;
		return EVENT_IS_HEAVY;
	case RECORD_CONNECTION_END: /* whatever is kept of it goes */
	case RECORD_CONNECTION_PROGRESS:
		return EVENT_OF_NOBODY;
	case RECORD_DATAGRAM:
		*ret_tgid = event->datagram->tgid;
		return EVENT_IS_HEAVY;
	case RECORD_OUTPUT:
		*ret_tgid = event->output->tgid;
		return EVENT_IS_HEAVY;
	case RECORD_RUNTIME_MARK:
		*ret_tgid = event->mark->tgid;
		return EVENT_IS_HEAVY;
	case RECORD_CPP_THROW:
		*ret_tgid = event->thrown->tgid;
		return EVENT_IS_HEAVY;
	case RECORD_PYTHON_EXCEPTION:
	case RECORD_GO_PANIC:
		return of_exception(event, ret_tgid);
	default:
		return of_process(event, ret_tgid);
	}
}

#define SIGNAL_BITS 0x7f /* of a status as wait(2) has it */

bool event_process_is_loss(const struct event *event)
{
	uint32_t tgid;

	if (event_process_of(event, &tgid) != EVENT_IS_HEAVY)
		return false;
	return event->kind != RECORD_PROCESS_DEATH || event->death->exit_code & SIGNAL_BITS ||
	       event->death->fault_tid;
}
