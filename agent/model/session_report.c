/* Session reports: allocation and words. */
#include "model/session_report.h"

#include <errno.h>
#include <stdlib.h>

int session_report_new(struct session_report **ret, struct resource *resource)
{
	struct session_report *report = calloc(1, sizeof(*report));

	if (!report)
		return -ENOMEM;
	report->resource = resource_reference(resource);
	*ret = report;
	return 0;
}

void session_report_free(struct session_report **report)
{
	if (!*report)
		return;
	resource_release(&(*report)->resource);
	free(*report);
	*report = NULL;
}

const char *session_report_status_word(enum session_status status)
{
	switch (status) {
	case SESSION_OK:
		return "ok";
	case SESSION_EXITED:
		return "exited";
	case SESSION_CRASHED:
		return "crashed";
	case SESSION_ABNORMAL:
		return "abnormal";
	}
	return "ok";
}
