/* A session report, for tests of everything after it. */
#ifndef SUPPORT_SAMPLE_SESSION_H
#define SUPPORT_SAMPLE_SESSION_H

#include "sample_segment.h"

/* One update of a run that began a minute ago, with a random id. */
static inline struct item *sample_session_item(uint64_t unix_ns, enum session_status status)
{
	struct resource *resource = sample_resource();
	struct session_report *report;
	struct item *item;

	assert(session_report_new(&report, resource) == 0);
	resource_release(&resource);
	random_id_fill(report->update.id, sizeof(report->update.id));
	report->update.is_init = status == SESSION_OK;
	report->update.status = status;
	report->update.errors = status == SESSION_CRASHED;
	report->update.started_unix_ns = unix_ns - 60000000000ull;
	report->update.unix_ns = unix_ns;
	assert(item_new_session(&item, &report) == 0);
	return item;
}

#endif
