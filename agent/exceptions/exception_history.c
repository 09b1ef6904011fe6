/*
 * The same exception for the same request is one. Without a request, a second report by the same
 * thread is the same only when one handled it and the other did not: a loop that fails each time in
 * the same way reports each time. That a process died of it is news, whoever told of it before.
 */
#include "exceptions/exception_history.h"

#include <string.h>
#include "base/clock.h"
#include "exceptions/exception_grouping.h"

#define SAME_NS (2 * NS_PER_S)
#define LATE_NS (10 * NS_PER_S) /* between what a runtime told and what it prints, at worst */

/* It was given up that what a runtime told would be printed, and now it was. */
static bool is_printed_late(const struct remembered_exception *old,
			    const struct remembered_exception *new)
{
	return old->is_alone && !new->is_alone && old->identity == new->identity &&
	       old->tgid == new->tgid &&
	       old->tid == new->tid &&new->time_ns <= old->time_ns + LATE_NS;
}

static bool is_same(const struct remembered_exception *old, const struct remembered_exception *new)
{
	if (old->identity != new->identity || old->time_ns == 0 ||
	    new->time_ns > old->time_ns + SAME_NS)
		return false;
	if (old->tgid != new->tgid)
		return old->program != new->program &&
		       old->is_linked &&new->is_linked &&memcmp(old->trace_id, new->trace_id,
								TRACE_ID_BYTES) == 0;
	if (new->is_fatal && !old->is_fatal)
		return false;
	if (old->is_linked && new->is_linked)
		return memcmp(old->span_id, new->span_id, SPAN_ID_BYTES) == 0;
	return old->is_linked == new->is_linked && old->tid == new->tid &&
	       old->is_handled != new->is_handled;
}

bool exception_history_has(struct exception_history *history, const struct crash *crash,
			   uint64_t time_ns)
{
	struct remembered_exception new = {
		.identity = exception_grouping_identity(crash),
		.time_ns = time_ns,
		.program = exception_grouping_program(crash),
		.tgid = crash->pid,
		.tid = crash->tid,
		.is_linked = crash->trace.is_known,
		.is_handled = crash->is_handled,
		.is_fatal = crash->level == LEVEL_FATAL,
		.is_alone =
			crash->exception_source && strcmp(crash->exception_source, "probe") == 0,
	};

	memcpy(new.trace_id, crash->trace.trace_id, TRACE_ID_BYTES);
	memcpy(new.span_id, crash->trace.span_id, SPAN_ID_BYTES);
	for (uint32_t i = 0; i < MAX_REMEMBERED; i++)
		if (is_same(&history->items[i], &new) || is_printed_late(&history->items[i], &new))
			return true;
	history->items[history->next++ % MAX_REMEMBERED] = new;
	return false;
}
