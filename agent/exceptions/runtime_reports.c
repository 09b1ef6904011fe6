/* One decoder per kind of record, and a ring of marks. */
#include "exceptions/runtime_reports.h"

#include <errno.h>
#include "base/clock.h"
#include "tracebacks/go_panic.h"

#define MARK_NS (2 * NS_PER_S)

static int decode_go(struct runtime_reports *reports, struct view record,
		     struct output_place *ret_place, struct traceback **ret)
{
	const struct go_panic_record *panic = (const void *)record.bytes;
	int err = go_panic_decode(record, ret);

	(void)reports;
	if (err == 0)
		*ret_place = (struct output_place){panic->tgid, panic->tid, panic->context,
						   panic->header.time_ns};
	return err;
}

static int decode_python(struct runtime_reports *reports, struct view record,
			 struct output_place *ret_place, struct traceback **ret)
{
	struct python_objects_place place;
	int err = reports->python ? 0 : python_objects_new(&reports->python);

	if (err == 0)
		err = python_objects_take(reports->python, record, &place, ret);
	if (err == 0)
		*ret_place =
			(struct output_place){place.tgid, place.tid, place.context, place.time_ns};
	return err;
}

static const struct {
	enum record_kind kind;
	int (*decode)(struct runtime_reports *reports, struct view record,
		      struct output_place *ret_place, struct traceback **ret);
} decoders[] = {
	{RECORD_GO_PANIC, decode_go},
	{RECORD_PYTHON_EXCEPTION, decode_python},
};

int runtime_reports_decode(struct runtime_reports *reports, const struct event *event,
			   struct output_place *ret_place, struct traceback **ret)
{
	for (size_t i = 0; i < sizeof(decoders) / sizeof(decoders[0]); i++)
		if (decoders[i].kind == event->kind)
			return decoders[i].decode(reports, event->bytes, ret_place, ret);
	return -EINVAL;
}

void runtime_reports_done(struct runtime_reports *reports)
{
	python_objects_free(&reports->python);
}

void runtime_reports_mark(struct runtime_reports *reports, const struct runtime_mark_record *mark)
{
	reports->marks[reports->next++ % MAX_RUNTIME_MARKS] = *mark;
}

static bool is_near(const struct runtime_mark_record *mark, const struct output_place *place)
{
	uint64_t one = mark->header.time_ns, other = place->time_ns;

	return mark->kind && mark->tgid == place->tgid &&
	       (one > other ? one - other : other - one) <= MARK_NS;
}

static void confirm(struct pending_exception *pending, enum runtime_mark_kind kind)
{
	struct traceback *report = pending->report;

	switch (kind) {
	case MARK_NODE_UNCAUGHT:
		if (report->language != LANGUAGE_NODE)
			return;
		/* Printed by a hook of the program's: it lives on, but nobody caught it. */
		if (report->manner == MANNER_LOGGED || report->manner == MANNER_PRINTED) {
			report->manner = MANNER_UNOBSERVED;
			report->mechanism = "onuncaughtexception";
		}
		pending->is_confirmed = true;
		break;
	case MARK_JAVA_THREAD_EXIT:
	case MARK_JAVA_VM_ERROR:
		if (report->language == LANGUAGE_JAVA && report->manner != MANNER_LOGGED)
			pending->is_confirmed = true;
		break;
	case MARK_PYTHON_FINISHING:
		if (report->language != LANGUAGE_PYTHON || report->manner != MANNER_PRINTED)
			return;
		report->manner = MANNER_UNCAUGHT;
		report->mechanism = "excepthook";
		pending->is_confirmed = true;
		break;
	}
}

void runtime_reports_confirm(const struct runtime_reports *reports,
			     struct pending_exception *pending)
{
	for (uint32_t i = 0; i < MAX_RUNTIME_MARKS; i++) {
		const struct runtime_mark_record *mark = &reports->marks[i];

		if (is_near(mark, &pending->place) && mark->tid == pending->place.tid)
			confirm(pending, mark->kind);
	}
}
