/* How long a report waits for the end of its process depends on who wrote it. */
#include "exceptions/pending_exception.h"

#include "base/clock.h"

#define PRINTED_WAIT_NS                                                                            \
	(300 * NS_PER_MS)               /* a handler's, or the runtime's that gives up; a handler  \
					   may raise it again, and nobody take it then */
#define UNCAUGHT_WAIT_NS (2 * NS_PER_S) /* the end will come: exit handlers take their time */
#define PROBE_WAIT_NS                                                                              \
	(2 * NS_PER_S)               /* what was told is printed a moment later, when the modules  \
				       for it are loaded (Python 3.13) */
#define EVENT_WAIT_NS (4 * NS_PER_S) /* the crash waits for symbols and segments itself */

void pending_exception_done(struct pending_exception *pending)
{
	traceback_free(&pending->report);
}

bool pending_exception_is_fatal(const struct pending_exception *pending)
{
	return pending->death_ns && pending->report && pending->report->manner != MANNER_LOGGED;
}

static uint64_t patience_of(const struct pending_exception *pending)
{
	if (pending->is_from_probe)
		return PROBE_WAIT_NS;
	if (pending->report->needs_death)
		return UNCAUGHT_WAIT_NS;
	return pending->report->manner == MANNER_UNCAUGHT ? UNCAUGHT_WAIT_NS : PRINTED_WAIT_NS;
}

bool pending_exception_is_settled(const struct pending_exception *pending, uint64_t now_ns)
{
	uint64_t since_ns = pending->whole_ns;

	if (!pending->report)
		return false;
	if (pending->is_left_alone)
		return true;
	if (pending->is_event_awaited)
		return now_ns > pending->death_ns + EVENT_WAIT_NS;
	return now_ns >= since_ns + patience_of(pending);
}

void pending_exception_confirm(struct pending_exception *pending, const struct traceback *probe)
{
	struct traceback *report = pending->report;
	struct exception *raised = report->exceptions;
	const struct exception *told = probe->exceptions;

	pending->is_confirmed = true;
	report->manner = probe->manner;
	report->mechanism = probe->mechanism;
	if (!report->thread_id)
		report->thread_id = probe->thread_id;
	/* The text is better everywhere but where it only says that there was one. */
	if (probe->exceptions_count == 0 || report->exceptions_count == 0)
		return;
	if (told->type.size &&
	    (raised->type.size == 0 || view_equals(raised->type, VIEW_LITERAL("panic"))))
		raised->type = traceback_copy(report, told->type);
	if (raised->value.size == 0)
		raised->value = traceback_copy(report, told->value);
}
